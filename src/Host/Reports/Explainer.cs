using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>Explains each debit and each credit of an account over some days, from committed rows only.</summary>
public sealed class Explainer(ReportPort port)
{
    /// <summary>Readings of one register, and entries of the journal, in one explanation.</summary>
    public const int RowsMax = 40_000;

    // The days before an account's first closed one: a day is closed some hours after its end.
    private const int NeverClosedDays = 3;

    public async Task<(ReportStatus Status, Explanation? Explanation)> ExplainAsync(
        AccountId account, ServiceDay from, ServiceDay to, CancellationToken stopping)
    {
        if (port.FindAccount(account) is not { } record || port.TariffOf(record) is not { } tariff)
        {
            return (ReportStatus.AccountUnknown, null);
        }

        if (to < from) return (ReportStatus.DaysReversed, null);
        if (to.DaysSinceEpoch - from.DaysSinceEpoch >= port.Options.ExplainDaysMax)
        {
            return (ReportStatus.TooManyDays, null);
        }

        var meters = new AccountMeters(port, record, tariff);
        var first = from;
        var history = await ReadAsync(first);
        // What is not closed yet belongs together: its charges are in no journal line.
        if (history is { Days.Count: 0 })
        {
            first = history.LastDayBefore?.Day.AddDays(1) ?? from.AddDays(-NeverClosedDays);
            var days = to.DaysSinceEpoch - first.DaysSinceEpoch;
            if (days >= port.Options.ExplainDaysMax + NeverClosedDays) return (ReportStatus.TooManyDays, null);
            if (first < from) history = await ReadAsync(first);
            else first = from;
        }

        if (history is null) return (ReportStatus.TooManyRows, null);
        return (ReportStatus.Done, new ExplainedDays(port, record, tariff, meters, history, first, to).Make());

        Task<AccountHistory?> ReadAsync(ServiceDay day)
        {
            var fromAt = port.Zone.StartOf(day);
            return port.Histories.ReadAsync(
                new(
                    account,
                    day,
                    to,
                    fromAt,
                    port.Zone.StartOf(to.AddDays(1)),
                    meters.Channels,
                    meters.Anchors(day, to),
                    RowsMax)
                {
                    ReadingsFrom = meters.ReadingsFrom(day, to),
                    WithNext = meters.NeedsNext,
                },
                stopping);
        }
    }
}

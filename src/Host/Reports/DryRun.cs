using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <param name="Kind">Tariff or policy.</param>
/// <param name="Json">The version to try; whatever its own begin is, it is tried on all the days.</param>
/// <param name="From">First service day.</param>
/// <param name="To">Last service day.</param>
/// <param name="On">The tariff or policy whose accounts it is tried on; null for its own id.</param>
/// <param name="AccountsMax">At most so many accounts; null for as many as the settings allow.</param>
public sealed record DryRunOrder(
    ChangeKind Kind, string Json, ServiceDay From, ServiceDay To, string? On, int? AccountsMax);

public sealed record DryRunOutcome(ReportStatus Status, DryRunResult? Result, IReadOnlyList<string> Faults)
{
    public static DryRunOutcome Of(ReportStatus status) => new(status, null, []);
}

/// <summary>
/// A tariff or policy against recorded days: one account after another, from committed rows; nothing is written.
/// </summary>
public sealed class DryRun(ReportPort port)
{
    /// <summary>Readings of one register, and entries, of one account.</summary>
    public const int RowsMax = 200_000;

    public async Task<DryRunOutcome> RunAsync(DryRunOrder order, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (order.To < order.From) return DryRunOutcome.Of(ReportStatus.DaysReversed);
        if (order.To.DaysSinceEpoch - order.From.DaysSinceEpoch >= port.Options.DryRunDaysMax)
        {
            return DryRunOutcome.Of(ReportStatus.TooManyDays);
        }

        var (trial, faults) = TrialOf(order);
        if (trial is null) return new(ReportStatus.VersionRefused, null, faults);
        var all = port.AccountsOn(order.Kind, trial.On);
        if (all.Count == 0) return DryRunOutcome.Of(ReportStatus.NobodyOnIt);
        if (all.FirstOrDefault(account => account.Currency != trial.Currency.Code) is { } other)
        {
            var sentence = $"The currency is {trial.Currency}, that of account {other.Id} is {other.Currency}.";
            return new(ReportStatus.VersionRefused, null, [sentence]);
        }

        var most = Math.Min(order.AccountsMax ?? int.MaxValue, port.Options.DryRunAccountsMax);
        var summary = new DryRunSummary(order, trial, all.Count);
        foreach (var account in SampleOf(all, most))
        {
            stopping.ThrowIfCancellationRequested();
            summary.Add(account.Id, await TryAsync(order, trial, account, stopping));
        }

        return new(ReportStatus.Done, summary.Make(), []);
    }

    /// <summary>Evenly spaced in order of number: the same accounts each time.</summary>
    public static IEnumerable<AccountRecord> SampleOf(IReadOnlyList<AccountRecord> all, int most)
    {
        ArgumentNullException.ThrowIfNull(all);
        var count = Math.Min(all.Count, most);
        for (var i = 0; i < count; i++) yield return all[(int)((long)i * all.Count / count)];
    }

    private static (Trial? Trial, IReadOnlyList<string> Faults) TrialOf(DryRunOrder order)
    {
        if (order.Kind == ChangeKind.Policy)
        {
            return PolicyJson.TryParse(order.Json, out var policy, out var wrong)
                ? (new(order.On ?? policy.Id, policy.Label, policy.Currency, null, policy), [])
                : (null, wrong);
        }

        if (!TariffJson.TryParse(order.Json, out var version, out var faults))
        {
            return (null, [.. faults.Select(fault => fault.ToString())]);
        }

        // A first version holds for everything before it too.
        return TariffHistory.TryCreate([version!], out var history, out var misfits)
            ? (new(order.On ?? history!.Id, $"{history!.Id}/{version!.Version}", history.Currency, history, null), [])
            : (null, [.. misfits.Select(fault => fault.ToString())]);
    }

    /// <summary>Null where the recorded readings cannot be rated one after another.</summary>
    private async Task<AccountTrial?> TryAsync(
        DryRunOrder order, Trial trial, AccountRecord account, CancellationToken stopping)
    {
        var fromAt = port.Zone.StartOf(order.From);
        if (port.TariffOf(account) is not { } tariff) return null;
        if (port.PolicyAt(account.Policy, fromAt) is not { } policy) return null;
        var tried = trial.Tariff ?? tariff;
        AccountMeters[] meters = [new(port, account, tariff), new(port, account, tried)];
        var history = await port.Histories.ReadAsync(
            new(
                account.Id,
                order.From,
                order.To,
                fromAt,
                port.Zone.StartOf(order.To.AddDays(1)),
                [.. meters.SelectMany(one => one.Channels).Distinct()],
                [.. meters.SelectMany(one => one.Anchors(order.From, order.To)).Distinct()],
                RowsMax)
            {
                ReadingsFrom = meters.Min(one => one.ReadingsFrom(order.From, order.To)),
                WithNext = meters.Any(one => one.NeedsNext),
            },
            stopping);
        var old = new TariffReplay(port, tariff, account);
        if (history is null || !old.TryRun(history, order.From, order.To)) return null;
        var fresh = old;
        if (trial.Tariff is not null)
        {
            fresh = new(port, tried, account);
            if (!fresh.TryRun(history, order.From, order.To)) return null;
        }

        var ends = new List<Instant>();
        for (var day = order.From; day <= order.To; day = day.AddDays(1)) ends.Add(port.Zone.StartOf(day.AddDays(1)));
        var before = new LevelReplay(policy, history, old.PerMinor, old.PerMinor);
        before.Run(history, old.Charges, ends, fromAt);
        var after = new LevelReplay(trial.Policy ?? policy, history, fresh.PerMinor, old.PerMinor);
        after.Run(history, fresh.Charges, ends, fromAt);
        return new(
            new(old.Total, old.PerMinor),
            new(fresh.Total, fresh.PerMinor),
            new(policy, before),
            new(trial.Policy ?? policy, after),
            IsRecordedOtherwise(history, tariff, old, fromAt, ends[^1]));
    }

    /// <summary>Whether the stored charges are other than those of today's tariff.</summary>
    private static bool IsRecordedOtherwise(
        AccountHistory history, TariffHistory tariff, TariffReplay replay, Instant from, Instant to)
    {
        // Charges of days come with the replay and are not stored with readings.
        if (tariff.SplitsLines) return false;
        Int128 stored = 0;
        foreach (var (channel, rows) in history.Readings)
        {
            if (!tariff.Bills(channel.Register)) continue;
            foreach (var row in rows)
            {
                if (row.Reading.At > from && row.Reading.At <= to) stored += row.Charge;
            }
        }

        return stored != replay.Total;
    }
}

/// <summary>What is tried: one of the two is not null.</summary>
internal sealed record Trial(string On, string Label, Currency Currency, TariffHistory? Tariff, Policy? Policy);

/// <param name="ExactOld">Charges by what is in force, in minor units, not rounded.</param>
/// <param name="ExactNew">By what is tried.</param>
internal sealed record AccountTrial(
    Ratio ExactOld, Ratio ExactNew,
    (Policy Policy, LevelReplay Levels) Before, (Policy Policy, LevelReplay Levels) After,
    bool IsRecordedOtherwise)
{
    public Money Old { get; } = Rounded(ExactOld);

    public Money New { get; } = Rounded(ExactNew);

    public static Money Rounded(Ratio exact) => new((long)exact.RoundHalfUp());
}

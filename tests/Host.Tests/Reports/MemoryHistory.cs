using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Billing.Explaining;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Host.Reports;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Reports;

/// <summary>
/// One account with hourly readings, rated and closed day by day the slow way, for tariffs that no simulated home has.
/// </summary>
internal sealed class MemoryHistory : IHistoryStore
{
    public static readonly ServiceDay First = ServiceDay.Of(new(2026, 3, 20));
    private static readonly LocalZone Zone = LocalZone.China;
    private static readonly ChannelId Channel = new(SmallService.Meter, RegisterKind.ForwardActive);

    private readonly List<RatedReading> _readings = [];
    private readonly List<DayCharge> _days = [];
    private readonly List<LedgerEntry> _entries = [];

    /// <param name="tariff">The account's.</param>
    /// <param name="days">Days from <see cref="First"/> on, all of them closed.</param>
    /// <param name="tenthsWhAt">What the register shows after so many hours.</param>
    public MemoryHistory(TariffHistory tariff, int days, Func<int, long> tenthsWhAt)
    {
        Tariff = tariff;
        var walk = new UsageWalk(tariff, RegisterKind.ForwardActive);
        var usages = new List<(Instant, Energy)>();
        for (var hour = 0; hour <= days * 24; hour++)
        {
            var (at, usage) = (Zone.StartOf(First) + TimeSpan.FromHours(hour), new Energy(tenthsWhAt(hour)));
            Assert.True(walk.TryStep(at, usage, [], out var charge));
            usages.Add((at, usage));
            _readings.Add(new(new(Channel, at, usage, ReadingQuality.Actual, new(hour)), charge));
        }

        long carry = 0;
        var series = new UsageSeries(usages);
        for (var day = First; day < First.AddDays(days); day = day.AddDays(1))
        {
            var exact = carry + DayLinesOf(day, series)
                + _readings.Where(row => Zone.ServiceDayOfIntervalEnd(row.Reading.At) == day).Sum(row => row.Charge);
            var posted = exact / tariff.PerMinor;
            carry = exact - (posted * tariff.PerMinor);
            _days.Add(new(SmallService.Account, day, exact, new(posted), carry, new(posted)));
            if (posted == 0) continue;
            _entries.Add(new(
                _entries.Count + 1, 0, Zone.StartOf(day.AddDays(1)), day, SmallService.Account,
                LedgerAccount.CustomerPrepayment, LedgerAccount.EnergyRevenue, new(posted), EntryKind.EnergyCharge,
                null));
        }
    }

    public TariffHistory Tariff { get; }

    /// <summary>Sum of what the days posted.</summary>
    public Money Posted => new(_days.Sum(day => day.Posted.Minor));

    public ReportPort Port => new()
    {
        Histories = this,
        Zone = Zone,
        Options = new(),
        FindAccount = account => account == SmallService.Account ? Account : null,
        MetersOf = _ => SmallService.Registry.Meters,
        AccountsOn = (_, _) => [Account],
        FindTariff = id => id == Tariff.Id ? Tariff : null,
        PolicyAt = (_, _) => Control.Policies.ShippedPolicies.Load(Account.Policy),
    };

    private AccountRecord Account => SmallService.AccountOf(SmallService.Account) with { Tariff = Tariff.Id };

    public Task<AccountHistory?> ReadAsync(HistoryQuery query, CancellationToken stopping)
    {
        var needed = _readings.Where(row => row.Reading.At > query.ReadingsFrom && row.Reading.At <= query.ToAt)
            .ToHashSet();
        foreach (var anchor in query.Anchors.Append(query.FromAt))
        {
            needed.UnionWith(_readings.Where(row => row.Reading.At <= anchor).TakeLast(1));
            needed.UnionWith(_readings.Where(row => row.Reading.At > anchor && row.Reading.At <= query.ToAt).Take(1));
        }

        var before = _entries.Where(entry => entry.Day < query.From).Sum(entry => entry.ToCustomer.Minor);
        return Task.FromResult<AccountHistory?>(new(
            new(before),
            Money.Zero,
            [.. _entries.Where(entry => entry.Day >= query.From && entry.Day <= query.To)],
            [],
            _days.Where(day => day.Day < query.From).Select(day => (DayCharge?)day).LastOrDefault(),
            [.. _days.Where(day => day.Day >= query.From && day.Day <= query.To)],
            [],
            new Dictionary<ChannelId, IReadOnlyList<RatedReading>>
            {
                [Channel] = [.. needed.OrderBy(row => row.Reading.At)],
            },
            new(-Posted.Minor),
            query.ToAt >= _readings[^1].Reading.At)
        {
            FirstDay = First,
        });
    }

    private long DayLinesOf(ServiceDay day, UsageSeries series)
    {
        var lines = new long[Tariff.Lines.Count];
        var months = DayLines.UsageMonths(Tariff, day).Select(month => new MonthUsage(
            month,
            series.At(Zone.StartOf(ServiceDay.Of(month.ToDateOnly().AddMonths(1)))) - series.At(Zone.StartOf(month))));
        DayLines.AddDay(Tariff, day, new(Account.SanctionedWatts) { Usage = [.. months] }, lines);
        return lines.Sum();
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Billing.Explaining;
using Meters.Billing.Tariffs;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;
using DayCharges = Meters.Billing.Bills.DayLines;

namespace Meters.Host.Reports;

/// <summary>
/// An account's meters as the registry knows them, measured by the book's own rules: multipliers in force, roll-overs,
/// replacements, and what the days and bill periods of a tariff ask for. It writes nothing.
/// </summary>
internal sealed class AccountMeters
{
    private const string NoPolicy = "none";

    private readonly ReportPort _port;
    private readonly AccountRecord _account;
    private readonly TariffHistory _tariff;
    private readonly IReadOnlyList<MeterRecord> _meters;
    private readonly ShardBook _book;
    private readonly Dictionary<ServiceDay, Energy> _months = [];

    public AccountMeters(ReportPort port, AccountRecord account, TariffHistory tariff)
    {
        (_port, _account, _tariff) = (port, account, tariff);
        _meters = port.MetersOf(account.Id);
        _book = new(0, port.Zone, new());
        _book.DefineTariff(tariff);
        _book.DefineThresholds(NoPolicy, new());
        _book.AddAccount(new(account.Id, tariff.Id, NoPolicy, tariff.Currency, account.SanctionedWatts));
        foreach (var meter in _meters) _book.AddMeter(new(meter.Id, account.Id, meter.Multiplier));
        foreach (var meter in _meters)
        {
            var changes = port.MultipliersOf(meter.Id);
            if (changes.Count > 0) _book.SetMultipliers(meter.Id, LiveRegistry.InBook(changes));
        }
    }

    /// <summary>Registers that cost something or are measured for the end of a bill period.</summary>
    public IReadOnlyList<ChannelId> Channels =>
    [
        .. from meter in _meters
           from register in Enum.GetValues<RegisterKind>()
           where _tariff.Bills(register) || IsMeasured(register)
           select new ChannelId(meter.Id, register),
    ];

    /// <summary>True where the first reading after the days is needed too.</summary>
    public bool NeedsNext => _tariff.MeasuresUse;

    /// <summary>The day from which on charges are needed to know what the bill periods of some days come to.</summary>
    public ServiceDay ChargesFrom(ServiceDay from, ServiceDay to)
    {
        var first = from;
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (!DayCharges.EndsBillPeriod(_tariff, day)) continue;
            if (!DayCharges.HasPeriodEnd(_tariff, day)) continue;
            if (DayCharges.BillPeriodStart(_tariff, day) is var start && start < first) first = start;
        }

        return first;
    }

    /// <summary>The instant from which on every reading is needed.</summary>
    public Instant ReadingsFrom(ServiceDay from, ServiceDay to)
    {
        var first = ChargesFrom(from, to);
        var at = _port.Zone.StartOf(first);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            if (!DayCharges.EndsBillPeriod(_tariff, day) || !DayCharges.NeedsUse(_tariff, day)) continue;
            var start = DayCharges.EarlierDemandFrom(_tariff, day) ?? DayCharges.BillPeriodStart(_tariff, day);
            if (_tariff.Zone.StartOf(start) is var measured && measured < at) at = measured;
        }

        return at;
    }

    /// <summary>
    /// Instants up to the first reading wanted around which the nearest ones are needed: where the tier position
    /// begins, the ends of earlier months whose energy is still being paid for, and changes of a multiplier since.
    /// </summary>
    public IReadOnlyList<Instant> Anchors(ServiceDay from, ServiceDay to)
    {
        var first = ChargesFrom(from, to);
        var anchors = new SortedSet<Instant> { ReadingsFrom(from, to) };
        if (UsageWalk.PeriodStart(_tariff, _port.Zone.StartOf(first)) is { } start) anchors.Add(start);
        for (var day = first; day <= to; day = day.AddDays(1))
        {
            foreach (var month in DayCharges.UsageMonths(_tariff, day))
            {
                anchors.Add(_tariff.Zone.StartOf(month));
                anchors.Add(_tariff.Zone.StartOf(ServiceDay.Of(month.ToDateOnly().AddMonths(1))));
            }
        }

        anchors.UnionWith(_meters.SelectMany(meter => _port.MultipliersOf(meter.Id)).Select(one => one.From));
        return [.. anchors];
    }

    /// <summary>
    /// The billed registers, in order of meter and register; null where an energy does not fit.
    /// </summary>
    public IReadOnlyList<MeterSeries>? SeriesOf(AccountHistory history)
    {
        var found = new Dictionary<ChannelId, MeterSeries>();
        foreach (var meter in _meters)
        {
            foreach (var register in Enum.GetValues<RegisterKind>().Where(_tariff.Bills))
            {
                if (Find(new(meter.Id, register), history, found) is null) return null;
            }
        }

        return [.. found.Values.Where(series => series.Rows.Count > 0).OrderBy(series => series.Channel.Value)];
    }

    /// <summary>What a day, and a bill period that ends with it, asks for; as a day's close measures it.</summary>
    public PeriodUse UseOn(ServiceDay day, AccountHistory history)
    {
        if (_book.UseNeededOn(day).FirstOrDefault() is not { } need) return new();
        var rows = Channels.Where(channel => IsMeasured(channel.Register))
            .ToDictionary(channel => channel, channel => RowsOf(channel, history));
        foreach (var (channel, stored) in rows) Seat(channel, stored);
        foreach (var month in need.Months)
        {
            if (!_months.ContainsKey(month)) _months.Add(month, _book.MeasureMonth(_account.Id, month, rows));
        }

        return _book.MeasurePeriod(need, day, rows) with
        {
            Months = [.. need.Months.Select(month => new MonthUsage(month, _months[month]))],
        };
    }

    /// <summary>The book measures the registers that have readings.</summary>
    private void Seat(ChannelId channel, IReadOnlyList<RatedReading> rows)
    {
        if (rows.Count == 0) return;
        var (first, last) = (rows[0].Reading, rows[^1].Reading);
        _book.Restore(new ChannelSnapshot(
            channel, first.At, last.At, last.Register, Energy.Zero, last.Quality, Instant.Epoch, Energy.Zero,
            SeenHours: 1));
    }

    private bool IsMeasured(RegisterKind register) =>
        _tariff.MeasuresUse && register is RegisterKind.ForwardActive or RegisterKind.ForwardReactive;

    private static IReadOnlyList<RatedReading> RowsOf(ChannelId channel, AccountHistory history) =>
        history.Readings.GetValueOrDefault(channel) ?? [];

    private MeterSeries? Find(ChannelId channel, AccountHistory history, Dictionary<ChannelId, MeterSeries> found)
    {
        if (found.TryGetValue(channel, out var known)) return known;
        if (_meters.FirstOrDefault(one => one.Id == channel.Meter) is not { } meter) return null;
        var rows = RowsOf(channel, history);
        var usages = new List<(Instant, Energy)>();
        if (rows.Count > 0)
        {
            var begin = (Int128)rows[0].Reading.Register.TenthsWh
                * _port.MultiplierAt(meter, rows[0].Reading.At);
            foreach (var (at, usage) in _book.UsageOf(channel, rows))
            {
                if (begin + usage > long.MaxValue) return null;
                usages.Add((at, new((long)(begin + usage))));
            }
        }

        if (CarryOf(channel, rows, history, found) is not { } carry) return null;
        return found[channel] = new(meter, channel, rows, usages, carry);
    }

    /// <summary>From the nearest meter before it that has readings; null where that cannot be rated.</summary>
    private Energy? CarryOf(
        ChannelId channel, IReadOnlyList<RatedReading> rows, AccountHistory history,
        Dictionary<ChannelId, MeterSeries> found)
    {
        if (rows.Count == 0) return Energy.Zero;
        for (var meter = channel.Meter; _port.InstallationOf(meter) is { } change; meter = change.OldMeter)
        {
            if (Find(new(change.OldMeter, channel.Register), history, found) is not { } before) return null;
            if (before.Rows.Count == 0) continue;
            var walk = before.WalkOf(_tariff);
            foreach (var (at, usage) in before.Usages)
            {
                if (!walk.TryStep(at, usage, [], out _)) return null;
            }

            return walk.CarriedTo(rows[0].Reading.At);
        }

        return Energy.Zero;
    }
}

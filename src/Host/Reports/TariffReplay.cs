using Meters.Billing.Bills;
using Meters.Billing.Explaining;
using Meters.Billing.Tariffs;
using Meters.Storage.Contract;
using Meters.Units;
using DayCharges = Meters.Billing.Bills.DayLines;

namespace Meters.Host.Reports;

/// <summary>One account's recorded days at the prices of one tariff. Pure.</summary>
internal sealed class TariffReplay(ReportPort port, TariffHistory tariff, AccountRecord account)
{
    private readonly long[] _period = new long[tariff.Lines.Count];
    private readonly long[] _lines = new long[tariff.Lines.Count];

    /// <summary>When each charge came, ascending; exact, in the tariff's steps.</summary>
    public List<(Instant At, long Charge)> Charges { get; } = [];

    /// <summary>
    /// Exact charges of the day itself and of a period's end, by the index of the line; absent for none.
    /// </summary>
    public Dictionary<ServiceDay, long[]> DayLines { get; } = [];

    /// <summary>Last days of bill periods of which a part was not recorded: what their end adds is not known.</summary>
    public HashSet<ServiceDay> PartPeriods { get; } = [];

    /// <summary>Sum of the charges.</summary>
    public Int128 Total { get; private set; }

    /// <summary>Steps in a minor unit.</summary>
    public long PerMinor => tariff.PerMinor;

    /// <summary>
    /// Instants up to the begin of the first day around which the nearest readings are needed: where the tier position
    /// begins, and the ends of earlier months whose energy is still being paid for.
    /// </summary>
    public static IReadOnlyList<Instant> Anchors(TariffHistory tariff, LocalZone zone, ServiceDay from, ServiceDay to)
    {
        var fromAt = zone.StartOf(from);
        var anchors = new SortedSet<Instant>();
        if (UsageWalk.PeriodStart(tariff, fromAt) is { } start) anchors.Add(start);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            foreach (var month in DayCharges.UsageMonths(tariff, day))
            {
                anchors.Add(tariff.Zone.StartOf(month));
                anchors.Add(tariff.Zone.StartOf(MonthAfter(month)));
            }
        }

        return [.. anchors.Where(anchor => anchor <= fromAt)];
    }

    /// <summary>False where a register falls or a charge does not fit.</summary>
    public bool TryRun(AccountHistory history, ServiceDay from, ServiceDay to, Instant fromAt)
    {
        var uses = new List<Use>();
        var series = new List<UsageSeries>();
        foreach (var (meter, channel) in port.ChannelsOf(account.Id, tariff))
        {
            var walk = new UsageWalk(tariff, channel.Register);
            var (before, last) = (Instant.MinValue, Energy.Zero);
            var rows = history.Readings.GetValueOrDefault(channel) ?? [];
            if (channel.Register == RegisterKind.ForwardActive)
            {
                series.Add(new([.. rows.Select(row => (row.Reading.At, port.UsageOf(meter, row)))]));
            }

            foreach (var row in rows)
            {
                var usage = port.UsageOf(meter, row);
                var at = row.Reading.At;
                var had = walk.HasBegun;
                Array.Clear(_lines);
                if (!walk.TryStep(at, usage, _lines, out var charge)) return false;
                if (at > fromAt)
                {
                    uses.Add(new(at, charge, had ? usage - last : Energy.Zero, had ? before : at, [.. _lines]));
                }

                (before, last) = (at, usage);
            }
        }

        uses.Sort((a, b) => a.At.CompareTo(b.At));
        AddDays(uses, series, from, to);
        return true;
    }

    private void AddDays(List<Use> uses, List<UsageSeries> series, ServiceDay from, ServiceDay to)
    {
        var (next, periodIsWhole) = (0, DayCharges.BillPeriodStart(tariff, from) == from);
        var (active, demand) = (Energy.Zero, 0L);
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            var end = port.Zone.StartOf(day.AddDays(1));
            for (; next < uses.Count && uses[next].At <= end; next++)
            {
                var use = uses[next];
                Add(use.At, use.Charge);
                for (var i = 0; i < _period.Length; i++) _period[i] += use.Lines[i];
                active += use.Used;
                demand = Math.Max(demand, use.Watts);
            }

            Array.Clear(_lines);
            var terms = TermsOn(day, series);
            DayCharges.AddDay(tariff, day, terms, _lines);
            for (var i = 0; i < _period.Length; i++) _period[i] += _lines[i];
            if (DayCharges.EndsBillPeriod(tariff, day))
            {
                var facts = new PeriodFacts { Lines = _period, MaxDemandWatts = demand, Active = active };
                if (periodIsWhole) DayCharges.AddPeriodEnd(tariff, day, terms, facts, _lines);
                else if (DayCharges.HasPeriodEnd(tariff, day)) PartPeriods.Add(day);
                Array.Clear(_period);
                (active, demand, periodIsWhole) = (Energy.Zero, 0, true);
            }

            if (Array.TrueForAll(_lines, line => line == 0)) continue;
            DayLines[day] = [.. _lines];
            Add(end, _lines.Sum());
        }
    }

    private AccountTerms TermsOn(ServiceDay day, List<UsageSeries> series) => new(account.SanctionedWatts)
    {
        Usage =
        [
            .. DayCharges.UsageMonths(tariff, day).Select(month => new MonthUsage(
                month,
                series.Aggregate(Energy.Zero, (sum, one) => sum
                    + (one.At(tariff.Zone.StartOf(MonthAfter(month))) - one.At(tariff.Zone.StartOf(month)))))),
        ],
    };

    private static ServiceDay MonthAfter(ServiceDay month) => ServiceDay.Of(month.ToDateOnly().AddMonths(1));

    private void Add(Instant at, long charge)
    {
        if (charge == 0) return;
        Charges.Add((at, charge));
        Total += charge;
    }

    private readonly record struct Use(Instant At, long Charge, Energy Used, Instant Since, long[] Lines)
    {
        public long Watts => At == Since
            ? 0
            : (long)((Int128)Used.TenthsWh * (Instant.MicrosPerHour / 10) / (At.UnixMicros - Since.UnixMicros));
    }
}

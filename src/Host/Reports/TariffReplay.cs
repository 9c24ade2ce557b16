using Meters.Billing.Bills;
using Meters.Billing.Explaining;
using Meters.Billing.Tariffs;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>One account's recorded days at the prices of one tariff. Pure.</summary>
internal sealed class TariffReplay(ReportPort port, TariffHistory tariff, AccountRecord account)
{
    private readonly long[] _period = new long[tariff.Lines.Count];
    private readonly long[] _lines = new long[tariff.Lines.Count];

    /// <summary>When each charge came, ascending; exact, in the tariff's steps.</summary>
    public List<(Instant At, long Charge)> Charges { get; } = [];

    /// <summary>Sum of the charges.</summary>
    public Int128 Total { get; private set; }

    /// <summary>Steps in a minor unit.</summary>
    public long PerMinor => tariff.PerMinor;

    /// <summary>False where a register falls or a charge does not fit.</summary>
    public bool TryRun(AccountHistory history, ServiceDay from, ServiceDay to, Instant fromAt)
    {
        var uses = new List<Use>();
        foreach (var (meter, channel) in port.ChannelsOf(account.Id, tariff))
        {
            var walk = new UsageWalk(tariff, channel.Register);
            var (before, last) = (Instant.MinValue, Energy.Zero);
            foreach (var row in history.Readings.GetValueOrDefault(channel) ?? [])
            {
                var usage = port.UsageOf(meter, row);
                var at = row.Reading.At;
                var had = walk.HasBegun;
                Array.Clear(_lines);
                if (!walk.TryStep(at, usage, _lines, null, out var charge)) return false;
                if (at > fromAt)
                {
                    uses.Add(new(at, charge, had ? usage - last : Energy.Zero, had ? before : at, [.. _lines]));
                }

                (before, last) = (at, usage);
            }
        }

        uses.Sort((a, b) => a.At.CompareTo(b.At));
        AddDays(uses, from, to);
        return true;
    }

    private void AddDays(List<Use> uses, ServiceDay from, ServiceDay to)
    {
        var terms = new AccountTerms(account.SanctionedWatts);
        var (next, periodIsWhole) = (0, DayLines.BillPeriodStart(tariff, from) == from);
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
            DayLines.AddDay(tariff, day, terms, _lines);
            for (var i = 0; i < _period.Length; i++) _period[i] += _lines[i];
            if (DayLines.EndsBillPeriod(tariff, day))
            {
                // What belongs to a whole period is compared only where all of it was recorded.
                var facts = new PeriodFacts { Lines = _period, MaxDemandWatts = demand, Active = active };
                if (periodIsWhole) DayLines.AddPeriodEnd(tariff, day, terms, facts, _lines);
                Array.Clear(_period);
                (active, demand, periodIsWhole) = (Energy.Zero, 0, true);
            }

            Add(end, _lines.Sum());
        }
    }

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

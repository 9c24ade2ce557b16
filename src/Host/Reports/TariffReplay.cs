using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Billing.Tariffs;
using Meters.Storage.Contract;
using Meters.Units;
using DayCharges = Meters.Billing.Bills.DayLines;

namespace Meters.Host.Reports;

/// <summary>One account's recorded days at the prices of one tariff. Pure.</summary>
internal sealed class TariffReplay(ReportPort port, TariffHistory tariff, AccountRecord account)
{
    private readonly AccountMeters _meters = new(port, account, tariff);
    private readonly long[] _period = new long[tariff.Lines.Count];
    private readonly long[] _lines = new long[tariff.Lines.Count];

    /// <summary>When each charge came, ascending; exact, in the tariff's steps.</summary>
    public List<(Instant At, long Charge)> Charges { get; } = [];

    /// <summary>
    /// Exact charges of the day itself and of a period's end, by the index of the line; absent for none.
    /// </summary>
    public Dictionary<ServiceDay, long[]> DayLines { get; } = [];

    /// <summary>
    /// What was measured of the bill periods that end with these days, and whose end adds something.
    /// </summary>
    public Dictionary<ServiceDay, PeriodUse> Periods { get; } = [];

    /// <summary>Sum of the charges.</summary>
    public Int128 Total { get; private set; }

    /// <summary>Steps in a minor unit.</summary>
    public long PerMinor => tariff.PerMinor;

    /// <summary>False where an energy or a charge does not fit.</summary>
    public bool TryRun(AccountHistory history, ServiceDay from, ServiceDay to)
    {
        var first = _meters.ChargesFrom(from, to);
        var (firstAt, toAt) = (port.Zone.StartOf(first), port.Zone.StartOf(to.AddDays(1)));
        if (_meters.SeriesOf(history) is not { } all) return false;
        var uses = new List<Use>();
        foreach (var series in all)
        {
            var walk = series.WalkOf(tariff);
            foreach (var (at, usage) in series.Usages)
            {
                Array.Clear(_lines);
                if (!walk.TryStep(at, usage, _lines, out var charge)) return false;
                if (at > firstAt && at <= toAt) uses.Add(new(at, charge, [.. _lines]));
            }
        }

        uses.Sort((a, b) => a.At.CompareTo(b.At));
        AddDays(history, uses, first, from, to);
        return true;
    }

    /// <param name="history">What was measured.</param>
    /// <param name="uses">Charges of readings, ascending.</param>
    /// <param name="first">Begin of the first bill period that ends in the days, or the first day.</param>
    /// <param name="from">First day whose charges are told.</param>
    /// <param name="to">Last day.</param>
    private void AddDays(AccountHistory history, List<Use> uses, ServiceDay first, ServiceDay from, ServiceDay to)
    {
        var next = 0;
        for (var day = first; day <= to; day = day.AddDays(1))
        {
            var end = port.Zone.StartOf(day.AddDays(1));
            for (; next < uses.Count && uses[next].At <= end; next++)
            {
                if (day >= from) Add(uses[next].At, uses[next].Charge);
                AddToPeriod(uses[next].Lines);
            }

            Array.Clear(_lines);
            // Before its first closed day the account was not there.
            if (day >= from || day >= history.FirstDay) AddDay(history, day);
            if (DayCharges.EndsBillPeriod(tariff, day)) Array.Clear(_period);
            if (day < from || Array.TrueForAll(_lines, line => line == 0)) continue;
            DayLines[day] = [.. _lines];
            Add(end, _lines.Sum());
        }
    }

    private void AddDay(AccountHistory history, ServiceDay day)
    {
        var use = _meters.UseOn(day, history);
        var terms = new AccountTerms(account.SanctionedWatts) { Usage = use.Months };
        DayCharges.AddDay(tariff, day, terms, _lines);
        AddToPeriod(_lines);
        if (!DayCharges.EndsBillPeriod(tariff, day) || !DayCharges.HasPeriodEnd(tariff, day)) return;
        DayCharges.AddPeriodEnd(tariff, day, terms, use.FactsOf(_period), _lines);
        Periods[day] = use;
    }

    private void AddToPeriod(long[] lines)
    {
        for (var i = 0; i < _period.Length; i++) _period[i] += lines[i];
    }

    private void Add(Instant at, long charge)
    {
        if (charge == 0) return;
        Charges.Add((at, charge));
        Total += charge;
    }

    private readonly record struct Use(Instant At, long Charge, long[] Lines);
}

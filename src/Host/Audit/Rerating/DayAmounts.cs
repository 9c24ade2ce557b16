using System.Numerics;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// What days and bill periods cost by themselves, by line and in exact steps: standing charges, spread surcharges,
/// demand, power factor, minimum, and the percent lines on them.
/// </summary>
/// <param name="history">The tariff.</param>
/// <param name="watts">Sanctioned load.</param>
/// <param name="perMinor">Steps in a minor unit.</param>
/// <param name="use">What the account used.</param>
internal sealed class DayAmounts(PlainHistory history, long watts, BigInteger perMinor, AccountUse use)
{
    private readonly Dictionary<DateOnly, BigInteger> _used = [];

    /// <summary>Some version charges days by themselves.</summary>
    public bool Any { get; } = history.Versions.Any(version => version.Lines.Any(line => line.Bounds is not null
        || line is PlainStanding { OnPurchase: false } or PlainSpread or PlainDemand or PlainPowerFactor
            or PlainMinimum or PlainLookup or PlainPercent { Settled: not null }
        || PeriodEndAmounts.IsByTotal(version, line)));

    /// <summary>Adds a day's own charges.</summary>
    public void AddDay(DateOnly day, BigInteger[] lines)
    {
        var tariff = history.VersionOn(day);
        foreach (var source in tariff.Lines)
        {
            foreach (var (line, share) in Reached(tariff, source))
            {
                if (source is PlainStanding { OnPurchase: false } standing && standing.Months.Contains(day.Month))
                {
                    lines[line] += Standing(standing, share, day);
                }
                else if (source is PlainSpread spread) lines[line] += Spread(spread, share, day);
            }
        }
    }

    public bool EndsPeriod(DateOnly day) => history.VersionOn(day).Bill.EndOf(day) == day.AddDays(1);

    /// <summary>Adds what the end of a bill period brings.</summary>
    /// <param name="lastDay">Its last day.</param>
    /// <param name="accrued">Exact steps of the period, by line.</param>
    /// <param name="lines">Added to.</param>
    public void AddPeriodEnd(DateOnly lastDay, BigInteger[] accrued, BigInteger[] lines)
    {
        var tariff = history.VersionOn(lastDay);
        var end = new PeriodEndAmounts(
            tariff, watts, use.In(history, tariff, lastDay),
            name => IndexOf(name) is >= 0 and var i ? new(accrued[i], perMinor) : Fraction.Zero);
        foreach (var line in tariff.Lines)
        {
            if (IndexOf(line.Name) is >= 0 and var i) lines[i] += (end.Of(line) * perMinor).HalfUp();
        }
    }

    /// <summary>A month's amount grows by the day and is rounded down to a step, so that its days add up.</summary>
    private BigInteger Standing(PlainStanding standing, Fraction share, DateOnly day)
    {
        var days = standing.PerDay ? 1 : DateTime.DaysInMonth(day.Year, day.Month);
        var rate = standing.Amount(watts) * share * perMinor / days;
        return (rate * day.Day).Floor() - (rate * (day.Day - 1)).Floor();
    }

    private BigInteger Spread(PlainSpread spread, Fraction share, DateOnly day)
    {
        var sum = BigInteger.Zero;
        foreach (var (month, from, end) in spread.On(day))
        {
            var total = Used(month) * spread.PerTenthWh * share;
            var days = end.DayNumber - from.DayNumber;
            var instalment = (total / days).Floor();
            sum += day.AddDays(1) == end
                ? ((total - (instalment * (days - 1))) * perMinor).HalfUp()
                : instalment * perMinor;
        }

        return sum;
    }

    private BigInteger Used(DateOnly month)
    {
        if (!_used.TryGetValue(month, out var used))
        {
            used = use.Used(
                RegisterKind.ForwardActive, history.StartOf(month), history.StartOf(month.AddMonths(1)));
            _used.Add(month, used);
        }

        return used;
    }

    /// <summary>The lines that a source reaches, itself and percent lines on it, and how much of it.</summary>
    private IEnumerable<(int Line, Fraction Share)> Reached(PlainTariff tariff, PlainLine source)
    {
        if (source is not (PlainStanding or PlainSpread)) yield break;
        foreach (var line in tariff.Lines)
        {
            var share = ShareOf(tariff, line, source);
            if (share.Sign != 0 && IndexOf(line.Name) is >= 0 and var i) yield return (i, share);
        }
    }

    private static Fraction ShareOf(PlainTariff tariff, PlainLine line, PlainLine source)
    {
        if (line == source) return Fraction.One;
        if (line is not PlainPercent percent) return Fraction.Zero;
        return percent.Steps[0].Share * percent.Of.Where(part => part.Above is null && part.UpTo is null)
            .Aggregate(Fraction.Zero, (sum, part) => sum + ShareOf(tariff, tariff.Line(part.Line), source));
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < history.Lines.Count; i++)
        {
            if (history.Lines[i].Name == name) return i;
        }

        return -1;
    }
}

using System.Numerics;

namespace Meters.Host.Audit.Rerating;

/// <summary>What was used in a bill period.</summary>
/// <param name="WattsByBand">Highest mean power of an interval of an hour at most, by the band it begins in.</param>
/// <param name="Active">Tenths of a watt-hour.</param>
/// <param name="Reactive">Tenths of a var-hour.</param>
internal sealed record PeriodUsed(BigInteger[] WattsByBand, BigInteger Active, BigInteger Reactive);

/// <summary>Demand, power factor, minimum and percent lines on them, in minor units.</summary>
/// <param name="tariff">The version on the last day.</param>
/// <param name="watts">Sanctioned load.</param>
/// <param name="used">In the period.</param>
/// <param name="accrued">What a line has in the period, minor units.</param>
internal sealed class PeriodEndAmounts(
    PlainTariff tariff, long watts, PeriodUsed used, Func<string, Fraction> accrued)
{
    public Fraction Of(PlainLine line) => line switch
    {
        PlainDemand demand => Demand(demand),
        PlainPowerFactor factor => ShareOf(factor) * Sum(factor.Of),
        PlainMinimum minimum => Missing(minimum),
        PlainPercent percent => percent.Steps[0].Share * percent.Of
            .Where(part => part.Above is null && part.UpTo is null)
            .Aggregate(Fraction.Zero, (sum, part) => sum + Of(tariff.Line(part.Line))),
        _ => Fraction.Zero,
    };

    private Fraction Demand(PlainDemand line)
    {
        var counted = used.WattsByBand
            .Where((_, band) => line.Bands.Count == 0 || line.Bands.Contains(tariff.Calendar.Bands[band].Name));
        var highest = new Fraction(counted.Append(BigInteger.Zero).Max(), 1000);
        var load = new Fraction(watts, 1000);
        var least = load * line.ShareOfLoad;
        var billed = highest.CompareTo(least) < 0 ? least : highest;
        if (line.ExcessPerKw is not { } excess || billed.CompareTo(load) <= 0) return line.PerKw * billed;
        return (line.PerKw * load) + (excess * (billed - load));
    }

    private Fraction Missing(PlainMinimum line)
    {
        var least = (line.PerMonth + (line.PerKwMonth * new Fraction(watts, 1000))) * tariff.Bill.Months;
        var missing = least - Sum(line.Of);
        return missing.Sign > 0 ? missing : Fraction.Zero;
    }

    private Fraction ShareOf(PlainPowerFactor line)
    {
        var hundredths = FactorHundredths();
        return line.Rows.Where(row => (row.From * 100).CompareTo(hundredths) <= 0).Select(row => row.Share)
            .LastOrDefault(Fraction.Zero);
    }

    /// <summary>
    /// Active over apparent energy, a half up: the largest n for which (n - 1/2)/100 is at most that; one without any
    /// energy.
    /// </summary>
    private int FactorHundredths()
    {
        var (p, q) = (used.Active, used.Reactive);
        var apparentSquared = (p * p) + (q * q);
        var n = 100;
        while (n > 0 && ((2 * n) - 1) * ((2 * n) - 1) * apparentSquared > 40_000 * p * p) n--;
        return n;
    }

    private Fraction Sum(IReadOnlyList<string> of) =>
        of.Aggregate(Fraction.Zero, (sum, name) => sum + accrued(name) + Of(tariff.Line(name)));
}

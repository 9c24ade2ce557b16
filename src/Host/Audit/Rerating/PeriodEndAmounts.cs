using System.Numerics;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// What the end of a bill period brings to each line, in minor units: demand, power factor, minimum, tables, what is
/// settled and what its bounds ask for.
/// </summary>
/// <param name="tariff">The version on the last day.</param>
/// <param name="watts">Sanctioned load.</param>
/// <param name="used">In the period.</param>
/// <param name="accrued">What a line has in the period, minor units.</param>
internal sealed class PeriodEndAmounts(
    PlainTariff tariff, long watts, PeriodUsed used, Func<string, Fraction> accrued)
{
    private readonly Dictionary<string, Fraction> _known = new(StringComparer.Ordinal);

    private readonly Fraction _load = new(watts, 1000);

    /// <summary>A price by the total where there are bands: the hours do not know it.</summary>
    public static bool IsByTotal(PlainTariff tariff, PlainLine line) => tariff.Calendar.Bands.Count > 1
        && line is PlainEnergy energy && energy.ByMonth.Any(tables => tables.Count > 1);

    public Fraction Of(PlainLine line)
    {
        if (_known.TryGetValue(line.Name, out var known)) return known;
        var amount = Unbounded(line);
        if (line.Bounds is { } bounds) amount = Kept(bounds, accrued(line.Name) + amount) - accrued(line.Name);
        return _known[line.Name] = amount;
    }

    private Fraction Unbounded(PlainLine line) => line switch
    {
        PlainDemand demand => Demand(demand),
        PlainPowerFactor factor => ShareOf(factor) * Sum(factor.Of),
        PlainMinimum minimum => Missing(minimum),
        PlainLookup table => new LookupAmounts(tariff, _load, used, Sum).Of(table),
        PlainPercent { Settled: { } share } percent => (share * percent.Of.Aggregate(
            Fraction.Zero, (sum, part) => sum + Printed(percent, part.Line))) - accrued(line.Name),
        PlainPercent percent => percent.Steps[0].Share * percent.Of
            .Where(part => part.Above is null && part.UpTo is null && percent.Steps.Count == 1)
            .Aggregate(Fraction.Zero, (sum, part) => sum + Of(tariff.Line(part.Line))),
        PlainEnergy energy when IsByTotal(tariff, energy) => ByTotal(energy) - accrued(line.Name),
        _ => Fraction.Zero,
    };

    private Fraction Printed(PlainPercent percent, string line)
    {
        var amount = Sum([line]);
        return percent.OfRounded ? tariff.RoundingOf(line).Round(amount) : amount;
    }

    private Fraction Kept(PlainBounds bounds, Fraction amount)
    {
        if (bounds.CreditUpTo.Count > 0)
        {
            var most = Greater(Sum(bounds.CreditUpTo), Fraction.Zero);
            amount = Greater(amount, -most);
        }
        if (bounds.Max is { } max && amount.CompareTo(max * tariff.Bill.Months) > 0) amount = max * tariff.Bill.Months;
        return bounds.Min is { } min ? Greater(amount, min * tariff.Bill.Months) : amount;
    }

    /// <summary>All energy at the table of the total, which has one price for each band.</summary>
    private Fraction ByTotal(PlainEnergy line)
    {
        var total = used.ByBand.Aggregate(BigInteger.Zero, BigInteger.Add);
        var tier = line.ByMonth[used.Month - 1]
            .First(table => table.TotalUpTo is not { } end || total <= (end * used.Scale).Floor()).Tiers[0];
        var sum = total.IsZero ? Fraction.Zero : tier.Fixed;
        for (var band = 0; band < used.ByBand.Length; band++) sum += tier.Prices[band] * used.ByBand[band];
        return sum;
    }

    private Fraction Demand(PlainDemand line)
    {
        var highest = PeriodUsed.Kw(tariff, line.Bands, used.WattsByBand);
        if (line.InKva) highest = used.Kva(highest);
        var billed = Greater(highest, _load * line.ShareOfLoad);
        if (line.Ratchet is { } ratchet)
        {
            billed = Greater(billed, PeriodUsed.Kw(tariff, line.Bands, used.EarlierWattsByBand) * ratchet.Share);
        }
        if (line.StepKw is { Sign: > 0 } step) billed = step * (billed / step).HalfUp();
        var amount = line.ExcessPerKw is { } excess && billed.CompareTo(_load) > 0
            ? (line.PerKw * _load) + (excess * (billed - _load))
            : line.PerKw * billed;
        return line.PerDay ? amount * used.Days : amount;
    }

    private Fraction Missing(PlainMinimum line)
    {
        var least = ((line.PerMonth + (line.PerKwMonth * _load)) * tariff.Bill.Months) + (line.PerDay * used.Days);
        return Greater(least - Sum(line.Of), Fraction.Zero);
    }

    private Fraction ShareOf(PlainPowerFactor line)
    {
        var hundredths = used.FactorHundredths();
        return line.Rows.Where(row => (row.From * 100).CompareTo(hundredths) <= 0).Select(row => row.Share)
            .LastOrDefault(Fraction.Zero);
    }

    private Fraction Sum(IReadOnlyList<string> of) =>
        of.Aggregate(Fraction.Zero, (sum, name) => sum + accrued(name) + Of(tariff.Line(name)));

    private static Fraction Greater(Fraction a, Fraction b) => a.CompareTo(b) < 0 ? b : a;
}

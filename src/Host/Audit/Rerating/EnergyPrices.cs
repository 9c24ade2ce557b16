using System.Numerics;

namespace Meters.Host.Audit.Rerating;

/// <summary>
/// What energy costs by each line of a version in one month and one period: a function of the tier position alone, or
/// of position and total where a price depends on the total.
/// </summary>
/// <param name="tariff">The version.</param>
/// <param name="month">1 to 12, for prices that have seasons.</param>
/// <param name="scale">What its limits count times.</param>
/// <param name="export">Of the reverse register.</param>
internal sealed class EnergyPrices(PlainTariff tariff, int month, Fraction scale, bool export)
{
    private readonly Dictionary<BigInteger, BigInteger> _scaled = [];
    private readonly Dictionary<(int Line, int Band), Curve> _curves = [];

    /// <summary>Prices that depend on the total of the period: what is used so far is the total so far.</summary>
    private readonly bool _byTotal = tariff.Lines.Any(line => line switch
    {
        PlainEnergy energy => tariff.Calendar.Bands.Count == 1 && energy.ByMonth.Any(tables => tables.Count > 1),
        PlainPercent percent => percent.Steps.Count > 1,
        _ => false,
    });

    /// <summary>Minor units for the energy between two positions of a period, all in one band.</summary>
    public Fraction Charge(int line, int band, BigInteger from, BigInteger to)
    {
        if (from == to) return Fraction.Zero;
        if (_byTotal)
        {
            return Between(tariff.Lines[line], band, 0, to, to) - Between(tariff.Lines[line], band, 0, from, from);
        }

        if (!_curves.TryGetValue((line, band), out var curve))
        {
            curve = new(
                position => Between(tariff.Lines[line], band, 0, position, position), Edges());
            _curves.Add((line, band), curve);
        }

        return curve.Between(from, to);
    }

    /// <summary>True where any line charges this register.</summary>
    public static bool Charges(PlainTariff tariff, bool export) =>
        tariff.Lines.OfType<PlainEnergy>().Any(energy => energy.Export == export);

    /// <summary>
    /// By definition: the price of each part of it, and the fixed amounts that begin between. A part of a line's energy
    /// has no share of the line's fixed amounts.
    /// </summary>
    private Fraction Between(
        PlainLine line, int band, BigInteger from, BigInteger to, BigInteger total, bool withFixed = true)
    {
        if (to <= from) return Fraction.Zero;
        return line switch
        {
            PlainEnergy energy when energy.Export == export => Between(
                TableOf(energy, total), band, from, to, withFixed),
            PlainPercent percent => ShareOf(percent, total) * percent.Of.Aggregate(Fraction.Zero, (sum, part) => sum
                + Between(
                    tariff.Line(part.Line), band,
                    part.Above is { } above ? BigInteger.Max(from, Scaled(above)) : from,
                    part.UpTo is { } upTo ? BigInteger.Min(to, Scaled(upTo)) : to,
                    total,
                    withFixed && part.Above is null && part.UpTo is null)),
            _ => Fraction.Zero,
        };
    }

    private Fraction Between(PlainTable table, int band, BigInteger from, BigInteger to, bool withFixed)
    {
        var sum = withFixed ? FixedAt(table, to) - FixedAt(table, from) : Fraction.Zero;
        var start = BigInteger.Zero;
        foreach (var tier in table.Tiers)
        {
            var end = tier.UpTo is { } upTo ? Scaled(upTo) : BigInteger.Max(to, start);
            var (low, high) = (BigInteger.Max(from, start), BigInteger.Min(to, end));
            if (high > low) sum += (high - low) * tier.Prices[band];
            start = end;
        }

        return sum;
    }

    /// <summary>A position is in the tier that ends at or above it; at zero it is in none.</summary>
    private Fraction FixedAt(PlainTable table, BigInteger position) => position <= 0
        ? Fraction.Zero
        : table.Tiers.First(tier => tier.UpTo is not { } upTo || position <= Scaled(upTo)).Fixed;

    /// <summary>Where there are bands, the hours take the first table; the end of the period, another.</summary>
    private PlainTable TableOf(PlainEnergy energy, BigInteger total) => tariff.Calendar.Bands.Count > 1
        ? energy.ByMonth[month - 1][0]
        : energy.ByMonth[month - 1].First(table => table.TotalUpTo is not { } upTo || total <= Scaled(upTo));

    private Fraction ShareOf(PlainPercent percent, BigInteger total) =>
        percent.Steps.First(step => step.UpTo is not { } upTo || total <= Scaled(upTo)).Share;

    /// <summary>A limit as it counts in this period, rounded down to a tenth of a watt-hour.</summary>
    private BigInteger Scaled(BigInteger limit)
    {
        if (!_scaled.TryGetValue(limit, out var scaled)) _scaled.Add(limit, scaled = (limit * scale).Floor());
        return scaled;
    }

    /// <summary>Positions at which anything may change.</summary>
    private List<BigInteger> Edges()
    {
        var found = new SortedSet<BigInteger>();
        foreach (var energy in tariff.Lines.OfType<PlainEnergy>())
        {
            foreach (var tier in energy.ByMonth[month - 1].SelectMany(table => table.Tiers))
            {
                if (tier.UpTo is { } upTo) found.Add(Scaled(upTo));
            }
        }

        foreach (var part in tariff.Lines.OfType<PlainPercent>().SelectMany(percent => percent.Of))
        {
            if (part.Above is { } above) found.Add(Scaled(above));
            if (part.UpTo is { } upTo) found.Add(Scaled(upTo));
        }

        return [.. found.Where(edge => edge > 0)];
    }

    /// <summary>
    /// A line's charge from zero up to any position, drawn from the definition once: what lies between two edges is
    /// straight.
    /// </summary>
    private sealed class Curve
    {
        private readonly List<(BigInteger After, Fraction Start, Fraction Slope)> _parts = [];

        public Curve(Func<BigInteger, Fraction> upTo, List<BigInteger> edges)
        {
            foreach (var edge in edges.Prepend(BigInteger.Zero))
            {
                // Two points beyond the edge: what jumps at it is in both.
                var (one, two) = (upTo(edge + 1), upTo(edge + 2));
                if (edges.Contains(edge + 1)) two = one; // The part is this one point.
                _parts.Add((edge, one - (two - one), two - one));
            }
        }

        public Fraction Between(BigInteger from, BigInteger to)
        {
            var (first, last) = (PartOf(from), PartOf(to));
            // At the start of a part lies the end of the one before, and what jumps is still to come.
            if (first == last && from > _parts[first].After) return (to - from) * _parts[first].Slope;
            return At(to, last) - At(from, first);
        }

        private Fraction At(BigInteger position, int part) => position <= 0
            ? Fraction.Zero
            : _parts[part].Start + ((position - _parts[part].After) * _parts[part].Slope);

        /// <summary>The part that the position is in or ends.</summary>
        private int PartOf(BigInteger position)
        {
            var (low, high) = (0, _parts.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                if (_parts[middle].After < position) low = middle;
                else high = middle - 1;
            }

            return low;
        }
    }
}

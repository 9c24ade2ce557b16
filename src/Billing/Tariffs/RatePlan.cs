using System.Numerics;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// A version's prices of one register as integers, for one season and one scale of the limits: for each band and
/// segment of the tier position the price of each line and of all together, and what jumps where a segment begins.
/// Prices are in exact steps per tenth of a watt-hour.
/// </summary>
internal sealed class RatePlan
{
    private readonly long[] _starts;
    private readonly long[] _totals;
    private readonly long[] _prices;
    private readonly long[] _jumpTotals;
    private readonly long[] _jumps;
    private readonly int[] _lines;

    private RatePlan(long[] starts, int bands, int[] lines)
    {
        (_starts, _lines) = (starts, lines);
        _totals = new long[bands * starts.Length];
        _prices = new long[bands * starts.Length * lines.Length];
        _jumpTotals = new long[starts.Length];
        _jumps = new long[starts.Length * lines.Length];
    }

    /// <summary>Nothing of this register costs anything.</summary>
    public bool IsEmpty => _lines.Length == 0;

    /// <summary>One price in each band: the position does not matter.</summary>
    public bool IsLinear => _starts.Length == 1 && !HasJumps;

    public bool HasJumps { get; private set; }

    /// <summary>Where segments begin; the first at zero.</summary>
    public ReadOnlySpan<long> Starts => _starts;

    /// <summary>Which lines of the history it charges.</summary>
    public ReadOnlySpan<int> Lines => _lines;

    /// <summary>So much energy in one piece costs less than an eighth of what 64 bits hold, by line too.</summary>
    public long SafeUsage { get; private set; }

    public int SegmentOf(long position)
    {
        var s = 0;
        while (s + 1 < _starts.Length && position >= _starts[s + 1]) s++;
        return s;
    }

    public long Total(int band, int segment) => _totals[(band * _starts.Length) + segment];

    /// <summary>In the order of <see cref="Lines"/>.</summary>
    public ReadOnlySpan<long> Prices(int band, int segment) =>
        _prices.AsSpan(((band * _starts.Length) + segment) * _lines.Length, _lines.Length);

    /// <summary>What is due at once when the position leaves the start of the segment.</summary>
    public long JumpTotal(int segment) => _jumpTotals[segment];

    public ReadOnlySpan<long> Jumps(int segment) => _jumps.AsSpan(segment * _lines.Length, _lines.Length);

    /// <param name="version">Of the version.</param>
    /// <param name="math">Its prices.</param>
    /// <param name="decimals">Steps of an exact charge.</param>
    /// <param name="lineOf">The version's lines as those of the history.</param>
    /// <exception cref="OverflowException">A price does not fit 64 bits, or needs more decimals.</exception>
    public static RatePlan Compile(TariffVersion version, EnergyMath math, int decimals, IReadOnlyList<int> lineOf)
    {
        long[] starts = [0, .. math.Edges()];
        var bands = version.Calendar.Bands.Count;
        var charged = Enumerable.Range(0, version.Lines.Count)
            .Where(line => IsCharged(math, starts, bands, line)).ToArray();
        var plan = new RatePlan(starts, bands, [.. charged.Select(line => lineOf[line])]);
        for (var s = 0; s < starts.Length; s++)
        {
            for (var l = 0; l < charged.Length; l++)
            {
                for (var b = 0; b < bands; b++)
                {
                    var price = Steps(PriceOf(math, charged[l], b, starts[s]), decimals);
                    plan._prices[(((b * starts.Length) + s) * charged.Length) + l] = price;
                    plan._totals[(b * starts.Length) + s] += price;
                }

                var jump = Steps(JumpOf(math, charged[l], starts[s]), decimals);
                plan._jumps[(s * charged.Length) + l] = jump;
                plan._jumpTotals[s] += jump;
            }
        }

        plan.HasJumps = plan._jumps.Any(jump => jump != 0);
        plan.SafeUsage = SafeUsageOf(plan);
        return plan;
    }

    /// <summary>How many decimals of a minor unit its charges need; null where no number is enough.</summary>
    public static int? DecimalsNeeded(TariffVersion version, EnergyMath math)
    {
        var needed = 0;
        long[] starts = [0, .. math.Edges()];
        for (var line = 0; line < version.Lines.Count; line++)
        {
            foreach (var start in starts)
            {
                var steps = Enumerable.Range(0, version.Calendar.Bands.Count)
                    .Select(band => PriceOf(math, line, band, start)).Append(JumpOf(math, line, start));
                foreach (var step in steps)
                {
                    if (step.DecimalsNeeded() is not { } decimals) return null;
                    needed = Math.Max(needed, decimals);
                }
            }
        }

        return needed;
    }

    private static bool IsCharged(EnergyMath math, long[] starts, int bands, int line) =>
        starts.Any(start => !JumpOf(math, line, start).IsZero
            || Enumerable.Range(0, bands).Any(band => !PriceOf(math, line, band, start).IsZero));

    /// <summary>Minor units for one step of energy right above a position.</summary>
    private static Ratio PriceOf(EnergyMath math, int line, int band, long start) =>
        math.Integral(line, start + 1, band, start, start + 1);

    private static Ratio JumpOf(EnergyMath math, int line, long start)
    {
        var jump = math.Fixed(line, start + 1, start + 1) - math.Fixed(line, start, start);
        if (!math.DependsOnTotal || start == 0) return jump;
        return jump + math.Integral(line, start + 1, 0, 0, start) - math.Integral(line, start, 0, 0, start);
    }

    private static long Steps(Ratio minor, int decimals)
    {
        var steps = minor * new Ratio(BigInteger.Pow(10, decimals), 1);
        if (!steps.Denominator.IsOne) throw new OverflowException($"{minor} needs more than {decimals} decimals.");
        return (long)steps.Numerator;
    }

    private static long SafeUsageOf(RatePlan plan)
    {
        Int128 price = 1, jumps = 0;
        for (var i = 0; i < plan._totals.Length; i++)
        {
            var segment = plan._prices.AsSpan(i * plan._lines.Length, plan._lines.Length);
            Int128 sum = 0;
            foreach (var one in segment) sum += Int128.Abs(one);
            price = Int128.Max(price, sum);
        }

        foreach (var jump in plan._jumps) jumps += Int128.Abs(jump);
        var room = (long.MaxValue / 8) - jumps;
        return room <= 0 ? -1 : (long)(room / price);
    }
}

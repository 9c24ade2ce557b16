using Meters.Billing.Accounts;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>What a register value becomes money by.</summary>
/// <param name="Tariff">Its versions.</param>
/// <param name="Multiplier">The meter's first multiplier.</param>
/// <param name="Multipliers">Its changes, ascending.</param>
internal sealed record RatingTerms(
    TariffHistory Tariff, int Multiplier, IReadOnlyList<MultiplierChange> Multipliers);

/// <summary>A register value at an instant; one that is below the value before it has rolled over.</summary>
internal readonly record struct SeriesPoint(Instant At, Energy Register);

/// <summary>
/// Rates a stretch of one channel's values from nothing but the values: for late readings, changed terms, and to take
/// apart what an interval cost by lines. Equals what <see cref="Rater"/> gave live.
/// </summary>
/// <param name="terms">Tariff and multipliers.</param>
/// <param name="register">Which register.</param>
/// <param name="modulus">Where the register rolls over.</param>
/// <param name="points">Ascending.</param>
/// <param name="startsChannel">The first point is the first of its channel.</param>
/// <param name="carry">Energy that the meter before this one used in the period that the channel begins in.</param>
internal sealed class SeriesRater(
    RatingTerms terms,
    RegisterKind register,
    Energy modulus,
    IReadOnlyList<SeriesPoint> points,
    bool startsChannel,
    Energy carry)
{
    private readonly Energy[] _usage = new Energy[points.Count];
    private Energy _base;
    private int _from;

    /// <summary>Exact charge of the interval that ends at each point from the one rated first; zero before.</summary>
    public long[] Charges { get; } = new long[points.Count];

    /// <summary>Point by point, the charge of each line of the tariff.</summary>
    public long[] Lines { get; } = new long[points.Count * terms.Tariff.Lines.Count];

    /// <summary>Usage at the last point, in this object's own frame.</summary>
    public Energy LastUsage => _usage[^1];

    /// <summary>Usage at the start of the period that the last point lies in.</summary>
    public Energy PeriodBase => _base;

    public bool StartsChannel => startsChannel;

    /// <summary>Period start that the points do not reach back to, when <see cref="TryRate"/> is false.</summary>
    public Instant? Needed { get; private set; }

    /// <summary>Whether the interval that ends at a point was rated here.</summary>
    public bool IsRatedAt(int point) => point > _from;

    public ReadOnlySpan<long> LinesOf(int point) =>
        Lines.AsSpan(point * terms.Tariff.Lines.Count, terms.Tariff.Lines.Count);

    /// <summary>
    /// Rates the intervals that end after point <paramref name="from"/>. False: earlier values are needed, or, with
    /// <see cref="Needed"/> null, a charge does not fit.
    /// </summary>
    public bool TryRate(int from)
    {
        _from = from;
        if (!TryAddUp()) return false;
        if (!terms.Tariff.Bills(register)) return true;
        if (!TryFindBase(from)) return false;
        for (var i = from + 1; i < points.Count; i++)
        {
            var lines = Lines.AsSpan(i * terms.Tariff.Lines.Count, terms.Tariff.Lines.Count);
            if (!Rater.TryRate(
                terms.Tariff,
                register,
                points[i - 1].At,
                _usage[i - 1],
                points[i].At,
                _usage[i],
                ref _base,
                lines,
                out Charges[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Usage in a frame in which the first point is its register times its multiplier.</summary>
    private bool TryAddUp()
    {
        var multiplier = Usage.MultiplierAt(terms.Multiplier, terms.Multipliers, points[0].At);
        var sum = (Int128)points[0].Register.TenthsWh * multiplier;
        if (sum > long.MaxValue) return false;
        _usage[0] = new((long)sum);
        for (var i = 1; i < points.Count; i++)
        {
            var end = points[i].Register;
            if (end < points[i - 1].Register) end += modulus;
            sum += Usage.Between(
                terms.Multiplier,
                terms.Multipliers,
                modulus,
                points[i - 1].At,
                points[i - 1].Register,
                points[i].At,
                end);
            if (sum > long.MaxValue) return false;
            _usage[i] = new((long)sum);
        }

        return true;
    }

    /// <summary>The tier position's origin for the period that point <paramref name="at"/> lies in.</summary>
    private bool TryFindBase(int at)
    {
        var stretch = terms.Tariff.StretchAt(points[at].At);
        if (!stretch.Accumulates) return true;
        var i = at;
        while (i > 0 && points[i - 1].At >= stretch.PeriodStart) i--;
        if (i == 0 && startsChannel)
        {
            _base = Rater.BaseOfFirst(terms.Tariff, points[0].At, _usage[0]) - carry;
            return true;
        }

        if (points[i].At == stretch.PeriodStart)
        {
            _base = _usage[i];
            return true;
        }

        if (i == 0)
        {
            Needed = stretch.PeriodStart;
            return false;
        }

        _base = Rater.UsageAt(
            points[i - 1].At, _usage[i - 1], points[i].At, _usage[i], stretch.PeriodStart);
        return true;
    }
}

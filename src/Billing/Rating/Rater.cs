using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>
/// Rates one interval after another from the state that the last one left. Equals <see cref="CanonicalRater"/> always;
/// an interval inside one stretch of the tariff costs a few multiplications and allocates nothing.
/// </summary>
internal static class Rater
{
    /// <summary>The tier position's origin for a point whose first reading is here.</summary>
    public static Energy BaseOfFirst(TariffHistory tariff, Instant at, Energy usage) =>
        tariff.StretchAt(at).Accumulates ? usage : Energy.Zero;

    /// <summary>
    /// Rates (<paramref name="t0"/>, <paramref name="t1"/>]. <paramref name="periodBase"/> is the usage at the start
    /// of the period that contains t0, and becomes that of the period that contains t1. False, with nothing changed,
    /// where the charge does not fit 64 bits.
    /// </summary>
    /// <param name="tariff">All versions.</param>
    /// <param name="register">Which register the energy is of.</param>
    /// <param name="t0">Start, exclusive.</param>
    /// <param name="u0">Primary energy at the start.</param>
    /// <param name="t1">End, inclusive.</param>
    /// <param name="u1">Primary energy at the end; not below <paramref name="u0"/>.</param>
    /// <param name="periodBase">Where the tier position is counted from.</param>
    /// <param name="lines">Each line's charge is added here; empty where nobody wants the split.</param>
    /// <param name="charge">The sum over the lines.</param>
    public static bool TryRate(
        TariffHistory tariff,
        RegisterKind register,
        Instant t0,
        Energy u0,
        Instant t1,
        Energy u1,
        ref Energy periodBase,
        Span<long> lines,
        out long charge)
    {
        charge = 0;
        var origin = periodBase;
        var stretch = tariff.StretchAt(t0);
        var from = u0;
        Int128 sum = 0;
        while (true)
        {
            var to = t1 <= stretch.Until ? u1 : UsageAt(t0, u0, t1, u1, stretch.Until);
            sum += Piece(stretch.Version, from - origin, to - origin);
            if (sum > long.MaxValue) return false;
            if (t1 < stretch.Until) break;
            stretch = tariff.StretchAt(stretch.Until);
            if (stretch.CountsAnew) origin = stretch.Accumulates ? to : Energy.Zero;
            from = to;
            if (stretch.From == t1) break;
        }

        charge = (long)sum;
        periodBase = origin;
        if (!lines.IsEmpty) lines[0] += charge;
        return true;
    }

    /// <summary>
    /// The usage at <paramref name="at"/> inside (t0, t1], on the straight line between the ends, rounded down.
    /// </summary>
    public static Energy UsageAt(Instant t0, Energy u0, Instant t1, Energy u1, Instant at) =>
        u0 + new Energy(
            (long)((Int128)(u1 - u0).TenthsWh * (at.UnixMicros - t0.UnixMicros) / (t1.UnixMicros - t0.UnixMicros)));

    private static Int128 Piece(TariffVersion version, Energy before, Energy after) => version.IsFlat
        ? (Int128)(after - before).TenthsWh * version.Tiers[0].Price.MicroMinor
        : version.CumulativeCharge(after).Value - version.CumulativeCharge(before).Value;
}

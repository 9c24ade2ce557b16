using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>
/// Rates one interval after another from the state that the last one left. Equals <see cref="CanonicalRater"/> always;
/// an interval inside one stretch of the tariff costs a few multiplications and allocates nothing.
/// </summary>
internal static class Rater
{
    /// <summary>The tier position's origin for a channel that begins here.</summary>
    public static Energy BaseOfFirst(TariffHistory tariff, Instant at, Energy register) =>
        tariff.StretchAt(at).Accumulates ? register : Energy.Zero;

    /// <summary>
    /// Rates (<paramref name="t0"/>, <paramref name="t1"/>]. <paramref name="periodBase"/> is the register at the start
    /// of the period that contains t0, and becomes that of the period that contains t1. False, with nothing changed,
    /// where the charge does not fit 64 bits.
    /// </summary>
    public static bool TryRate(
        TariffHistory tariff,
        int multiplier,
        Instant t0,
        Energy r0,
        Instant t1,
        Energy r1,
        ref Energy periodBase,
        out long charge)
    {
        charge = 0;
        var origin = periodBase;
        var stretch = tariff.StretchAt(t0);
        var from = r0;
        Int128 sum = 0;
        while (true)
        {
            var to = t1 <= stretch.Until ? r1 : RegisterAt(t0, r0, t1, r1, stretch.Until);
            if (!TryPiece(stretch.Version, multiplier, origin, from, to, out var piece)) return false;
            sum += piece;
            if (t1 < stretch.Until) break;
            stretch = tariff.StretchAt(stretch.Until);
            if (stretch.CountsAnew) origin = stretch.Accumulates ? to : Energy.Zero;
            from = to;
            if (stretch.From == t1) break;
        }

        if (sum > long.MaxValue) return false;
        charge = (long)sum;
        periodBase = origin;
        return true;
    }

    /// <summary>
    /// The register at <paramref name="at"/> inside (t0, t1], on the straight line between the ends, rounded down.
    /// </summary>
    public static Energy RegisterAt(Instant t0, Energy r0, Instant t1, Energy r1, Instant at) =>
        r0 + new Energy(
            (long)((Int128)(r1 - r0).TenthsWh * (at.UnixMicros - t0.UnixMicros) / (t1.UnixMicros - t0.UnixMicros)));

    private static bool TryPiece(
        TariffVersion version, int multiplier, Energy origin, Energy from, Energy to, out Int128 charge)
    {
        charge = 0;
        if (version.IsFlat)
        {
            var used = (Int128)(to - from).TenthsWh * multiplier;
            if (used > long.MaxValue) return false;
            charge = used * version.Tiers[0].Price.MicroMinor;
            return charge <= long.MaxValue;
        }

        var after = (Int128)(to - origin).TenthsWh * multiplier;
        if (after > long.MaxValue) return false;
        var before = (from - origin) * multiplier;
        charge = version.CumulativeCharge(new((long)after)).Value - version.CumulativeCharge(before).Value;
        return charge <= long.MaxValue;
    }
}

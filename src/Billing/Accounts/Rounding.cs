using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>The one rounding of a journal line; half up commutes with whole units, as a balance needs it.</summary>
internal static class Rounding
{
    /// <param name="exact">Steps.</param>
    /// <param name="perMinor">Steps in a minor unit.</param>
    /// <param name="unit">Minor units that the result is a multiple of.</param>
    /// <exception cref="OverflowException">The amount does not fit 64 bits of minor units.</exception>
    public static Money HalfUp(Int128 exact, long perMinor, long unit = 1)
    {
        var whole = (Int128)perMinor * unit * 2;
        var doubled = (exact * 2) + (whole / 2);
        var quotient = doubled / whole;
        if (doubled % whole < 0) quotient -= 1;
        return new((long)(quotient * unit));
    }

    /// <summary>To a multiple of a unit, the way that a tariff says.</summary>
    /// <param name="exact">Steps.</param>
    /// <param name="perMinor">Steps in a minor unit.</param>
    /// <param name="unit">Minor units that the result is a multiple of.</param>
    /// <param name="mode">Which way.</param>
    /// <exception cref="OverflowException">The amount does not fit 64 bits of minor units.</exception>
    public static Money To(Int128 exact, long perMinor, long unit, RoundingMode mode)
    {
        if (mode == RoundingMode.HalfUp) return HalfUp(exact, perMinor, unit);
        var (quotient, rest) = Int128.DivRem(exact, (Int128)perMinor * unit);
        if (mode == RoundingMode.Down && rest < 0) quotient -= 1;
        if (mode == RoundingMode.Up && rest > 0) quotient += 1;
        return new((long)(quotient * unit));
    }
}

using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>The one rounding of a journal line: half up, so that it commutes with whole units.</summary>
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
}

using System.Numerics;

namespace Meters.Billing.Tests.Order;

/// <summary>An exact amount of the specification.</summary>
internal readonly record struct Fraction(BigInteger Top, BigInteger Bottom)
{
    public static readonly Fraction Zero = new(0, 1);

    public static Fraction operator +(Fraction a, Fraction b) => a.Bottom == b.Bottom
        ? new(a.Top + b.Top, a.Bottom)
        : new((a.Top * b.Bottom) + (b.Top * a.Bottom), a.Bottom * b.Bottom);

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Top * b.Top, a.Bottom * b.Bottom);

    /// <summary>In steps of one minor unit divided by <paramref name="perMinor"/>: it must be whole.</summary>
    public BigInteger Steps(long perMinor)
    {
        var steps = BigInteger.DivRem(Top * perMinor, Bottom, out var rest);
        Assert.Equal(BigInteger.Zero, rest);
        return steps;
    }

    /// <summary>The largest whole number that is not above the quotient.</summary>
    public static BigInteger Floor(BigInteger top, BigInteger bottom)
    {
        var quotient = BigInteger.DivRem(top, bottom, out var rest);
        return !rest.IsZero && rest.Sign != bottom.Sign ? quotient - 1 : quotient;
    }
}

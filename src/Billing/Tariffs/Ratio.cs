using System.Numerics;

namespace Meters.Billing.Tariffs;

/// <summary>
/// An exact fraction in lowest terms: what prices, percentages and shares are before they are compiled into integers.
/// Never on the path of a reading.
/// </summary>
public readonly record struct Ratio : IComparable<Ratio>
{
    private readonly BigInteger _denominatorLessOne; // So that default is zero over one.

    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Ratio(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException();
        if (denominator.IsOne)
        {
            Numerator = numerator;
            return;
        }

        var common = BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator.Sign < 0) common = -common;
        Numerator = numerator / common;
        _denominatorLessOne = (denominator / common) - 1;
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator => _denominatorLessOne + 1;

    public bool IsZero => Numerator.IsZero;

    public int Sign => Numerator.Sign;

    public static implicit operator Ratio(long whole) => new(whole, 1);

    /// <summary><paramref name="value"/> times 10^-<paramref name="places"/>.</summary>
    public static Ratio OfDecimal(BigInteger value, int places) => new(value, BigInteger.Pow(10, places));

    public static Ratio operator +(Ratio a, Ratio b) =>
        new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Ratio operator -(Ratio a) => new(-a.Numerator, a.Denominator);

    public static Ratio operator -(Ratio a, Ratio b) => a + -b;

    public static Ratio operator *(Ratio a, Ratio b) =>
        new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    /// <exception cref="DivideByZeroException"><paramref name="b"/> is zero.</exception>
    public static Ratio operator /(Ratio a, Ratio b) =>
        new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Ratio a, Ratio b) => a.CompareTo(b) < 0;

    public static bool operator >(Ratio a, Ratio b) => a.CompareTo(b) > 0;

    public static bool operator <=(Ratio a, Ratio b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Ratio a, Ratio b) => a.CompareTo(b) >= 0;

    public static Ratio Max(Ratio a, Ratio b) => a < b ? b : a;

    public static Ratio Min(Ratio a, Ratio b) => a < b ? a : b;

    public int CompareTo(Ratio other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    /// <summary>The largest whole number that is not above it.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Numerator, Denominator, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The nearest whole number; a half goes up, towards plus infinity.</summary>
    public BigInteger RoundHalfUp() => new Ratio((Numerator * 2) + Denominator, Denominator * 2).Floor();

    /// <summary>How many decimals it needs to be written exactly; null where no number of them is enough.</summary>
    public int? DecimalsNeeded()
    {
        var rest = Denominator;
        var (twos, fives) = (0, 0);
        for (; rest % 2 == 0; rest /= 2) twos++;
        for (; rest % 5 == 0; rest /= 5) fives++;
        return rest.IsOne ? Math.Max(twos, fives) : null;
    }

    public override string ToString() => Denominator.IsOne ? $"{Numerator}" : $"{Numerator}/{Denominator}";
}

using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Meters.Host.Audit.Rerating;

/// <summary>An exact fraction of any size, in lowest terms.</summary>
public readonly record struct Fraction
{
    private readonly BigInteger _below;

    public Fraction(BigInteger above, BigInteger below)
    {
        if (below.IsZero) throw new DivideByZeroException();
        var common = BigInteger.GreatestCommonDivisor(above, below) * below.Sign;
        (Above, _below) = (above / common, (below / common) - 1);
    }

    public static readonly Fraction Zero = new(0, 1);

    public static readonly Fraction One = new(1, 1);

    public BigInteger Above { get; }

    public BigInteger Below => _below + 1; // So that the default is zero.

    public bool IsWhole => _below.IsZero;

    public int Sign => Above.Sign;

    public static implicit operator Fraction(BigInteger whole) => new(whole, 1);

    public static implicit operator Fraction(long whole) => new(whole, 1);

    public static Fraction operator +(Fraction a, Fraction b) =>
        new((a.Above * b.Below) + (b.Above * a.Below), a.Below * b.Below);

    public static Fraction operator -(Fraction a, Fraction b) => a + -b;

    public static Fraction operator -(Fraction a) => new(-a.Above, a.Below);

    public static Fraction operator *(Fraction a, Fraction b) => new(a.Above * b.Above, a.Below * b.Below);

    public static Fraction operator /(Fraction a, Fraction b) => new(a.Above * b.Below, a.Below * b.Above);

    /// <summary>The largest whole number that is not above it.</summary>
    public BigInteger Floor()
    {
        var quotient = BigInteger.DivRem(Above, Below, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The nearest whole number, exactly one half towards plus infinity.</summary>
    public BigInteger HalfUp() => (this + new Fraction(1, 2)).Floor();

    public int CompareTo(Fraction other) => (this - other).Sign;

    /// <summary>A decimal, written as text or as a number.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Fraction Of(JsonElement value)
    {
        var text = value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : throw new FormatException("No decimal.");
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = point < 0 ? text : text.Remove(point, 1);
        var places = point < 0 ? 0 : text.Length - point - 1;
        return new(
            BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            BigInteger.Pow(10, places));
    }

    public override string ToString() => IsWhole ? $"{Above}" : $"{Above}/{Below}";
}

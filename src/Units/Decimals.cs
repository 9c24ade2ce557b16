using System.Globalization;
using System.Numerics;

namespace Meters.Units;

/// <summary>
/// Fixed-point text without floating point: what people write and read, to integers and back, exactly.
/// </summary>
public static class Decimals
{
    /// <summary>
    /// Writes <paramref name="value"/> / 10^<paramref name="places"/>, all decimals shown: (-5, 2) is "-0.05".
    /// </summary>
    public static string Format(Int128 value, int places)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(places);
        var magnitude = BigInteger.Abs(value);
        var digits = magnitude.ToString(CultureInfo.InvariantCulture).PadLeft(places + 1, '0');
        var sign = value < 0 ? "-" : "";
        return places == 0 ? sign + digits : $"{sign}{digits[..^places]}.{digits[^places..]}";
    }

    /// <summary>
    /// Reads a plain decimal ("12", "-0.5", "3.10"; no exponent, no separators, no white space) as an integer of
    /// 10^-<paramref name="places"/> steps. False where it is malformed, finer than the steps, or out of range.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, int places, out long value)
    {
        value = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (negative) text = text[1..];
        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty)) return false;
        fraction = fraction.TrimEnd('0');
        if (fraction.Length > places) return false;
        Int128 sum = 0;
        foreach (var c in whole)
        {
            if (!char.IsAsciiDigit(c) || sum > long.MaxValue) return false;
            sum = (sum * 10) + (c - '0');
        }

        for (var i = 0; i < places; i++)
        {
            var c = i < fraction.Length ? fraction[i] : '0';
            if (!char.IsAsciiDigit(c) || sum > long.MaxValue) return false;
            sum = (sum * 10) + (c - '0');
        }

        if (negative) sum = -sum;
        if (sum > long.MaxValue || sum < long.MinValue) return false;
        value = (long)sum;
        return true;
    }
}

namespace Meters.Host.Audit.Frames;

/// <summary>Data formats of Q/GDW 1376.1, byte by byte; null for what is no value.</summary>
internal static class PlainBytes
{
    /// <summary>Binary coded decimals, lowest byte first; fillers and damage have a digit above 9.</summary>
    public static long? Digits(ReadOnlySpan<byte> bytes)
    {
        var value = 0L;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            var (high, low) = (bytes[i] / 16, bytes[i] % 16);
            if (high > 9 || low > 9) return null;
            value = (value * 100) + (high * 10) + low;
        }

        return value;
    }

    /// <summary>A.15: minute, hour, day, month, year.</summary>
    public static DateTime? MinuteOf(ReadOnlySpan<byte> bytes)
    {
        var (minute, hour) = (Digits(bytes[..1]) ?? 60, Digits(bytes[1..2]) ?? 24);
        return minute < 60 && hour < 24 ? DayOf(bytes[2..5])?.AddHours(hour).AddMinutes(minute) : null;
    }

    /// <summary>A.20: day, month, year. There are no data of the year 2000: its number is that of no date.</summary>
    public static DateTime? DayOf(ReadOnlySpan<byte> bytes)
    {
        var (day, month, year) = (Digits(bytes[..1]) ?? 0, Digits(bytes[1..2]) ?? 0, Digits(bytes[2..3]) ?? 0);
        if (year == 0 || month is < 1 or > 12) return null;
        return day >= 1 && day <= DateTime.DaysInMonth(2_000 + (int)year, (int)month)
            ? new DateTime(2_000 + (int)year, (int)month, (int)day, 0, 0, 0, DateTimeKind.Unspecified)
            : null;
    }

    /// <summary>Low byte of the sum.</summary>
    public static byte Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var one in bytes) sum += one;
        return (byte)(sum % 256);
    }

    public static int Word(ReadOnlySpan<byte> bytes) => bytes[0] + (bytes[1] * 256);
}

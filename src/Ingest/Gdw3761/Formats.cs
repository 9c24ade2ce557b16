using System.Buffers.Binary;
using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// The data formats A.x of Q/GDW 1376.1 (protocols.md 1.5), both ways. Times are local to the terminal and have
/// two-digit years: 2001 to 2099. Year 00 is refused: it is what a curve that was never frozen carries, and no
/// terminal of this protocol has data of the year 2000.
/// </summary>
public static class Formats
{
    public const int A1Bytes = 6;
    public const int A11Bytes = 4;
    public const int A12Bytes = 6;
    public const int A13Bytes = 4;
    public const int A14Bytes = 5;
    public const int A15Bytes = 5;
    public const int A16Bytes = 4;
    public const int A20Bytes = 3;

    /// <summary>An A.11 step (0.01 kWh) in the steps of <see cref="Energy"/> (0.0001 kWh).</summary>
    public const long A11Step = 100;

    /// <summary>A.1: second, minute, hour, day, month with weekday above it, year.</summary>
    public static bool TryReadA1(ReadOnlySpan<byte> bytes, out DateTime local)
    {
        local = default;
        return bytes.Length >= A1Bytes
            && Bcd.TryReadByte(bytes[0], out var second)
            && TryTime(bytes[1], bytes[2], bytes[3], (byte)(bytes[4] & 0x1F), bytes[5], second, out local);
    }

    public static void WriteA1(DateTime local, Span<byte> sixBytes)
    {
        var weekday = local.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)local.DayOfWeek; // 1 = Monday, 7 = Sunday.
        sixBytes[0] = Bcd.WriteByte(local.Second);
        WriteA15(local, sixBytes[1..]);
        sixBytes[4] = (byte)(sixBytes[4] | (weekday << 5));
    }

    /// <summary>A.15: minute, hour, day, month, year.</summary>
    public static bool TryReadA15(ReadOnlySpan<byte> bytes, out DateTime local)
    {
        local = default;
        return bytes.Length >= A15Bytes && TryTime(bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], 0, out local);
    }

    public static void WriteA15(DateTime local, Span<byte> fiveBytes)
    {
        fiveBytes[0] = Bcd.WriteByte(local.Minute);
        fiveBytes[1] = Bcd.WriteByte(local.Hour);
        WriteA20(DateOnly.FromDateTime(local), fiveBytes[2..]);
    }

    /// <summary>A.16: second, minute, hour, day of some month.</summary>
    public static void WriteA16(DateTime local, Span<byte> fourBytes)
    {
        fourBytes[0] = Bcd.WriteByte(local.Second);
        fourBytes[1] = Bcd.WriteByte(local.Minute);
        fourBytes[2] = Bcd.WriteByte(local.Hour);
        fourBytes[3] = Bcd.WriteByte(local.Day);
    }

    /// <summary>A.20: day, month, year.</summary>
    public static bool TryReadA20(ReadOnlySpan<byte> bytes, out DateOnly day)
    {
        day = default;
        if (bytes.Length < A20Bytes || !TryTime(0, 0, bytes[0], bytes[1], bytes[2], 0, out var midnight)) return false;
        day = DateOnly.FromDateTime(midnight);
        return true;
    }

    public static void WriteA20(DateOnly day, Span<byte> threeBytes)
    {
        threeBytes[0] = Bcd.WriteByte(day.Day);
        threeBytes[1] = Bcd.WriteByte(day.Month);
        threeBytes[2] = Bcd.WriteByte(day.Year % 100);
    }

    /// <summary>
    /// A.11: XXXXXX.XX kWh. Finer digits are cut and higher ones roll over, as on the meter's display.
    /// </summary>
    public static void WriteA11(Energy register, Span<byte> fourBytes) =>
        Bcd.Write(register.TenthsWh / A11Step, fourBytes[..A11Bytes]);

    /// <summary>A.13: XXXX.XXXX kWh.</summary>
    public static void WriteA13(Energy energy, Span<byte> fourBytes) =>
        Bcd.Write(energy.TenthsWh, fourBytes[..A13Bytes]);

    /// <summary>A.14: XXXXXX.XXXX kWh.</summary>
    public static void WriteA14(Energy register, Span<byte> fiveBytes) =>
        Bcd.Write(register.TenthsWh, fiveBytes[..A14Bytes]);

    /// <summary>A.12: twelve digits, a meter's address.</summary>
    public static void WriteA12(MeterAddress address, Span<byte> sixBytes) =>
        Bcd.Write(address.Digits, sixBytes[..A12Bytes]);

    public static bool TryReadA12(ReadOnlySpan<byte> bytes, out MeterAddress address)
    {
        address = default;
        if (bytes.Length < A12Bytes) return false;
        var raw = BinaryPrimitives.ReadUInt32LittleEndian(bytes)
            | ((ulong)BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) << 32);
        if (!Bcd.TryRead(raw, out var digits)) return false;
        address = new(digits);
        return true;
    }

    private static bool TryTime(byte mi, byte h, byte d, byte mo, byte y, int second, out DateTime local)
    {
        local = default;
        if (!Bcd.TryReadByte(mi, out var minute) || minute > 59 || second > 59
            || !Bcd.TryReadByte(h, out var hour) || hour > 23
            || !Bcd.TryReadByte(y, out var year) || year == 0
            || !Bcd.TryReadByte(mo, out var month) || month is < 1 or > 12
            || !Bcd.TryReadByte(d, out var day) || day < 1 || day > DateTime.DaysInMonth(2000 + year, month))
        {
            return false;
        }

        local = new(2000 + year, month, day, hour, minute, second);
        return true;
    }
}

using System.Runtime.CompilerServices;

namespace Meters.Ingest;

/// <summary>Binary coded decimals, least significant byte first, as both 376.1 and 645 send them.</summary>
public static class Bcd
{
    /// <summary>Reads up to eight bytes (sixteen digits). False where a nibble is above 9.</summary>
    public static bool TryRead(ReadOnlySpan<byte> littleEndian, out long value)
    {
        ulong raw = 0;
        for (var i = littleEndian.Length - 1; i >= 0; i--) raw = (raw << 8) | littleEndian[i];
        return TryRead(raw, out value);
    }

    /// <summary>
    /// All sixteen digits at once: first every byte becomes 0 to 99, then pairs of bytes 0 to 9999, then pairs of
    /// pairs.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ulong raw, out long value)
    {
        // A nibble is above 9 exactly where bit 3 and (bit 2 or bit 1) are set.
        if ((raw & ((raw << 1) | (raw << 2)) & 0x8888_8888_8888_8888) != 0)
        {
            value = 0;
            return false;
        }

        unchecked
        {
            raw -= 6 * ((raw >> 4) & 0x0F0F_0F0F_0F0F_0F0F);
            raw = (raw & 0x00FF_00FF_00FF_00FF) + (100 * ((raw >> 8) & 0x00FF_00FF_00FF_00FF));
            raw = (raw & 0x0000_FFFF_0000_FFFF) + (10_000 * ((raw >> 16) & 0x0000_FFFF_0000_FFFF));
            value = (long)((raw & 0xFFFF_FFFF) + (100_000_000 * (raw >> 32)));
        }

        return true;
    }

    /// <summary>Two digits; false where a nibble is above 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadByte(byte raw, out int value)
    {
        value = ((raw >> 4) * 10) + (raw & 15);
        return (raw >> 4) <= 9 && (raw & 15) <= 9;
    }

    /// <summary>
    /// Writes the lowest digits that fit, as a register rolls over; <paramref name="value"/> is not negative.
    /// </summary>
    public static void Write(long value, Span<byte> littleEndian)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        foreach (ref var b in littleEndian)
        {
            b = WriteByte((int)(value % 100));
            value /= 100;
        }
    }

    /// <param name="value">0 to 99.</param>
    public static byte WriteByte(int value) => (byte)((value / 10 << 4) | (value % 10));
}

using System.Numerics;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// The four bytes before a unit: which points (DA) and which functions (DT). Both are a group and a bitmap of eight.
/// The data of the selected units follow with Pn outer and Fn inner, ascending (protocols.md 1.2).
/// </summary>
public readonly record struct Dadt(byte Da1, byte Da2, byte Dt1, byte Dt2)
{
    public const int Bytes = 4;

    /// <summary>The largest point: group 255, bit 7.</summary>
    public const int PnMax = 2_040;

    /// <summary>The largest function: group 255, bit 7.</summary>
    public const int FnMax = 2_048;

    /// <summary>FF FF: all points that are valid at the terminal, how many only it knows.</summary>
    public bool IsAllPoints => Da1 == 0xFF && Da2 == 0xFF;

    /// <summary>A bitmap without a bit, or group 0 with one, selects nothing that the protocol knows.</summary>
    public bool IsValid => (Da1 == 0) == (Da2 == 0) && Dt1 != 0;

    /// <summary>Bits of the points; walk them with <see cref="PnOf"/>.</summary>
    public int PnBits => Da2 == 0 ? 1 : Da1;

    public int FnBits => Dt1;

    /// <summary>The point of the lowest bit set in <paramref name="bits"/>; 0 is the terminal itself.</summary>
    public int PnOf(int bits) => Da2 == 0 ? 0 : ((Da2 - 1) * 8) + BitOperations.TrailingZeroCount(bits) + 1;

    public int FnOf(int bits) => (Dt2 * 8) + BitOperations.TrailingZeroCount(bits) + 1;

    /// <summary>The point, if exactly one is selected, and the function likewise.</summary>
    public bool IsSingle(out int pn, out int fn)
    {
        (pn, fn) = (PnOf(PnBits), FnOf(FnBits));
        return IsValid && !IsAllPoints && BitOperations.IsPow2(PnBits) && BitOperations.IsPow2(FnBits);
    }

    /// <summary>Whether the units of this identifier include function <paramref name="fn"/>.</summary>
    public bool Selects(int fn) => Dt2 == (fn - 1) >> 3 && (Dt1 & (1 << ((fn - 1) & 7))) != 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Dadt dadt)
    {
        dadt = default;
        if (bytes.Length < Bytes) return false;
        dadt = new(bytes[0], bytes[1], bytes[2], bytes[3]);
        return true;
    }

    /// <param name="pn">0 to 2040; 0 is the terminal itself.</param>
    /// <param name="fn">1 to 2048.</param>
    public static Dadt Of(int pn, int fn)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(pn);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pn, PnMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(fn, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fn, FnMax);
        var (dt1, dt2) = ((byte)(1 << ((fn - 1) & 7)), (byte)((fn - 1) >> 3));
        return pn == 0
            ? new(0, 0, dt1, dt2)
            : new((byte)(1 << ((pn - 1) & 7)), (byte)(((pn - 1) >> 3) + 1), dt1, dt2);
    }

    public void Write(Span<byte> fourBytes) =>
        (fourBytes[0], fourBytes[1], fourBytes[2], fourBytes[3]) = (Da1, Da2, Dt1, Dt2);
}

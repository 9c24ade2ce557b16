using System.Buffers;
using Meters.Units;

namespace Meters.Ingest.Dlt645;

/// <summary>
/// Reads one DL/T 645 frame. Pure.
/// <code>FE* | 68 | A0..A5 | 68 | C | L | data L, each byte + 33H | CS | 16      (protocols.md 2.1)</code>
/// CS is the low byte of the sum from the first 68 to the last data byte as they stand on the line.
/// </summary>
public static class FrameReader
{
    public const byte Start = 0x68;
    public const byte End = 0x16;
    public const byte Preamble = 0xFE;
    public const byte Scramble = 0x33;
    public const byte Wildcard = 0xAA;

    /// <summary>Two starts, address, control, length, check and end.</summary>
    public const int OverheadBytes = 12;

    /// <summary>The longest read answer.</summary>
    public const int DataBytesMax = 200;

    /// <summary>The longest frame with a usual preamble.</summary>
    public const int FrameBytesMax = 4 + OverheadBytes + DataBytesMax;

    /// <summary>FE bytes passed over before the first 68H; more is noise.</summary>
    public const int PreambleBytesMax = 16;

    private const int HeadBytes = 10;

    /// <param name="consumed">Preamble and frame, on <see cref="FrameStatus.Complete"/>.</param>
    public static FrameStatus TryRead(ReadOnlySpan<byte> input, out Frame frame, out int consumed)
    {
        frame = default;
        consumed = 0;
        var preamble = 0;
        while (preamble < input.Length && preamble < PreambleBytesMax && input[preamble] == Preamble) preamble++;
        var rest = input[preamble..];
        if (rest.IsEmpty) return FrameStatus.NeedMore;
        if (rest[0] != Start || (rest.Length > 7 && rest[7] != Start)) return FrameStatus.BadStart;
        if (rest.Length < HeadBytes) return FrameStatus.NeedMore;
        if (!TryReadAddress(rest.Slice(1, 6), out var address, out var isWildcard)) return FrameStatus.BadAddress;
        var dataBytes = rest[9];
        if (dataBytes > DataBytesMax) return FrameStatus.TooLong;
        var frameBytes = dataBytes + OverheadBytes;
        if (rest.Length < frameBytes) return FrameStatus.NeedMore;
        if (Gdw3761.FrameReader.Checksum(rest[..(frameBytes - 2)]) != rest[frameBytes - 2])
        {
            return FrameStatus.BadChecksum;
        }

        if (rest[frameBytes - 1] != End) return FrameStatus.BadEnd;
        frame = new(address, isWildcard, rest[8], rest.Slice(HeadBytes, dataBytes));
        consumed = preamble + frameBytes;
        return FrameStatus.Complete;
    }

    /// <summary>
    /// As above over segments; <paramref name="scratch"/> (at least <see cref="FrameBytesMax"/>) holds the frame.
    /// </summary>
    public static FrameStatus TryRead(
        ref ReadOnlySequence<byte> input, Span<byte> scratch, out Frame frame)
    {
        var bytes = (int)Math.Min(input.Length, scratch.Length);
        input.Slice(0, bytes).CopyTo(scratch);
        var status = TryRead(scratch[..bytes], out frame, out var consumed);
        if (status == FrameStatus.Complete) input = input.Slice(consumed);
        return status;
    }

    private static bool TryReadAddress(ReadOnlySpan<byte> sixBytes, out MeterAddress address, out bool isWildcard)
    {
        var digits = sixBytes;
        while (!digits.IsEmpty && digits[^1] == Wildcard) digits = digits[..^1];
        isWildcard = digits.Length < sixBytes.Length;
        var good = Bcd.TryRead(digits, out var value);
        address = new(value);
        return good;
    }
}

using System.Buffers.Binary;
using Meters.Units;

namespace Meters.Ingest.Gdw3761;

/// <summary>The data unit of AFN 10 F1, both ways (protocols.md 1.6).</summary>
public static class ForwardContent
{
    private const int AnswerHeadBytes = 3;
    private const int RequestHeadBytes = 6;

    /// <summary>
    /// Terminal to master: <c>port | k 2 | content k</c>. An empty content is a silent meter.
    /// </summary>
    /// <param name="units"><see cref="FrameHeader.Units"/> of the answer.</param>
    public static bool TryReadAnswer(ReadOnlySpan<byte> units, out byte port, out ReadOnlySpan<byte> content)
    {
        port = 0;
        content = default;
        if (!IsForward(units) || units.Length < Dadt.Bytes + AnswerHeadBytes) return false;
        var data = units[Dadt.Bytes..];
        port = data[0];
        return TryContent(data, 1, AnswerHeadBytes, out content);
    }

    /// <summary>Master to terminal: <c>port | control | frame timeout | byte timeout | k 2 | content k</c>.</summary>
    public static bool TryReadRequest(ReadOnlySpan<byte> units, out byte port, out ReadOnlySpan<byte> content)
    {
        port = 0;
        content = default;
        if (!IsForward(units) || units.Length < Dadt.Bytes + RequestHeadBytes) return false;
        var data = units[Dadt.Bytes..];
        port = data[0];
        return TryContent(data, 4, RequestHeadBytes, out content);
    }

    /// <summary>The terminal's answer frame; returns its bytes.</summary>
    public static int WriteAnswer(Span<byte> to, TerminalAddress address, byte a3, int pseq, byte port,
        ReadOnlySpan<byte> content)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(0x88, address, a3, Afn.Forward, (byte)(LinkFrames.OneFrame | (pseq & 15)));
        frame.Unit(0, RequestFrames.ForwardFn);
        frame.Byte(port);
        frame.Word(content.Length);
        frame.Bytes(content);
        return frame.End();
    }

    private static bool IsForward(ReadOnlySpan<byte> units) =>
        Dadt.TryRead(units, out var dadt) && dadt.Selects(RequestFrames.ForwardFn);

    private static bool TryContent(ReadOnlySpan<byte> data, int lengthAt, int contentAt, out ReadOnlySpan<byte> content)
    {
        var bytes = BinaryPrimitives.ReadUInt16LittleEndian(data[lengthAt..]);
        var fits = bytes <= data.Length - contentAt;
        content = fits ? data.Slice(contentAt, bytes) : default;
        return fits;
    }
}

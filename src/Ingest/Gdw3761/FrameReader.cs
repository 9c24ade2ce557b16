using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Finds one frame at the start of the input and verifies it. Pure: input moves only on success.
/// <code>68 | L L | L L | 68 | user data | CS | 16      (protocols.md 1.1)</code>
/// L is 16 bits little-endian, sent twice: bits 0-1 protocol id, bits 2-15 bytes of user data. CS is the low byte of
/// the sum of the user data.
/// </summary>
public static class FrameReader
{
    public const byte Start = 0x68;

    public const byte End = 0x16;

    /// <summary>Bytes before the user data.</summary>
    public const int HeadBytes = 6;

    /// <summary>Bytes around the user data: head, checksum and end.</summary>
    public const int OverheadBytes = 8;

    /// <summary>C, A1, A2, A3, AFN, SEQ and one data unit identifier.</summary>
    public const int UserDataBytesMin = 12;

    /// <summary>The length has 14 bits.</summary>
    public const int UserDataBytesMax = 16_383;

    /// <summary>The largest frame that the length can state, in bytes.</summary>
    public const int FrameBytesMax = UserDataBytesMax + OverheadBytes;

    /// <param name="input">Moved behind the frame on <see cref="FrameStatus.Complete"/>, otherwise untouched.</param>
    /// <param name="frameBytesMax">Largest whole frame accepted, in bytes.</param>
    /// <param name="userData">From C to the last AUX byte; meaningless on anything but Complete.</param>
    public static FrameStatus TryRead(
        ref ReadOnlySequence<byte> input, int frameBytesMax, out ReadOnlySequence<byte> userData)
    {
        userData = default;
        var status = Check(input, frameBytesMax, out var frameBytes);
        if (status != FrameStatus.Complete) return status;
        userData = input.Slice(HeadBytes, frameBytes - OverheadBytes);
        input = input.Slice(frameBytes);
        return FrameStatus.Complete;
    }

    /// <summary>As <see cref="Check(ReadOnlySpan{byte}, int, out int)"/>, over segments.</summary>
    public static FrameStatus Check(in ReadOnlySequence<byte> input, int frameBytesMax, out int frameBytes)
    {
        var first = input.FirstSpan;
        var status = Check(first, frameBytesMax, out frameBytes);
        if (status != FrameStatus.NeedMore || input.IsSingleSegment) return status;

        Span<byte> head = stackalloc byte[HeadBytes];
        var available = input.Length;
        head = head[..(int)Math.Min(HeadBytes, available)];
        input.Slice(0, head.Length).CopyTo(head);
        status = CheckHead(head, frameBytesMax, out frameBytes);
        if (status != FrameStatus.Complete) return status;
        if (available < frameBytes) return FrameStatus.NeedMore;

        Span<byte> tail = stackalloc byte[2];
        input.Slice(frameBytes - 2, 2).CopyTo(tail);
        var sum = 0;
        foreach (var piece in input.Slice(HeadBytes, frameBytes - OverheadBytes)) sum += Checksum(piece.Span);
        if ((byte)(sum & 0xFF) != tail[0]) return FrameStatus.BadChecksum;
        return tail[1] == End ? FrameStatus.Complete : FrameStatus.BadEnd;
    }

    /// <summary>Verifies the frame at the start of one piece of memory.</summary>
    /// <param name="input">Starts at the frame; may hold more behind it.</param>
    /// <param name="frameBytesMax">Largest whole frame accepted, in bytes.</param>
    /// <param name="frameBytes">Bytes of the whole frame; its user data are <c>[6..^2]</c> of it.</param>
    public static FrameStatus Check(ReadOnlySpan<byte> input, int frameBytesMax, out int frameBytes)
    {
        var status = CheckHead(input, frameBytesMax, out frameBytes);
        if (status != FrameStatus.Complete) return status;
        if (input.Length < frameBytes) return FrameStatus.NeedMore;
        if (Checksum(input[HeadBytes..(frameBytes - 2)]) != input[frameBytes - 2]) return FrameStatus.BadChecksum;
        return input[frameBytes - 1] == End ? FrameStatus.Complete : FrameStatus.BadEnd;
    }

    /// <summary>Low byte of the sum.</summary>
    public static byte Checksum(ReadOnlySpan<byte> bytes)
    {
        var lanes = Vector<byte>.Zero; // Each lane wraps at 256, which is what a sum modulo 256 wants.
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(bytes);
        foreach (var vector in vectors) lanes += vector;
        var sum = (int)Vector.Sum(lanes);
        foreach (var b in bytes[(vectors.Length * Vector<byte>.Count)..]) sum += b;
        return (byte)(sum & 0xFF);
    }

    /// <summary>
    /// Judges every byte of the head that is there, so that noise is passed over as early as possible.
    /// </summary>
    private static FrameStatus CheckHead(ReadOnlySpan<byte> input, int frameBytesMax, out int frameBytes)
    {
        frameBytes = 0;
        if (input.IsEmpty) return FrameStatus.NeedMore;
        if (input[0] != Start) return FrameStatus.BadStart;
        if (input.Length < HeadBytes) return CheckPartialHead(input);
        if (input[5] != Start) return FrameStatus.BadStart;
        if (input[1] != input[3] || input[2] != input[4]) return FrameStatus.LengthMismatch;
        if ((input[1] & 3) is 0 or 3) return FrameStatus.BadProtocolId;
        var userDataBytes = (input[1] | (input[2] << 8)) >> 2;
        if (userDataBytes < UserDataBytesMin) return FrameStatus.TooShort;
        frameBytes = userDataBytes + OverheadBytes;

        // Only a whole, coherent head is called too long: the same two bytes in noise are just noise.
        return frameBytes > frameBytesMax ? FrameStatus.TooLong : FrameStatus.Complete;
    }

    private static FrameStatus CheckPartialHead(ReadOnlySpan<byte> input)
    {
        if (input.Length > 3 && input[1] != input[3]) return FrameStatus.LengthMismatch;
        if (input.Length > 4 && input[2] != input[4]) return FrameStatus.LengthMismatch;
        if (input.Length > 1 && (input[1] & 3) is 0 or 3) return FrameStatus.BadProtocolId;
        return FrameStatus.NeedMore;
    }
}

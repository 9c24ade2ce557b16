using System.Buffers;

namespace Meters.Tests;

/// <summary>The same bytes in every physical shape that a socket may deliver them in.</summary>
public static class Cuts
{
    /// <summary>Whole; cut in two at every place; one byte a segment.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> Of(byte[] bytes)
    {
        yield return new(bytes);
        for (var at = 1; at < bytes.Length; at++) yield return Join([bytes[..at], bytes[at..]]);
        yield return Join([.. bytes.Select(b => new[] { b })]);
    }

    public static ReadOnlySequence<byte> Join(IReadOnlyList<byte[]> pieces)
    {
        if (pieces.Count == 0) return ReadOnlySequence<byte>.Empty;
        var first = new Segment(pieces[0], null);
        var last = first;
        foreach (var piece in pieces.Skip(1)) last = new Segment(piece, last);
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is null) return;
            previous.Next = this;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
        }
    }
}

using System.Buffers;

namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Finds frames in a stream that also holds FE preambles, modem banners and damaged frames. After a false start it goes
/// on ONE byte behind it, never behind the length that the damaged frame claimed: a good frame may begin there.
/// </summary>
public struct FrameScanner
{
    /// <summary>Bytes that belonged to no frame, since the start.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>68H bytes that did not begin a frame, since the start.</summary>
    public long FalseStarts { get; private set; }

    /// <summary>
    /// Why the newest false start was none; <see cref="FrameStatus.Complete"/> when there was none yet. A stray 68H
    /// does not hide a better reason: the second 68H of every damaged frame is one.
    /// </summary>
    public FrameStatus LastRejection { get; private set; }

    /// <summary>
    /// Complete, with the frame taken off the input; NeedMore, with all noise taken off; or TooLong, with the input at
    /// the frame that is too long, for the caller to end the session.
    /// </summary>
    public FrameStatus Next(
        ref ReadOnlySequence<byte> input, int frameBytesMax, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        while (!input.IsEmpty)
        {
            var status = FrameReader.Check(input, frameBytesMax, out var frameBytes);
            switch (status)
            {
                case FrameStatus.Complete:
                    frame = input.Slice(0, frameBytes);
                    input = input.Slice(frameBytes);
                    return FrameStatus.Complete;
                case FrameStatus.NeedMore or FrameStatus.TooLong:
                    return status;
            }

            if (input.FirstSpan[0] == FrameReader.Start)
            {
                FalseStarts++;
                if (status != FrameStatus.BadStart || LastRejection == FrameStatus.Complete) LastRejection = status;
            }

            Skip(ref input);
        }

        return FrameStatus.NeedMore;
    }

    private void Skip(ref ReadOnlySequence<byte> input)
    {
        var rest = input.Slice(1);
        var next = rest.PositionOf(FrameReader.Start);
        rest = next is { } at ? rest.Slice(at) : rest.Slice(rest.End);
        SkippedBytes += input.Length - rest.Length;
        input = rest;
    }
}

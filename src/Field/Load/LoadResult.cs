namespace Meters.Field.Load;

/// <summary>What a push achieved; everything in it was confirmed.</summary>
/// <param name="Frames">Frames sent and confirmed.</param>
/// <param name="Readings">Readings in them.</param>
/// <param name="Bytes">Bytes of those frames.</param>
/// <param name="Elapsed">From the first byte to the last confirm.</param>
/// <param name="ConfirmMedian">From the sending of a frame to its confirm; within 13 %, the width of a bucket.</param>
/// <param name="ConfirmP99">As above.</param>
/// <param name="ConfirmMax">As above.</param>
public sealed record LoadResult(
    long Frames, long Readings, long Bytes, TimeSpan Elapsed, TimeSpan ConfirmMedian, TimeSpan ConfirmP99,
    TimeSpan ConfirmMax)
{
    public long ReadingsPerSecond => PerSecond(Readings);

    public long FramesPerSecond => PerSecond(Frames);

    private long PerSecond(long count) =>
        Elapsed.Ticks == 0 ? 0 : (long)((Int128)count * TimeSpan.TicksPerSecond / Elapsed.Ticks);
}

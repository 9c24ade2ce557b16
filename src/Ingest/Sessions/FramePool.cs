using System.Collections.Concurrent;

namespace Meters.Ingest.Sessions;

/// <summary>Frame objects for reuse, so that the way in allocates nothing in a steady state. Bounded.</summary>
internal sealed class FramePool(int framesMax)
{
    private readonly ConcurrentQueue<ReceivedFrame> _idle = new();
    private int _count;

    public ReceivedFrame Rent()
    {
        if (!_idle.TryDequeue(out var frame)) return new();
        Interlocked.Decrement(ref _count);
        return frame;
    }

    public void Return(ReceivedFrame frame)
    {
        if (!frame.Reset()) return;
        if (Interlocked.Increment(ref _count) > framesMax)
        {
            Interlocked.Decrement(ref _count);
            return;
        }

        _idle.Enqueue(frame);
    }
}

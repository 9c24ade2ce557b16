namespace Meters.Ingest.Sessions;

/// <summary>
/// Frames that wait to be sent, one behind the other in one buffer, so that one flush takes all that has piled up.
/// Filled from any thread, emptied by the session's writer.
/// </summary>
internal sealed class OutgoingQueue(int framesMax)
{
    private readonly Lock _gate = new();
    private byte[] _filling = new byte[256];
    private byte[] _draining = new byte[256];
    private int _bytes;
    private int _frames;
    private bool _closed;

    public AsyncSignal Ready { get; } = new();

    public int Frames => Volatile.Read(ref _frames);

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>False when full or closed.</summary>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (_closed || _frames >= framesMax) return false;
            var needed = _bytes + frame.Length;
            if (needed > _filling.Length) Array.Resize(ref _filling, Math.Max(needed, _filling.Length * 2));
            frame.CopyTo(_filling.AsSpan(_bytes));
            _bytes = needed;
            _frames++;
        }

        Ready.Set();
        return true;
    }

    /// <summary>Everything that waits; valid until the next call. Empty where nothing does.</summary>
    public ReadOnlyMemory<byte> TakeAll()
    {
        lock (_gate)
        {
            (_filling, _draining) = (_draining, _filling);
            var taken = _draining.AsMemory(0, _bytes);
            _bytes = 0;
            _frames = 0;
            return taken;
        }
    }

    /// <summary>Nothing more is taken in; what waits is still sent.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
        Ready.Set();
    }
}

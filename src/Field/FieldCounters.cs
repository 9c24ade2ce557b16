namespace Meters.Field;

/// <summary>What went over the wire so far, for progress; the truth is in <see cref="Truth"/>. Thread-safe.</summary>
public sealed class FieldCounters
{
    private long _connects;
    private long _online;
    private long _framesSent;
    private long _framesConfirmed;
    private long _framesRepeated;
    private long _framesDenied;
    private long _bytesSent;
    private long _requestsAnswered;
    private long _lateRefused;

    /// <summary>Connections opened since the start.</summary>
    public long Connects => Interlocked.Read(ref _connects);

    /// <summary>Concentrators whose login is answered now.</summary>
    public long Online => Interlocked.Read(ref _online);

    /// <summary>Data frames, without repeats.</summary>
    public long FramesSent => Interlocked.Read(ref _framesSent);

    public long FramesConfirmed => Interlocked.Read(ref _framesConfirmed);

    public long FramesRepeated => Interlocked.Read(ref _framesRepeated);

    /// <summary>AFN 00 F2: the frame stays unconfirmed.</summary>
    public long FramesDenied => Interlocked.Read(ref _framesDenied);

    /// <summary>Bytes of data frames, repeats included.</summary>
    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>Requests and commands of the service that got an answer, refusals included.</summary>
    public long RequestsAnswered => Interlocked.Read(ref _requestsAnswered);

    /// <summary>Commands refused by a terminal because their time tag was too old.</summary>
    public long LateRefused => Interlocked.Read(ref _lateRefused);

    internal void Connected() => Interlocked.Increment(ref _connects);

    internal void CameOnline() => Interlocked.Increment(ref _online);

    internal void WentOffline() => Interlocked.Decrement(ref _online);

    internal void Sent(int bytes)
    {
        Interlocked.Increment(ref _framesSent);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    internal void Confirmed() => Interlocked.Increment(ref _framesConfirmed);

    internal void Repeated(int bytes)
    {
        Interlocked.Increment(ref _framesRepeated);
        Interlocked.Add(ref _bytesSent, bytes);
    }

    internal void Denied() => Interlocked.Increment(ref _framesDenied);

    internal void Answered() => Interlocked.Increment(ref _requestsAnswered);

    internal void RefusedLate() => Interlocked.Increment(ref _lateRefused);
}

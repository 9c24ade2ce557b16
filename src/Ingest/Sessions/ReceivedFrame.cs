using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>What became of a frame at the sink.</summary>
public enum FrameOutcome : byte
{
    /// <summary>Durable, in the store or in quarantine: the terminal may forget it.</summary>
    Stored,

    /// <summary>Not durable: not confirmed, so the terminal sends it again.</summary>
    NotStored,
}

/// <summary>Why a frame, or a part of it, gave no reading.</summary>
public enum FrameFaultKind : byte
{
    UnknownFn,
    UnsupportedPoints,
    TruncatedUnit,
    BadBcd,
    BadTime,
    BadDensity,
    BadTariffCount,

    /// <summary>The terminal has no such point in the registry.</summary>
    UnknownPoint,

    /// <summary>The terminal has no meter of that address in the registry; the detail is the address.</summary>
    UnknownMeter,

    /// <summary>Nobody has registered the terminal: nothing is decoded.</summary>
    UnregisteredTerminal,

    /// <summary>The frame carries another address than its session.</summary>
    AddressMismatch,

    /// <summary>The checksum is right and the flags promise more than there is.</summary>
    BadHeader,

    /// <summary>A function that is not understood here (events, files): kept raw.</summary>
    UnknownAfn,

    /// <summary>A meter's answer inside a forward that is damaged or has a register of wrong length.</summary>
    BadMeterFrame,
}

/// <param name="At">The point's instant where it is known.</param>
/// <param name="Detail">What the kind says; else 0.</param>
public readonly record struct FrameFault(FrameFaultKind Kind, int Pn, int Fn, Instant? At, long Detail = 0);

/// <summary>The energy of one interval, from F97 to F100.</summary>
public readonly record struct IntervalEnergy(ChannelId Channel, Instant End, TimeSpan Duration, Energy Energy,
    FrameId Frame);

/// <summary>
/// A verified frame with what it holds, handed to the sink. It is reused: after <see cref="Complete"/> nothing of it
/// may be touched any more.
/// </summary>
public sealed class ReceivedFrame
{
    /// <summary>Larger buffers are not kept for reuse.</summary>
    private const int KeptBytesMax = 4_096;

    private readonly List<FrameFault> _faults = [];
    private byte[] _raw = new byte[512];
    private Reading[] _readings = new Reading[32];
    private IntervalEnergy[] _intervals = [];
    private int _rawBytes;
    private int _readingCount;
    private int _intervalCount;
    private int _completed;

    internal ReceivedFrame()
    {
    }

    public FrameId Id { get; private set; }

    public TerminalAddress Terminal { get; private set; }

    /// <summary>On the program's clock.</summary>
    public Instant ReceivedAt { get; private set; }

    /// <summary>False: kept bounded, never confirmed.</summary>
    public bool Registered { get; internal set; }

    /// <summary>The session that it came on.</summary>
    public long SessionId { get; private set; }

    /// <summary>From the first 68H to the last 16H.</summary>
    public ReadOnlyMemory<byte> Raw => _raw.AsMemory(0, _rawBytes);

    public ReadOnlySpan<Reading> Readings => _readings.AsSpan(0, _readingCount);

    public ReadOnlySpan<IntervalEnergy> Intervals => _intervals.AsSpan(0, _intervalCount);

    public IReadOnlyList<FrameFault> Faults => _faults;

    /// <summary>Items that held a filler.</summary>
    public int Missing { get; internal set; }

    internal DecodedPoints Points { get; } = new();

    internal TerminalSession? Session { get; private set; }

    internal byte A3 { get; private set; }

    internal int Sequence { get; private set; }

    internal bool ConfirmWanted { get; private set; }

    /// <summary>
    /// Called exactly once, from any thread, when the outcome is durable. Stored lets the session confirm it if the
    /// terminal asked for that. Does not block.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called twice.</exception>
    public void Complete(FrameOutcome outcome)
    {
        if (Interlocked.Exchange(ref _completed, 1) != 0)
        {
            throw new InvalidOperationException("The frame is complete already.");
        }

        var session = Session ?? throw new InvalidOperationException("The frame is not in use.");
        session.OnCompleted(this, outcome);
    }

    internal void Begin(TerminalSession session, FrameId id, Instant receivedAt, TerminalAddress terminal)
    {
        (Session, Id, ReceivedAt, Terminal) = (session, id, receivedAt, terminal);
        SessionId = session.Id;
        (Registered, ConfirmWanted, Missing) = (false, false, 0);
        (_readingCount, _intervalCount, _completed) = (0, 0, 0);
        _faults.Clear();
    }

    internal void SetRaw(ReadOnlySpan<byte> frame)
    {
        if (_raw.Length < frame.Length) _raw = new byte[frame.Length];
        frame.CopyTo(_raw);
        _rawBytes = frame.Length;
    }

    internal void SetConfirm(in FrameHeader header) =>
        (A3, Sequence, ConfirmWanted) = (header.A3, header.Sequence, header.ConfirmWanted);

    internal void Add(FrameFault fault) => _faults.Add(fault);

    internal void Add(in Reading reading)
    {
        if (_readingCount == _readings.Length) Array.Resize(ref _readings, _readings.Length * 2);
        _readings[_readingCount++] = reading;
    }

    internal void Add(in IntervalEnergy interval)
    {
        if (_intervalCount == _intervals.Length) Array.Resize(ref _intervals, Math.Max(32, _intervals.Length * 2));
        _intervals[_intervalCount++] = interval;
    }

    /// <summary>Lets go of what it belonged to; false where it has grown too large to keep.</summary>
    internal bool Reset()
    {
        Session = null;
        _readingCount = _intervalCount = _rawBytes = 0;
        _faults.Clear();
        return _raw.Length <= KeptBytesMax && _readings.Length <= KeptBytesMax && _intervals.Length <= KeptBytesMax;
    }
}

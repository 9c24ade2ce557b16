using System.Diagnostics.Metrics;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;

namespace Meters.Ingest;

/// <summary>
/// Everything that ingest counts. Tags are closed sets of interned strings; no terminal or meter is ever a tag.
/// </summary>
public sealed class IngestMetrics : IDisposable
{
    public const string MeterName = "Meters.Ingest";

    private readonly Meter _meter;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _readings;
    private readonly Counter<long> _missing;
    private readonly Counter<long> _faults;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _skippedBytes;
    private readonly Counter<long> _confirms;
    private readonly Counter<long> _sessionsEnded;
    private readonly Counter<long> _requests;
    private readonly UpDownCounter<long> _sessions;

    public IngestMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _frames = _meter.CreateCounter<long>("meters.ingest.frames", "{frame}");
        _readings = _meter.CreateCounter<long>("meters.ingest.readings", "{reading}");
        _missing = _meter.CreateCounter<long>("meters.ingest.items_missing", "{item}");
        _faults = _meter.CreateCounter<long>("meters.ingest.faults", "{fault}");
        _rejections = _meter.CreateCounter<long>("meters.ingest.frames_rejected", "{frame}");
        _skippedBytes = _meter.CreateCounter<long>("meters.ingest.bytes_skipped", "By");
        _confirms = _meter.CreateCounter<long>("meters.ingest.confirms", "{frame}");
        _sessionsEnded = _meter.CreateCounter<long>("meters.ingest.sessions_ended", "{session}");
        _requests = _meter.CreateCounter<long>("meters.ingest.requests", "{request}");
        _sessions = _meter.CreateUpDownCounter<long>("meters.ingest.sessions", "{session}");
    }

    public void Dispose() => _meter.Dispose();

    internal void FrameReceived() => _frames.Add(1);

    internal void Decoded(int readings, int missing)
    {
        if (readings > 0) _readings.Add(readings);
        if (missing > 0) _missing.Add(missing);
    }

    internal void Fault(FrameFaultKind kind) => _faults.Add(1, new KeyValuePair<string, object?>("kind", Tag(kind)));

    /// <param name="falseStarts">68H bytes that began no frame; a damaged frame usually has two.</param>
    internal void Rejected(FrameStatus status, long falseStarts = 1) =>
        _rejections.Add(falseStarts, new KeyValuePair<string, object?>("status", Tag(status)));

    internal void Skipped(long bytes) => _skippedBytes.Add(bytes);

    internal void Confirmed() => _confirms.Add(1);

    internal void SessionBegan() => _sessions.Add(1);

    internal void SessionEnded(SessionEnd end, bool began = true)
    {
        if (began) _sessions.Add(-1);
        _sessionsEnded.Add(1, new KeyValuePair<string, object?>("end", Tag(end)));
    }

    internal void RequestEnded(RequestStatus status) =>
        _requests.Add(1, new KeyValuePair<string, object?>("status", Tag(status)));

    public static string Tag(FrameFaultKind kind) => kind switch
    {
        FrameFaultKind.UnknownFn => "unknown_fn",
        FrameFaultKind.UnsupportedPoints => "unsupported_points",
        FrameFaultKind.TruncatedUnit => "truncated_unit",
        FrameFaultKind.BadBcd => "bad_bcd",
        FrameFaultKind.BadTime => "bad_time",
        FrameFaultKind.BadDensity => "bad_density",
        FrameFaultKind.BadTariffCount => "bad_tariff_count",
        FrameFaultKind.UnknownPoint => "unknown_point",
        FrameFaultKind.UnknownMeter => "unknown_meter",
        FrameFaultKind.UnregisteredTerminal => "unregistered_terminal",
        FrameFaultKind.AddressMismatch => "address_mismatch",
        FrameFaultKind.BadHeader => "bad_header",
        FrameFaultKind.UnknownAfn => "unknown_afn",
        FrameFaultKind.BadMeterFrame => "bad_meter_frame",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a fault."),
    };

    /// <exception cref="ArgumentOutOfRangeException">Complete and NeedMore are no rejections.</exception>
    public static string Tag(FrameStatus status) => status switch
    {
        FrameStatus.BadStart => "bad_start",
        FrameStatus.LengthMismatch => "length_mismatch",
        FrameStatus.BadProtocolId => "bad_protocol_id",
        FrameStatus.TooShort => "too_short",
        FrameStatus.TooLong => "too_long",
        FrameStatus.BadChecksum => "bad_checksum",
        FrameStatus.BadEnd => "bad_end",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a rejection."),
    };

    public static string Tag(SessionEnd end) => end switch
    {
        SessionEnd.PeerClosed => "peer_closed",
        SessionEnd.TruncatedFrame => "truncated_frame",
        SessionEnd.Idle => "idle",
        SessionEnd.Trickling => "trickling",
        SessionEnd.Noise => "noise",
        SessionEnd.FrameTooLong => "frame_too_long",
        SessionEnd.NoLogin => "no_login",
        SessionEnd.SlowReader => "slow_reader",
        SessionEnd.Replaced => "replaced",
        SessionEnd.DuplicateAddress => "duplicate_address",
        SessionEnd.TooManySessions => "too_many_sessions",
        SessionEnd.TooManySessionsOfRemote => "too_many_sessions_of_remote",
        SessionEnd.ServerStopping => "server_stopping",
        SessionEnd.Reset => "reset",
        _ => throw new ArgumentOutOfRangeException(nameof(end), end, "Not an end."),
    };

    public static string Tag(RequestStatus status) => status switch
    {
        RequestStatus.Accepted => "accepted",
        RequestStatus.Data => "data",
        RequestStatus.Refused => "refused",
        RequestStatus.Denied => "denied",
        RequestStatus.MeterSilent => "meter_silent",
        RequestStatus.NoAnswer => "no_answer",
        RequestStatus.SessionLost => "session_lost",
        RequestStatus.Busy => "busy",
        RequestStatus.Expired => "expired",
        RequestStatus.NotRegistered => "not_registered",
        RequestStatus.SealRefused => "seal_refused",
        RequestStatus.NoControlIn1997 => "no_control_in_1997",
        RequestStatus.BadAnswer => "bad_answer",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };
}

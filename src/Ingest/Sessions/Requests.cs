using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>What became of a request.</summary>
public enum RequestStatus : byte
{
    /// <summary>9C of the meter or AFN 00 F1 of the terminal: accepted, which is not done.</summary>
    Accepted,

    /// <summary>The data came; readings among them went to the sink.</summary>
    Data,

    /// <summary>The meter refused (DC, D1); the error byte says why.</summary>
    Refused,

    /// <summary>The terminal refused (AFN 00 F2, or F3 with an error).</summary>
    Denied,

    /// <summary>The terminal answered that the meter did not (k = 0).</summary>
    MeterSilent,

    /// <summary>The terminal did not answer in time; whether it acted is unknown.</summary>
    NoAnswer,

    /// <summary>The session ended first. <see cref="RequestResult.Sent"/> says whether the bytes had left.</summary>
    SessionLost,

    /// <summary>Too many requests wait, or this one waited too long. Nothing was sent.</summary>
    Busy,

    /// <summary>Its deadline passed while it waited. Nothing was sent.</summary>
    Expired,

    /// <summary>The terminal is not registered, so its zone is unknown. Nothing was sent.</summary>
    NotRegistered,

    /// <summary>The security module refused. Nothing was sent.</summary>
    SealRefused,

    /// <summary>The meter speaks 645-1997, which has no control. Nothing was sent.</summary>
    NoControlIn1997,

    /// <summary>The answer is the request's by its numbers and cannot be read.</summary>
    BadAnswer,
}

/// <param name="SessionId">The session that carried it: a read-back counts only on the same one.</param>
/// <param name="Sent">The bytes were handed to the connection.</param>
/// <param name="Error">Of <see cref="RequestStatus.Refused"/>.</param>
/// <param name="Data">Plain data of a meter's read answer behind its identifier; else empty.</param>
public readonly record struct RequestResult(
    RequestStatus Status, long SessionId, bool Sent, ErrorFlags Error, ReadOnlyMemory<byte> Data);

/// <param name="Relay">Meaningless unless the status is Data.</param>
public readonly record struct RelayResult(RequestStatus Status, long SessionId, RelayState Relay);

/// <param name="Drift">
/// By how much the terminal's clock is ahead of the program's, at least: an answer that may be from any moment between
/// asking and receiving is given the benefit of it. Meaningless unless the status is Data.
/// </param>
public readonly record struct ClockResult(RequestStatus Status, long SessionId, TimeSpan Drift);

/// <param name="Entries">What was read, also when a later page failed.</param>
/// <param name="BadRecords">Records whose address was no number.</param>
public sealed record MeterTableResult(
    RequestStatus Status, long SessionId, IReadOnlyList<MeterTableEntry> Entries, int BadRecords);

/// <summary>A request on its way: what to send, and how to know its answer.</summary>
internal sealed class PendingRequest(Afn afn, TimeSpan timeout)
{
    private readonly TaskCompletionSource<RequestResult> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Afn Afn { get; } = afn;

    public TimeSpan Timeout { get; } = timeout;

    public byte[] Frame { get; set; } = [];

    /// <summary>PSEQ.</summary>
    public int Sequence { get; set; }

    /// <summary>Not sent behind this, on the program's clock.</summary>
    public Instant NotAfter { get; set; } = Instant.Never;

    /// <summary>The end of waiting (for its turn, then for the answer), as a wire timestamp.</summary>
    public long Until { get; set; }

    public bool Sent { get; set; }

    /// <summary>When it left, on the program's clock.</summary>
    public Instant SentAt { get; set; }

    /// <summary>Can wait: whatever is not in the background goes first.</summary>
    public bool InBackground { get; init; }

    /// <summary>Asks for the terminal's clock (AFN 0C F2).</summary>
    public bool ReadsClock { get; init; }

    /// <summary>Data came in an answer whose last frame has not come yet.</summary>
    public bool HasData { get; set; }

    /// <summary>Of a forward: whose answer it must be, and to what.</summary>
    public MeterAddress? Meter { get; set; }

    public byte MeterFunction { get; set; }

    public uint? Identifier { get; set; }

    /// <summary>Of a meter table request.</summary>
    public List<MeterTableEntry>? Table { get; set; }

    public int BadRecords { get; set; }

    /// <summary>Cancelling stops the wait, not what was sent.</summary>
    public Task<RequestResult> WaitAsync(CancellationToken cancellation) => _result.WaitAsync(cancellation);

    public void Complete(RequestStatus status, long session, ErrorFlags error = ErrorFlags.None, byte[]? data = null) =>
        _result.TrySetResult(new(status, session, Sent, error, data));
}

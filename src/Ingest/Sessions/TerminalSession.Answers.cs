using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>
/// The queue of requests: one is on the wire, the others wait. An answer belongs to it when AFN and sequence number
/// agree and, for a meter, address, function and identifier too: a late answer to an earlier request must never be
/// taken for it.
/// </summary>
public sealed partial class TerminalSession
{
    /// <summary>MSA 1: we are a master, and a terminal echoes who asked.</summary>
    private const byte MasterA3 = 0x02;

    private const int ErrorEntryBytes = 5;

    private readonly Lock _requestGate = new();
    private readonly Queue<PendingRequest> _waiting = new();
    private readonly Queue<PendingRequest> _background = new();
    private PendingRequest? _current;
    private int _counter;

    /// <summary>A request is on the wire or waits. May be old when it is read.</summary>
    public bool HasRequests
    {
        get
        {
            lock (_requestGate) return _current is not null || _waiting.Count + _background.Count > 0;
        }
    }

    private byte NextCounter() => (byte)(Interlocked.Increment(ref _counter) & 0xFF);

    private void Enqueue(PendingRequest request)
    {
        lock (_requestGate)
        {
            if (IsEnded)
            {
                request.Complete(RequestStatus.SessionLost, Id);
            }
            else if (QueueOf(request) is var queue && queue.Count >= _options.RequestsQueuedMax)
            {
                request.Complete(RequestStatus.Busy, Id);
            }
            else
            {
                request.Until = Deadline(request.Timeout);
                queue.Enqueue(request);
                StartNext();
            }
        }
    }

    private Queue<PendingRequest> QueueOf(PendingRequest request) => request.InBackground ? _background : _waiting;

    /// <summary>Under the lock.</summary>
    private void StartNext()
    {
        while (_current is null && (_waiting.TryDequeue(out var next) || _background.TryDequeue(out next)))
        {
            if (_services.Clock.GetUtcNow() > next.NotAfter.ToDateTimeOffset())
            {
                next.Complete(RequestStatus.Expired, Id);
            }
            else if (!_outgoing.TryAdd(next.Frame))
            {
                next.Complete(RequestStatus.Busy, Id);
            }
            else
            {
                next.Sent = true;
                next.SentAt = _services.Clock.Now();
                next.Until = Deadline(next.Timeout);
                _current = next;
            }
        }
    }

    private void Finish(PendingRequest request, RequestStatus status, ErrorFlags error = ErrorFlags.None,
        byte[]? data = null)
    {
        lock (_requestGate)
        {
            if (_current != request) return;
            _current = null;
            request.Complete(status, Id, error, data);
            StartNext();
        }
    }

    private void TickRequests()
    {
        var now = _wire.GetTimestamp();
        lock (_requestGate)
        {
            if (_current is { } current && now >= current.Until)
            {
                _current = null;
                current.Complete(RequestStatus.NoAnswer, Id);
            }

            GiveUp(_waiting, now);
            GiveUp(_background, now);
            StartNext();
        }
    }

    /// <summary>
    /// All wait for the same turn: the oldest is not always the first to give up, so go round once.
    /// </summary>
    private void GiveUp(Queue<PendingRequest> queue, long now)
    {
        for (var left = queue.Count; left > 0; left--)
        {
            var request = queue.Dequeue();
            if (now >= request.Until) request.Complete(RequestStatus.Busy, Id);
            else queue.Enqueue(request);
        }
    }

    private void FailRequests()
    {
        lock (_requestGate)
        {
            _current?.Complete(RequestStatus.SessionLost, Id);
            _current = null;
            while (_waiting.TryDequeue(out var request) || _background.TryDequeue(out request))
            {
                request.Complete(RequestStatus.SessionLost, Id);
            }
        }
    }

    private PendingRequest? Match(in FrameHeader header)
    {
        lock (_requestGate)
        {
            if (_current is not { } current || current.Sequence != header.Sequence) return null;
            return header.Afn == Afn.Confirm || header.Afn == current.Afn ? current : null;
        }
    }

    private void OnConfirm(in FrameHeader header, ReadOnlySpan<byte> userData)
    {
        if (Match(header) is not { } request || !Dadt.TryRead(header.Units(userData), out var dadt)) return;
        var data = header.Units(userData)[Dadt.Bytes..];
        var accepted = dadt.Selects(LinkFrames.AllAcceptedFn)
            || (dadt.Selects(LinkFrames.PerUnitFn) && !HasError(data)); // Some answer F3 without a list (A05).
        if (!accepted) Finish(request, RequestStatus.Denied);

        // Where data are asked for, "accepted" only announces them.
        else if (request.Afn == Afn.Control) Finish(request, RequestStatus.Accepted);
    }

    /// <summary>F3: AFN 1, then n x (identifier 4, ERR 1); ERR 0 is good.</summary>
    private static bool HasError(ReadOnlySpan<byte> data)
    {
        for (var at = 1 + Dadt.Bytes; at < data.Length; at += ErrorEntryBytes)
        {
            if (data[at] != 0) return true;
        }

        return false;
    }

    private void OnDataAnswer(in FrameHeader header, ReadOnlySpan<byte> units, bool hasData)
    {
        if (Match(header) is not { } request) return;
        request.HasData |= hasData;
        if (request.ReadsClock)
        {
            var isClock = Dadt.TryRead(units, out var dadt) && dadt.IsSingle(out var pn, out var fn)
                && (pn, fn) == (0, RequestFrames.TerminalClockFn) && units.Length >= Dadt.Bytes + Formats.A1Bytes;
            Finish(request, isClock ? RequestStatus.Data : RequestStatus.BadAnswer,
                data: isClock ? units.Slice(Dadt.Bytes, Formats.A1Bytes).ToArray() : null);
        }
        else if (!header.Final)
        {
            lock (_requestGate) request.Sequence = (request.Sequence + 1) & 15; // More follows under the next number.
        }
        else
        {
            Finish(request, request.HasData ? RequestStatus.Data : RequestStatus.BadAnswer);
        }
    }

    private void OnMeterSilent(in FrameHeader header)
    {
        if (Match(header) is { } request) Finish(request, RequestStatus.MeterSilent);
    }

    private void OnBadForwardAnswer(in FrameHeader header)
    {
        if (Match(header) is { } request) Finish(request, RequestStatus.BadAnswer);
    }

    private void OnMeterAnswer(in FrameHeader header, in Frame frame)
    {
        if (Match(header) is not { } request) return;
        if (frame.IsWildcard || frame.Address != request.Meter || (frame.Control & 0x1F) != request.MeterFunction)
        {
            return;
        }

        var answer = Answer.Of(frame);
        switch (answer.Kind)
        {
            case AnswerKind.ControlAccepted:
                Finish(request, RequestStatus.Accepted);
                break;
            case AnswerKind.ControlRefused or AnswerKind.ReadRefused:
                Finish(request, RequestStatus.Refused, answer.Error);
                break;
            case AnswerKind.Data when request.Identifier is null || answer.Identifier == request.Identifier:
                var data = new byte[frame.DataBytes];
                frame.CopyData(data);
                Finish(request, RequestStatus.Data, data: data[4..]);
                break;
            case AnswerKind.Data1997:
                Finish(request, RequestStatus.Data);
                break;
        }
    }

    /// <summary>False where nobody asked for it.</summary>
    private bool OnMeterTable(in FrameHeader header, ReadOnlySpan<byte> userData)
    {
        if (Match(header) is not { Table: { } table } request) return false;
        var good = MeterTable.TryRead(header.Units(userData), table, out var badRecords);
        request.BadRecords = badRecords;
        Finish(request, good ? RequestStatus.Data : RequestStatus.BadAnswer);
        return true;
    }
}

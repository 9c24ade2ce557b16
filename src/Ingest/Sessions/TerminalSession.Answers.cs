using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;

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
    private PendingRequest? _current;
    private int _counter;

    private byte NextCounter() => (byte)(Interlocked.Increment(ref _counter) & 0xFF);

    private void Enqueue(PendingRequest request)
    {
        lock (_requestGate)
        {
            if (IsEnded)
            {
                request.Complete(RequestStatus.SessionLost, Id);
            }
            else if (_waiting.Count >= _options.RequestsQueuedMax)
            {
                request.Complete(RequestStatus.Busy, Id);
            }
            else
            {
                request.Until = Deadline(request.Timeout);
                _waiting.Enqueue(request);
                StartNext();
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void StartNext()
    {
        while (_current is null && _waiting.TryDequeue(out var next))
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

            // All wait for the same turn: the oldest is not always the first to give up, so go round once.
            for (var left = _waiting.Count; left > 0; left--)
            {
                var request = _waiting.Dequeue();
                if (now >= request.Until) request.Complete(RequestStatus.Busy, Id);
                else _waiting.Enqueue(request);
            }

            StartNext();
        }
    }

    private void FailRequests()
    {
        lock (_requestGate)
        {
            _current?.Complete(RequestStatus.SessionLost, Id);
            _current = null;
            while (_waiting.TryDequeue(out var request)) request.Complete(RequestStatus.SessionLost, Id);
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

    private void OnDataAnswer(in FrameHeader header, bool hasData)
    {
        if (Match(header) is { } request) Finish(request, hasData ? RequestStatus.Data : RequestStatus.BadAnswer);
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

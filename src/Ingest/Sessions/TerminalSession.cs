using System.Buffers;
using System.IO.Pipelines;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>
/// One connection of a terminal, from its first byte to its end. One reader and one writer run; requests and completed
/// frames come from any thread and only touch the outgoing queue and the request queue, each behind its own lock.
/// </summary>
public sealed partial class TerminalSession
{
    private const long NoTime = long.MinValue;
    private const int NotEnded = -1;

    /// <summary>How often deadlines are looked at: a timeout may be this much late.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SessionServices _services;
    private readonly IngestOptions _options;
    private readonly TimeProvider _wire;
    private readonly OutgoingQueue _outgoing;
    private readonly AsyncSignal _room = new();
    private FrameScanner _scanner;
    private byte[] _scratch = [];
    private PipeReader? _input;
    private PipeWriter? _output;
    private string _remote = "";
    private int _end = NotEnded;
    private int _outstanding;
    private long _frames;
    private long _noiseAtLastFrame;
    private long _falseStartsCounted;
    private long _skippedCounted;
    private long _partialFrames;

    // Wire timestamps, written by reader and writer, read by the timer.
    private long _waitingSince = NoTime;
    private long _partialSince = NoTime;
    private long _flushSince = NoTime;
    private long _beganAt;

    public TerminalSession(SessionServices services)
    {
        _services = services;
        _options = services.Options;
        _wire = services.Wire;
        _outgoing = new(_options.OutgoingFramesMax);
        Id = services.Table.NextId();
    }

    /// <summary>
    /// Unique in this process. Results carry it, so that a caller sees which connection an answer came on.
    /// </summary>
    public long Id { get; }

    /// <summary>The terminal, from its first valid frame on.</summary>
    public TerminalAddress? Address { get; private set; }

    public bool IsEnded => Volatile.Read(ref _end) != NotEnded;

    /// <summary>Valid frames so far.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>
    /// Runs until the connection ends. Whatever the peer does is an end with a name; an exception is a fault of ours.
    /// </summary>
    /// <param name="remote">
    /// Address of the peer without its port: the key of <see cref="IngestOptions.SessionsPerRemoteMax"/>.
    /// </param>
    /// <param name="stopping">
    /// The service stops. Not the closing of the connection: that would drop bytes we already hold.
    /// </param>
    public async Task<SessionEnd> RunAsync(IDuplexPipe transport, string remote, CancellationToken stopping)
    {
        (_remote, _input, _output) = (remote, transport.Input, transport.Output);
        if (_services.Table.TryEnter(remote, _options) is { } full) return await RefuseAsync(full);
        _services.Metrics.SessionBegan();
        _services.Logger.SessionBegan(Id, remote);
        Volatile.Write(ref _beganAt, _wire.GetTimestamp());
        var writing = WriteAsync(_output);
        try
        {
            await using var timer = _wire.CreateTimer(static s => ((TerminalSession)s!).OnTick(), this, Tick, Tick);
            await using var stop = stopping.Register(
                static s => ((TerminalSession)s!).End(SessionEnd.ServerStopping), this);
            await ReadToEndAsync(_input, stopping);
            Leave();
            _outgoing.Close();
            await writing; // The timer still watches: a peer that does not read cannot hold the writer.
        }
        finally
        {
            Leave();
            _outgoing.Close();
            _services.Table.Leave(remote);
            var end = (SessionEnd)Volatile.Read(ref _end);
            _services.Metrics.SessionEnded(end);
            _services.Logger.SessionEnded(
                Id, Address, remote, end, _frames, _scanner.SkippedBytes, _scanner.LastRejection);
        }

        await _input.CompleteAsync();
        await _output.CompleteAsync();
        return (SessionEnd)Volatile.Read(ref _end);
    }

    /// <summary>Ends the session; the first reason stands. From any thread.</summary>
    internal void End(SessionEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, NotEnded) != NotEnded) return;
        FailRequests();
        _linkTest?.TrySetResult(false);
        _input?.CancelPendingRead();
        if (end is SessionEnd.SlowReader or SessionEnd.Reset) _output?.CancelPendingFlush();
        _room.Set();
    }

    /// <summary>The sink is done with a frame. From any thread; does not block.</summary>
    internal void OnCompleted(ReceivedFrame frame, FrameOutcome outcome)
    {
        if (outcome == FrameOutcome.Stored && frame is { Registered: true, ConfirmWanted: true })
        {
            SendConfirm(frame.Terminal, frame.A3, frame.Sequence);
        }

        _services.Pool.Return(frame);
        Interlocked.Decrement(ref _outstanding);
        _room.Set();
    }

    private async Task<SessionEnd> RefuseAsync(SessionEnd full)
    {
        _services.Metrics.SessionEnded(full, began: false);
        _services.Logger.ConnectionRefused(_remote, full);
        Volatile.Write(ref _end, (int)full);
        await _input!.CompleteAsync();
        await _output!.CompleteAsync();
        return full;
    }

    private void Leave()
    {
        if (Address is { } address) _services.Table.Unbind(address, this);
        End(SessionEnd.Reset); // Stands only if an exception of ours brought us here.
    }

    private async Task ReadToEndAsync(PipeReader input, CancellationToken stopping)
    {
        try
        {
            while (!IsEnded)
            {
                Volatile.Write(ref _waitingSince, _wire.GetTimestamp());
                var result = await input.ReadAsync(CancellationToken.None); // Stopping cancels it through End.
                Volatile.Write(ref _waitingSince, NoTime);
                var rest = result.Buffer;
                var status = FrameStatus.NeedMore;
                while (!IsEnded)
                {
                    status = _scanner.Next(ref rest, _options.FrameBytesMax, out var frame);
                    if (status != FrameStatus.Complete) break;
                    await OnFrameAsync(frame, stopping);
                }

                CountNoise();
                var truncated = result.IsCompleted && !rest.IsEmpty; // Before AdvanceTo: after it the buffer is gone.
                NotePartial(!rest.IsEmpty);
                input.AdvanceTo(consumed: rest.Start, examined: rest.End);
                if (status == FrameStatus.TooLong)
                {
                    _services.Metrics.Rejected(status);
                    End(SessionEnd.FrameTooLong);
                }
                else if (_scanner.SkippedBytes - _noiseAtLastFrame > _options.NoiseBytesMax)
                {
                    End(SessionEnd.Noise);
                }
                else if (result.IsCompleted)
                {
                    End(truncated ? SessionEnd.TruncatedFrame : SessionEnd.PeerClosed);
                }
            }
        }
        catch (IOException)
        {
            End(SessionEnd.Reset);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            End(SessionEnd.ServerStopping);
        }
    }

    private async ValueTask OnFrameAsync(ReadOnlySequence<byte> frame, CancellationToken stopping)
    {
        _frames++;
        _noiseAtLastFrame = _scanner.SkippedBytes;
        _services.Metrics.FrameReceived();
        _linkTest?.TrySetResult(true); // Any frame proves that the terminal is there.
        while (!IsEnded && !HasRoom()) await _room.WaitAsync();
        if (IsEnded) return;
        if (NeedsBind(frame, out var address) && !await BindAsync(address)) return;
        var received = Handle(frame);
        if (received is null) return;
        Interlocked.Increment(ref _outstanding);
        await _services.Sink.AcceptAsync(received, stopping);
    }

    /// <summary>Each outstanding frame may still need room for its confirm.</summary>
    private bool HasRoom()
    {
        var outstanding = Volatile.Read(ref _outstanding);
        return outstanding < _options.FramesOutstandingMax
            && outstanding + _outgoing.Frames < _options.OutgoingFramesMax - 1;
    }

    private void NotePartial(bool partial)
    {
        if (!partial)
        {
            Volatile.Write(ref _partialSince, NoTime);
        }
        else if (_partialSince == NoTime || _partialFrames != _frames)
        {
            Volatile.Write(ref _partialSince, _wire.GetTimestamp());
        }
        _partialFrames = _frames;
    }

    private void CountNoise()
    {
        var skipped = _scanner.SkippedBytes - _skippedCounted;
        if (skipped == 0) return;
        _skippedCounted = _scanner.SkippedBytes;
        _services.Metrics.Skipped(skipped);
        var falseStarts = _scanner.FalseStarts - _falseStartsCounted;
        if (falseStarts == 0) return;
        _falseStartsCounted = _scanner.FalseStarts;
        _services.Metrics.Rejected(_scanner.LastRejection, falseStarts);
    }

    private async Task WriteAsync(PipeWriter output)
    {
        try
        {
            while (true)
            {
                await _outgoing.Ready.WaitAsync();
                // Before the last take: what was queued before the close is still sent.
                var closing = _outgoing.IsClosed;
                while (_outgoing.TakeAll() is { IsEmpty: false } batch)
                {
                    Volatile.Write(ref _flushSince, _wire.GetTimestamp());
                    var result = await output.WriteAsync(batch);
                    Volatile.Write(ref _flushSince, NoTime);
                    _room.Set();
                    if (!result.IsCompleted && !result.IsCanceled) continue;
                    _outgoing.Close();
                    return;
                }

                if (closing) return;
            }
        }
        catch (IOException)
        {
            _outgoing.Close();
            End(SessionEnd.Reset);
        }
    }

    private void OnTick()
    {
        if (IsOver(_flushSince, _options.OutgoingStallSecondsMax))
        {
            End(SessionEnd.SlowReader);
            _output?.CancelPendingFlush(); // Also where the session had ended for another reason and still sends.
        }
        if (IsEnded) return;

        // While we wait for the sink the terminal is not to blame.
        var waiting = Volatile.Read(ref _waitingSince);
        if (waiting != NoTime)
        {
            var lastFrameAt = Volatile.Read(ref _lastFrameAt);
            if (lastFrameAt == NoTime) lastFrameAt = _beganAt;
            if (IsOver(_partialSince, _options.IncompleteFrameSecondsMax)) End(SessionEnd.Trickling);
            else if (Address is null && IsOver(_beganAt, _options.FirstLoginSecondsMax)) End(SessionEnd.NoLogin);
            else if (IsOver(lastFrameAt, _options.IdleSecondsMax)) End(SessionEnd.Idle);
        }

        TickLinkTest();
        TickRequests();
    }

    private bool IsOver(in long since, int seconds)
    {
        var at = Volatile.Read(in since);
        return at != NoTime && _wire.GetElapsedTime(at) >= TimeSpan.FromSeconds(seconds);
    }
}

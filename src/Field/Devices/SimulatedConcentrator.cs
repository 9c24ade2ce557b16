using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>
/// One concentrator with its meters: dials in, logs in, keeps the link alive, pushes curves until they are confirmed,
/// answers what the service asks. One connection, one receive loop, two timers; everything it owns is guarded by one
/// lock, and nothing is sent while that lock is held.
/// </summary>
public sealed partial class SimulatedConcentrator : IDisposable
{
    private readonly ConcentratorSetup _setup;
    private readonly FieldOptions _options;
    private readonly SimulatedMeter[] _meters;
    private readonly int _firstMeter;
    private readonly Lock _gate = new();
    private readonly ITimer _retryTimer;
    private readonly ITimer _heartbeatTimer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<OutstandingFrame> _outstanding = [];
    private readonly TaskCompletionSource _firstLogin = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _mayConnect = Done();
    private FieldLink? _link;
    private Task _running = Task.CompletedTask;
    private Exception? _fault;
    private bool _isLoggedIn;
    private bool _retryIsArmed;
    private int _nextPseq;
    private TimeSpan _clockError;

    internal SimulatedConcentrator(ConcentratorSetup setup, int index)
    {
        _setup = setup;
        _options = setup.Options;
        Index = index;
        Address = _options.TerminalOf(index);
        _firstMeter = index * _options.MetersPerConcentrator;
        _meters = new SimulatedMeter[Math.Min(_options.MetersPerConcentrator, _options.Meters - _firstMeter)];
        for (var i = 0; i < _meters.Length; i++)
        {
            var meter = _options.MeterOf(_firstMeter + i);
            _meters[i] = new(meter.Id, meter.Address, meter.FirstRegister);
        }

        _clockError = FirstClockError();
        _silent = new bool[_meters.Length];
        _lastHour = _options.Start;
        RecordOpening();
        _retryTimer = setup.Wire.CreateTimer(_ => Repeat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _heartbeatTimer = setup.Wire.CreateTimer(_ => Beat(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Index { get; }

    public TerminalAddress Address { get; }

    public int Meters => _meters.Length;

    /// <summary>Whether its login is answered.</summary>
    public bool IsOnline
    {
        get
        {
            lock (_gate) return _isLoggedIn;
        }
    }

    /// <summary>A copy of the meter as it is now, with every movement carried out that is due.</summary>
    /// <param name="place">From 0.</param>
    public SimulatedMeter MeterAt(int place)
    {
        lock (_gate)
        {
            Settle(place, _setup.Clock.Now());
            return _meters[place];
        }
    }

    /// <summary>Dials; completes when the first login is answered, or at once when it is to stay away.</summary>
    internal Task StartAsync(CancellationToken stopping)
    {
        var heartbeat = TimeSpan.FromSeconds(_options.HeartbeatSeconds);
        _heartbeatTimer.Change(heartbeat, heartbeat);
        _running = RunAsync(_stopping.Token);
        return _firstLogin.Task.WaitAsync(stopping);
    }

    /// <summary>Logs out and hangs up; what is not confirmed stays so.</summary>
    internal async Task StopAsync()
    {
        FieldLink? link;
        lock (_gate)
        {
            link = _link;
            if (_isLoggedIn) SendLink(LinkFrames.Logout(_scratch, Address, TakePseq()));
        }

        link?.Flush();
        await _stopping.CancelAsync();
        link?.Close();
        await _running;
        lock (_gate) FailWaiters(new OperationCanceledException("The field was stopped."));
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _retryTimer.Dispose();
        _heartbeatTimer.Dispose();
        _link?.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            var failures = 0;
            while (!stopping.IsCancellationRequested)
            {
                Task mayConnect;
                lock (_gate) mayConnect = _mayConnect.Task;
                await mayConnect.WaitAsync(stopping);
                failures = await SessionAsync(stopping) ? 0 : failures + 1;
                if (!IsMeantToBeAway()) await Task.Delay(BackOff(failures), _setup.Wire, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception fault)
        {
            // Our own bug: whoever waits for this concentrator must hear of it, or would wait for ever.
            lock (_gate) FailWaiters(_fault = fault);
        }
    }

    /// <summary>One connection from dialling to its end. True if its login was answered.</summary>
    private async Task<bool> SessionAsync(CancellationToken stopping)
    {
        FieldLink? link = null;
        try
        {
            link = await ConnectAsync(stopping);
            lock (_gate) BeginSession(link);
            link.Flush();
            await ReceiveAsync(link, stopping);
        }
        catch (Exception gone) when (gone is SocketException or IOException or ObjectDisposedException)
        {
            // The network's business: dial again.
        }
        finally
        {
            link?.Dispose();
        }

        lock (_gate) return EndSession();
    }

    private async Task<FieldLink> ConnectAsync(CancellationToken stopping)
    {
        await _setup.Connects.WaitAsync(stopping);
        try
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(_options.Endpoint, stopping);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            _setup.Counters.Connected();
            return new(socket, Dice64(Address.Raw), _options.Faults.CutPerMille);
        }
        finally
        {
            _setup.Connects.Release();
        }
    }

    private void BeginSession(FieldLink link)
    {
        _link = link;
        if (!_mayConnect.Task.IsCompleted) link.Close(); // It was told to stay away while it dialled.
        _outstanding.RemoveAll(frame => frame.Kind != OutstandingKind.Data);
        var pseq = TakePseq();
        var bytes = _scratch[..LinkFrames.Login(_scratch, Address, pseq)];
        SendOutstanding(new() { Kind = OutstandingKind.Login, Bytes = bytes, Pseq = pseq });
    }

    private bool EndSession()
    {
        var wasLoggedIn = _isLoggedIn;
        if (wasLoggedIn) _setup.Counters.WentOffline();
        (_link, _isLoggedIn) = (null, false);
        return wasLoggedIn;
    }

    private async Task ReceiveAsync(FieldLink link, CancellationToken stopping)
    {
        var input = PipeReader.Create(link.Stream, new(bufferSize: 2_048, leaveOpen: true, useZeroByteReads: true));
        var scanner = new FrameScanner();
        var frameBytes = Array.Empty<byte>();
        while (true)
        {
            var result = await input.ReadAsync(stopping);
            var rest = result.Buffer;
            while (scanner.Next(ref rest, FrameReader.FrameBytesMax, out var frame) == FrameStatus.Complete)
            {
                if (frame.Length > frameBytes.Length) frameBytes = new byte[frame.Length];
                frame.CopyTo(frameBytes);
                Take(frameBytes.AsSpan(FrameReader.HeadBytes, (int)frame.Length - FrameReader.OverheadBytes));
            }

            // What a frame was answered leaves together with what it made room for.
            input.AdvanceTo(rest.Start, rest.End);
            link.Flush();
            if (result.IsCompleted) break;
        }

        await input.CompleteAsync();
    }

    private void Take(ReadOnlySpan<byte> userData)
    {
        if (!FrameHeader.TryParse(userData, out var header) || header.FromTerminal) return;
        if (header.Address != Address && header.Address != TerminalAddress.Broadcast) return;
        lock (_gate)
        {
            if (header.Afn == Afn.Confirm) TakeConfirm(header, header.Units(userData));
            else if (header.Address == Address) TakeRequest(header, userData);
        }
    }

    private void TakeConfirm(in FrameHeader header, ReadOnlySpan<byte> units)
    {
        if (!Dadt.TryRead(units, out var dadt)) return;
        var pseq = header.Sequence;
        var frame = _outstanding.Find(waiting => waiting.Pseq == pseq);
        if (frame is null) return; // The second confirm of a frame that was sent twice.
        if (dadt.Selects(LinkFrames.AllDeniedFn))
        {
            _setup.Counters.Denied(); // Stays outstanding: it is repeated like one that got no answer.
            return;
        }

        _outstanding.Remove(frame);
        switch (frame.Kind)
        {
            case OutstandingKind.Login:
                LoginAnswered();
                break;
            case OutstandingKind.Data:
                DataConfirmed(frame);
                break;
        }
    }

    private void LoginAnswered()
    {
        _isLoggedIn = true;
        _setup.Counters.CameOnline();
        _firstLogin.TrySetResult();
        foreach (var frame in _outstanding) Resend(frame); // From the last connection, with their PSEQ.
        SendMore();
    }

    /// <summary>Sends a frame that must be confirmed, and sees to its repetition.</summary>
    private void SendOutstanding(OutstandingFrame frame)
    {
        frame.SentAt = _setup.Wire.GetTimestamp();
        _outstanding.Add(frame);
        if (frame.Kind == OutstandingKind.Data) SendFirst(frame);
        else _link?.Append(frame.Bytes);
        ArmRetry(TimeSpan.FromSeconds(_options.ConfirmTimeoutSeconds));
    }

    private void Resend(OutstandingFrame frame)
    {
        frame.SentAt = _setup.Wire.GetTimestamp();
        _setup.Counters.Repeated(frame.Bytes.Length);
        _link?.Append(frame.Bytes);
    }

    /// <summary>
    /// The retry timer: whatever waits too long is sent again; too often, and the connection is given up.
    /// </summary>
    private void Repeat()
    {
        FieldLink? link;
        lock (_gate)
        {
            _retryIsArmed = false;
            link = _link;
            if (link is null) return;
            var timeout = TimeSpan.FromSeconds(_options.ConfirmTimeoutSeconds);
            var next = timeout;
            foreach (var frame in _outstanding)
            {
                var waited = _setup.Wire.GetElapsedTime(frame.SentAt);
                if (waited < timeout)
                {
                    next = timeout - waited < next ? timeout - waited : next;
                    continue;
                }

                if (frame.Repeats++ >= _options.RepeatsMax)
                {
                    frame.Repeats = 0;
                    link.Close();
                    return;
                }

                Resend(frame);
            }

            if (_outstanding.Count > 0) ArmRetry(next);
        }

        link.Flush();
    }

    private void ArmRetry(TimeSpan due)
    {
        if (_retryIsArmed) return;
        _retryIsArmed = true;
        _retryTimer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Beat()
    {
        FieldLink? link;
        lock (_gate)
        {
            link = _link;
            if (!_isLoggedIn || _outstanding.Exists(frame => frame.Kind == OutstandingKind.Heartbeat)) return;
            var pseq = TakePseq();
            var bytes = _scratch[..LinkFrames.Heartbeat(_scratch, Address, pseq)];
            SendOutstanding(new() { Kind = OutstandingKind.Heartbeat, Bytes = bytes, Pseq = pseq });
        }

        link?.Flush();
    }

    /// <summary>Low nibble of the frame counter; one that still waits for its confirm is passed over.</summary>
    private int TakePseq()
    {
        int pseq;
        do
        {
            pseq = _nextPseq++ & 15;
        }
        while (_outstanding.Exists(frame => frame.Pseq == pseq));
        return pseq;
    }

    private void SendLink(int bytes) => _link?.Append(_scratch.AsSpan(0, bytes));

    private bool IsMeantToBeAway()
    {
        lock (_gate) return !_mayConnect.Task.IsCompleted;
    }

    /// <summary>Doubled with each failure, shortened by up to a half so that not all dial at once.</summary>
    private TimeSpan BackOff(int failures)
    {
        const int BackOffPurpose = 202;
        var seconds = Math.Min((long)_options.ReconnectSeconds << Math.Min(failures, 12), _options.ReconnectSecondsMax);
        var hash = Dice.Hash(_options.Seed, Address.Raw, failures, BackOffPurpose);
        return TimeSpan.FromMilliseconds((seconds * 500) + Dice.Below(hash, (int)seconds * 500));
    }

    private long Dice64(long purpose) => (long)(Dice.Hash(_options.Seed, Index, purpose, 203) >> 1);

    private void FailWaiters(Exception fault)
    {
        _firstLogin.TrySetException(fault);
        _drained?.TrySetException(fault);
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        done.SetResult();
        return done;
    }
}

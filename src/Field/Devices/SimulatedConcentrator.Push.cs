using Meters.Field.Households;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>Hours: what the meters use, and the frames that carry it until they are confirmed.</summary>
public sealed partial class SimulatedConcentrator
{
    private const int SilentPurpose = 210;
    private const int OfflinePurpose = 211;
    private const int LostPurpose = 212;
    private const int BadSumPurpose = 213;
    private const int TwicePurpose = 214;
    private const int PreamblePurpose = 215;
    private const int GluedPurpose = 216;
    private const int LostHourPurpose = 217;

    private static readonly byte[] Preamble = [0xFE, 0xFE, 0xFE, 0xFE];

    private readonly byte[] _scratch = new byte[LinkFrames.BytesMax];
    private readonly bool[] _silent;
    private readonly Queue<ReadOnlyMemory<PendingReading>> _ready = new();
    private List<PendingReading> _held = [];
    private TaskCompletionSource? _drained;
    private Instant _lastHour;
    private byte[] _frame = [];
    private long _frames;
    private bool _isAway;

    /// <summary>Readings that wait for a meter that is silent or a concentrator that is away.</summary>
    public int Held
    {
        get
        {
            lock (_gate) return _held.Count;
        }
    }

    /// <summary>
    /// Lets every meter use the hours, in order, and pushes them. Completes when every frame that was pushed is
    /// confirmed; at once while the concentrator is away. The program's clock must have reached the last hour's end.
    /// </summary>
    internal Task PushAsync(Instant firstHourEnd, int hours, CancellationToken stopping)
    {
        FieldLink? link;
        Task drained;
        lock (_gate)
        {
            var now = _setup.Clock.Now();
            for (var i = 0; i < hours; i++) EndHour(firstHourEnd + TimeSpan.FromHours(i), now);
            var isAway = _isAway || IsOfflineAt(_lastHour);
            if (isAway) GoAway();
            else ComeBack();
            if (!isAway) Release(everything: false);
            SendMore();
            link = _link;
            drained = DrainedAsync();
        }

        link?.Flush();
        return drained.WaitAsync(stopping);
    }

    /// <summary>Pushes what silence and absence held back, whatever the dice say: the end of a simulation.</summary>
    internal Task PushHeldAsync(CancellationToken stopping)
    {
        FieldLink? link;
        Task drained;
        lock (_gate)
        {
            _isAway = false;
            ComeBack();
            Release(everything: true);
            SendMore();
            link = _link;
            drained = DrainedAsync();
        }

        link?.Flush();
        return drained.WaitAsync(stopping);
    }

    /// <summary>By hand: hangs up and stays away until told otherwise; readings are held meanwhile.</summary>
    public void SetAway(bool away)
    {
        lock (_gate)
        {
            _isAway = away;
            if (away) GoAway();
            else ComeBack();
        }
    }

    /// <summary>By hand: the meter answers nothing until told otherwise.</summary>
    public void SetSilent(int place, bool silent)
    {
        lock (_gate) _silent[place] = silent;
    }

    /// <summary>The customer presses the button of the meter. False when closing is not permitted.</summary>
    public bool PressButton(int place)
    {
        lock (_gate)
        {
            var now = _setup.Clock.Now();
            Settle(place, now);
            var pressed = _meters[place].PressButton(now);
            Settle(place, now);
            return pressed;
        }
    }

    /// <summary>
    /// An hour's energy goes through if the relay was closed at its start (movements at the start included) and just
    /// before its end (a movement at the end belongs to the next hour); otherwise nothing does. So a cut at any moment
    /// stops consumption with the hour in which it falls, exactly and whatever the order of calls.
    /// </summary>
    private void EndHour(Instant hourEnd, Instant now)
    {
        Span<int> used = _meters.Length <= 256 ? stackalloc int[_meters.Length] : new int[_meters.Length];
        Span<long> shown = _meters.Length <= 256 ? stackalloc long[_meters.Length] : new long[_meters.Length];
        for (var place = 0; place < _meters.Length; place++)
        {
            Settle(place, now);
            ref var meter = ref _meters[place];
            var isKnown = Use(place, ref meter, hourEnd, out var energy);
            used[place] = isKnown ? (int)energy.TenthsWh : -1;
            shown[place] = meter.Shown.TenthsWh;
            if (isKnown && !IsLost(place, hourEnd)) _held.Add(new(place, hourEnd, shown[place]));
        }

        if (hourEnd > _lastHour) _lastHour = hourEnd;
        _setup.Truth.HourOver(_firstMeter, hourEnd, used, shown);
    }

    /// <summary>False for a gap: the meter has no reading of that hour.</summary>
    private bool Use(int place, ref SimulatedMeter meter, Instant hourEnd, out Energy used)
    {
        used = Energy.Zero;
        if (hourEnd <= _options.Start) return true; // The opening reading.
        if (hourEnd <= _lastHour)
        {
            throw new InvalidOperationException($"The hour that ends at {hourEnd} is over already.");
        }

        if (!_setup.Consumption.TryUse(_firstMeter + place, hourEnd, out var wanted)) return false;
        if (meter.HasMoved)
        {
            var start = new Instant(hourEnd.UnixMicros - Instant.MicrosPerHour);
            var beforeEnd = new Instant(hourEnd.UnixMicros - 1);
            var truth = _setup.Truth;
            if (truth.RelayAt(_firstMeter + place, start) == RelayState.Open) return true;
            if (truth.RelayAt(_firstMeter + place, beforeEnd) == RelayState.Open) return true;
        }

        meter.Use(used = wanted);
        return true;
    }

    /// <summary>
    /// What every meter shows before the first hour; known, and sent only when somebody asks or pushes it.
    /// </summary>
    private void RecordOpening()
    {
        var shown = Array.ConvertAll(_meters, meter => meter.Shown.TenthsWh);
        _setup.Truth.HourOver(_firstMeter, _options.Start, new int[_meters.Length], shown);
    }

    private void Settle(int place, Instant now)
    {
        ref var meter = ref _meters[place];
        if (meter.Settle(now, out var at)) _setup.Truth.Moved(new(_firstMeter + place, at, meter.Relay));
    }

    private bool IsSilentAt(int place, Instant hour) => _silent[place] || Dice.Hits(
        _options.Faults.SilentMeterPerMille, _options.Seed, _firstMeter + place, HourNumber(hour), SilentPurpose);

    /// <summary>The opening reading is never lost: without it no later one could be rated.</summary>
    private bool IsLost(int place, Instant hourEnd) => hourEnd > _options.Start && Dice.Hits(
        _options.Faults.LostHourPerMille, _options.Seed, _firstMeter + place, HourNumber(hourEnd), LostHourPurpose);

    private bool IsOfflineAt(Instant hour) => Dice.Hits(
        _options.Faults.OfflinePerMille, _options.Seed, Index, HourNumber(hour) / _options.Faults.OfflineHours,
        OfflinePurpose);

    private static long HourNumber(Instant at) => at.UnixMicros / Instant.MicrosPerHour;

    private void GoAway()
    {
        if (_mayConnect.Task.IsCompleted) _mayConnect = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _firstLogin.TrySetResult(); // Nobody need wait for a login that is not meant to be.
        _link?.Close();
        _drained?.TrySetResult();
        _drained = null;
    }

    private void ComeBack() => _mayConnect.TrySetResult();

    /// <summary>
    /// Makes readings of meters that can be reached ready to be sent, in the order of meter, then hour.
    /// </summary>
    private void Release(bool everything)
    {
        if (_held.Count == 0) return;
        var mayBeSilent = !everything && (_options.Faults.SilentMeterPerMille > 0 || Array.IndexOf(_silent, true) >= 0);
        List<PendingReading> stay = [];
        if (mayBeSilent)
        {
            stay = _held.FindAll(reading => IsSilentAt(reading.Place, _lastHour));
            _held.RemoveAll(reading => IsSilentAt(reading.Place, _lastHour));
        }

        _held.Sort();
        if (_held.Count > 0) _ready.Enqueue(_held.ToArray());
        _held.Clear();
        if (stay.Count > 0) _held = stay;
    }

    private Task DrainedAsync()
    {
        if (_fault is { } fault) return Task.FromException(fault);
        if (_ready.Count == 0 && DataOutstanding() == 0) return Task.CompletedTask;
        if (!_mayConnect.Task.IsCompleted) return Task.CompletedTask;
        return (_drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    private int DataOutstanding()
    {
        var count = 0;
        foreach (var frame in _outstanding)
        {
            if (frame.Kind == OutstandingKind.Data) count++;
        }

        return count;
    }

    private void SendMore()
    {
        if (!_isLoggedIn) return;
        for (var free = _options.FramesOutstanding - DataOutstanding(); free > 0 && _ready.Count > 0; free--)
        {
            var readings = _ready.Dequeue();
            if (_frame.Length == 0) _frame = new byte[_options.FrameBytesMax];
            var pseq = TakePseq();
            var bytes = CurveFrames.Build(
                _frame, Address, pseq, _options.Zone, _options.PointsPerUnitMax, readings.Span, out var taken);
            if (taken < readings.Length) PutBack(readings[taken..]);
            var twice = Dice.Hits(_options.Faults.DuplicatePerMille, _options.Seed, Address.Raw, ++_frames,
                TwicePurpose);
            _setup.Truth.WasSent(_firstMeter, readings.Span[..taken]);
            SendOutstanding(new()
            {
                Kind = OutstandingKind.Data,
                Bytes = _frame[..bytes],
                Pseq = pseq,
                Readings = readings[..taken],
                Twice = twice,
            });
        }
    }

    private void PutBack(ReadOnlyMemory<PendingReading> rest)
    {
        _ready.Enqueue(rest);
        for (var i = 1; i < _ready.Count; i++) _ready.Enqueue(_ready.Dequeue()); // To the front again.
    }

    /// <summary>The first sending of a data frame, with whatever may happen to it.</summary>
    private void SendFirst(OutstandingFrame frame)
    {
        _setup.Counters.Sent(frame.Bytes.Length);
        var faults = _options.Faults;
        if (Happens(faults.LostFramePerMille, LostPurpose) || _link is not { } link) return;
        if (Happens(faults.GluedPerMille, GluedPurpose)) SendLink(LinkFrames.Heartbeat(_scratch, Address, TakePseq()));
        if (Happens(faults.PreamblePerMille, PreamblePurpose)) link.Append(Preamble);
        if (!Happens(faults.BadChecksumPerMille, BadSumPurpose))
        {
            link.Append(frame.Bytes);
            return;
        }

        byte[] damaged = [.. frame.Bytes];
        damaged[^2] ^= 0xFF;
        link.Append(damaged);
    }

    private bool Happens(int perMille, int purpose) =>
        Dice.Hits(perMille, _options.Seed, Address.Raw, _frames, purpose);

    private void DataConfirmed(OutstandingFrame frame)
    {
        _setup.Counters.Confirmed();
        _setup.Truth.WasConfirmed(_firstMeter, frame.Readings.Span);
        if (frame.Twice) SendAgain(frame);
        SendMore();
        if (_drained is not { } drained || _ready.Count > 0 || DataOutstanding() > 0) return;
        _drained = null;
        drained.TrySetResult();
    }

    /// <summary>The same readings once more under a new PSEQ; it must be confirmed like any other.</summary>
    private void SendAgain(OutstandingFrame frame)
    {
        var pseq = TakePseq();
        byte[] bytes = [.. frame.Bytes];
        bytes[CurveFrames.SeqAt] = (byte)((bytes[CurveFrames.SeqAt] & 0xF0) | pseq);
        bytes[^2] = Ingest.Gdw3761.FrameReader.Checksum(bytes.AsSpan(Ingest.Gdw3761.FrameReader.HeadBytes..^2));
        _setup.Truth.WasSent(_firstMeter, frame.Readings.Span);
        SendOutstanding(new() { Kind = OutstandingKind.Data, Bytes = bytes, Pseq = pseq, Readings = frame.Readings });
    }
}

using System.Collections.Concurrent;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Clocks;

/// <summary>
/// Reads the clocks of concentrators that are connected, once a day and when a frame hints that one is off, flags what
/// is off and sets what may be set. Behind every command; never while a command is under way at the concentrator, its
/// read-back included.
/// </summary>
public sealed class ClockKeeper : IClockObserver
{
    private readonly IClockStore _store;
    private readonly LiveRegistry _registry;
    private readonly SessionTable _sessions;
    private readonly IWireTraffic _traffic;
    private readonly ClockOptions _options;
    private readonly ClockMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly OpenWork _work;

    /// <summary>As stored. At most one for each registered concentrator.</summary>
    private readonly ConcurrentDictionary<TerminalAddress, TerminalClock> _known = [];
    private readonly ConcurrentDictionary<TerminalAddress, byte> _hints = [];
    private bool _isLoaded;

    public ClockKeeper(EngineSetup setup, LiveRegistry registry, SessionTable sessions, IWireTraffic traffic,
        ClockMetrics metrics, OpenWork work)
    {
        ArgumentNullException.ThrowIfNull(setup);
        (_store, _registry, _sessions, _traffic) = (setup.Store.Clocks, registry, sessions, traffic);
        (_options, _metrics, _clock, _work) = (setup.Clocks, metrics, setup.Clock, work);
    }

    private TimeSpan Timeout => TimeSpan.FromSeconds(_options.ClockAnswerSecondsMax);

    /// <summary>A hint only: the clock is read before anything is believed.</summary>
    public void Observed(TerminalAddress terminal, TimeSpan drift)
    {
        if (drift.Duration() > TimeSpan.FromSeconds(_options.DriftSecondsMax)) _hints.TryAdd(terminal, 0);
    }

    /// <summary>Begins what is due; it ends later. Returns how much was begun.</summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        await LoadAsync(stopping);
        var now = _clock.Now();
        TakeHints(now);
        var began = 0;
        foreach (var session in _sessions.Sessions)
        {
            if (_work.Count >= _options.ClocksAtOnceMax) break;
            if (session.Address is not { } terminal || !_registry.TryFind(terminal, out _)) continue;
            var clock = Of(terminal);
            if (clock.DueAt > now || _work.Has(terminal)) continue;
            if (session.HasRequests || _traffic.IsWanted(terminal)) continue;
            _work.Begin(terminal, () => CheckAsync(clock, session, stopping));
            began++;
        }

        return began;
    }

    public Task IdleAsync(CancellationToken stopping) => _work.IdleAsync(stopping);

    /// <summary>A person orders the clock to be set, however far off it is, as soon as it can be reached.</summary>
    public async Task<TerminalClock?> OrderAsync(TerminalAddress terminal, PersonId by, CancellationToken stopping)
    {
        if (!_registry.TryFind(terminal, out _)) return null;
        await LoadAsync(stopping);
        var ordered = Of(terminal) with { State = ClockState.Ordered, SetBy = by, DueAt = _clock.Now() };
        await KeepAsync(ordered, stopping);
        return ordered;
    }

    private async Task CheckAsync(TerminalClock clock, TerminalSession session, CancellationToken stopping)
    {
        if (await ReadAsync(clock, session, stopping) is not { } found) return;
        var (before, toSet) = found;
        if (_traffic.IsWanted(clock.Terminal))
        {
            // Nothing was sent: as if it had not been set, and again when the command is done.
            await KeepAsync(Unset(toSet, before), stopping);
            return;
        }

        var result = await session.SetClockAsync(Timeout, stopping);
        _metrics.Set(result.Status);
        _traffic.RequestEnded();
        if (!result.Sent) await KeepAsync(Unset(toSet, before), stopping);

        // The terminal's word is not proof: what its clock shows now is.
        else if (result.Status == RequestStatus.Accepted) await ReadAsync(toSet, session, stopping);
    }

    /// <summary>The clock as it was and as it is kept now, if it is to be set; else null.</summary>
    private async Task<(TerminalClock Before, TerminalClock ToSet)?> ReadAsync(
        TerminalClock clock, TerminalSession session, CancellationToken stopping)
    {
        var result = await session.ReadClockAsync(Timeout, stopping);
        _traffic.RequestEnded();
        var now = _clock.Now();
        var before = Latest(clock);
        if (result.Status != RequestStatus.Data)
        {
            var refused = result.Status is RequestStatus.Denied or RequestStatus.BadAnswer;
            await KeepAsync(ClockRules.AfterNoRead(before, refused, now, _options), stopping);
            return null;
        }

        var (next, set) = ClockRules.AfterRead(before, WholeMillis(result.Drift), now, _options);
        _metrics.Read(next);
        await KeepAsync(next, stopping);
        return set ? (before, next) : null;
    }

    private TerminalClock Unset(TerminalClock toSet, TerminalClock before) => toSet with
    {
        State = before.State == ClockState.Ordered ? ClockState.Ordered : toSet.State,
        SetAt = before.SetAt,
        SetBy = before.SetBy,
        DueAt = _clock.Now() + TimeSpan.FromMinutes(1),
    };

    /// <summary>A person may have ordered something while the answer was on its way.</summary>
    private TerminalClock Latest(TerminalClock clock) => _known.GetValueOrDefault(clock.Terminal) ?? clock;

    private TerminalClock Of(TerminalAddress terminal) => _known.GetValueOrDefault(terminal)
        ?? TerminalClock.Unread(terminal);

    private void TakeHints(Instant now)
    {
        foreach (var terminal in _hints.Keys.Order().ToList())
        {
            _hints.TryRemove(terminal, out _);
            var clock = Of(terminal);
            var sooner = ClockRules.AfterHint(clock, now, _options);
            if (sooner != clock) _known[terminal] = sooner; // Not stored: the next frame hints again.
        }
    }

    private async Task KeepAsync(TerminalClock clock, CancellationToken stopping)
    {
        await _store.KeepAsync(clock, stopping);
        _known[clock.Terminal] = clock;
    }

    private async Task LoadAsync(CancellationToken stopping)
    {
        if (_isLoaded) return;
        foreach (var clock in await _store.LoadAsync(stopping)) _known.TryAdd(clock.Terminal, clock);
        _isLoaded = true;
    }

    private static TimeSpan WholeMillis(TimeSpan span) =>
        TimeSpan.FromMilliseconds(span.Ticks / TimeSpan.TicksPerMillisecond);
}

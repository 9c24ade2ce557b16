using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Gaps;

/// <summary>
/// Asks concentrators for the hours that are missing, by itself: rounds of requests, bounded over the system and behind
/// every command, with back-off, until the hour is there or has been asked for often enough. All state that counts is
/// in the store: after a restart a round that was cut short is asked again.
/// </summary>
public sealed class GapAsker : IGapAsking
{
    /// <summary>Concentrators looked at in one go.</summary>
    private const int LooksPerPumpMax = 500;

    /// <summary>What an answer brought is in the store by then.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly ICompletenessStore _store;
    private readonly LiveRegistry _registry;
    private readonly SessionTable _sessions;
    private readonly IWireTraffic _traffic;
    private readonly GapOptions _options;
    private readonly GapMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly HourCounter _counter;
    private readonly OpenWork _rounds;

    public GapAsker(EngineSetup setup, LiveRegistry registry, SessionTable sessions, IWireTraffic traffic,
        GapMetrics metrics, OpenWork rounds)
    {
        ArgumentNullException.ThrowIfNull(setup);
        (_store, _registry, _sessions, _traffic) = (setup.Store.Completeness, registry, sessions, traffic);
        (_options, _metrics, _clock, _rounds) = (setup.Gaps, metrics, setup.Clock, rounds);
        _counter = new(_store, registry, _options, metrics, setup.Clock);
    }

    private AskingRules Rules => new(_options.AttemptsMax, _clock.Now() - TimeSpan.FromDays(_options.DaysMax));

    /// <summary>
    /// Counts what is due, looks at what is incomplete and begins rounds; they end later. Returns how much it did.
    /// </summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        var did = await _counter.PumpAsync(stopping);
        var now = _clock.Now();
        var away = new List<TerminalAddress>();
        foreach (var state in await _store.DueAsync(now, LooksPerPumpMax, stopping))
        {
            if (_rounds.Count >= _options.ConcentratorsAtOnceMax) break;
            if (_rounds.Has(state.Terminal)) continue;
            if (!_sessions.TryGet(state.Terminal, out var session) || !_registry.TryFind(state.Terminal, out var entry))
            {
                away.Add(state.Terminal);
            }
            else if (!session.HasRequests && !_traffic.IsWanted(state.Terminal))
            {
                await LookAsync(state, session, entry.Zone, stopping);
                did++;
            }
        }

        if (away.Count == 0) return did;
        await _store.PostponeAsync(away, now + TimeSpan.FromMinutes(_options.AwayMinutes), stopping);
        return did + away.Count;
    }

    /// <summary>Waits until no round is under way.</summary>
    public Task IdleAsync(CancellationToken stopping) => _rounds.IdleAsync(stopping);

    public async Task<bool> IsExhaustedAsync(ChannelId channel, Instant hour, CancellationToken stopping)
    {
        if (!_registry.TryMeter(channel.Meter, out var meter)) return true; // Nobody to ask.
        if (await _counter.ThroughAsync(stopping) is not { } through || hour > through) return false;
        if (channel.Register != RegisterKind.ForwardActive) return true; // Only the billed register is asked for.
        var found = await _store.FindHourAsync(meter.Terminal, hour, stopping);
        return found is null || found.Count.IsComplete || Rules.IsExhausted(found);
    }

    /// <summary>Of an hour that lacks something.</summary>
    public bool IsExhausted(TerminalHour hour) => Rules.IsExhausted(hour);

    public Task<IReadOnlyList<(ChannelId Channel, Instant At)>> ExhaustedAsync(
        Instant from, Instant to, int max, CancellationToken stopping) =>
        _store.ExhaustedAsync(Rules, from, to, max, stopping);

    private async Task LookAsync(
        AskingState state, TerminalSession session, LocalZone zone, CancellationToken stopping)
    {
        var now = _clock.Now();
        var image = await _store.LookAsync(state.Terminal, Rules, _options.HoursPerLookMax, stopping);
        var came = image.Now.Where((count, i) => count != image.Before[i].Count).ToList();
        if (came.Count > 0) state = state with { Failures = 0, AskFrom = now };
        if (image.Missing.Count == 0)
        {
            var mayBeMore = came.Count > 0 && image.Before.Count == _options.HoursPerLookMax;
            var done = state with { LookAt = mayBeMore ? now : Instant.Never, Failures = 0 };
            await _store.KeepLookAsync(done, came, [], stopping);
        }
        else if (now < state.AskFrom)
        {
            await _store.KeepLookAsync(state with { LookAt = state.AskFrom }, came, [], stopping);
        }
        else
        {
            if (came.Count > 0) await _store.KeepLookAsync(state, came, [], stopping);
            var plan = CurvePlan.Of(image.Missing, zone, _options);
            _rounds.Begin(state.Terminal, () => RoundAsync(state, session, plan, stopping));
        }
    }

    private async Task RoundAsync(
        AskingState state, TerminalSession session, IReadOnlyList<CurveRequest> plan, CancellationToken stopping)
    {
        var timeout = TimeSpan.FromSeconds(_options.AnswerSecondsMax);
        var asked = new HashSet<MissingReading>();
        var isDeaf = false;
        foreach (var request in plan)
        {
            // What the answer brings goes the way of every frame. That it came says nothing about what is in it.
            var result = await session.RequestCurvesAsync(request.Ranges, timeout, stopping);
            _metrics.Asked(result.Status);
            _traffic.RequestEnded();
            if (!result.Sent) break;
            asked.UnionWith(request.Readings);
            isDeaf = result.Status == RequestStatus.NoAnswer;
            if (isDeaf || session.IsEnded || _traffic.IsWanted(state.Terminal)) break;
        }

        // One that hears and does not answer has had its chance with all of them.
        var planned = plan.SelectMany(request => request.Readings);
        if (isDeaf) asked.UnionWith(planned);
        var left = planned.Where(reading => !asked.Contains(reading)).Select(reading => reading.At).ToHashSet();
        var hours = asked.Select(reading => reading.At).Distinct().Where(at => !left.Contains(at)).Order().ToList();
        await _store.KeepLookAsync(NextOf(state, asked.Count > 0), [], hours, stopping);
    }

    private AskingState NextOf(AskingState state, bool wasAsked)
    {
        var now = _clock.Now();
        if (!wasAsked) return state with { LookAt = now + LookAgain };
        var failures = state.Failures + 1;
        var askFrom = now + BackOff.After(failures, state.Terminal, _options);
        var look = now + LookAgain;
        return state with { Failures = failures, AskFrom = askFrom, LookAt = askFrom < look ? askFrom : look };
    }
}

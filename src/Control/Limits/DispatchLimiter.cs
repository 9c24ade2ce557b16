using System.ComponentModel.DataAnnotations;
using Meters.Control.Commands;
using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// Holds the pace of dispatch in every sliding window: for the whole system, for each feeder and for each concentrator.
/// What gives power back (close, permit, keep on) may use all of a limit; everything else only the limit less the
/// reserve, so that no wave of cuts or alarms can stand in a reconnect's way. A concentrator that fails or answers
/// slowly gets less, but never less than its reserve for reconnects. Not thread-safe: the dispatcher is one loop.
/// </summary>
/// <remarks>
/// Memory is bounded by the system's own limit: a concentrator or feeder idle for a minute is forgotten, and within a
/// minute at most sixty times <see cref="LimiterOptions.CommandsPerSecondSystemMax"/> commands leave.
/// </remarks>
public sealed class DispatchLimiter
{
    private static readonly TimeSpan SystemWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineWindow = TimeSpan.FromMinutes(1);

    private readonly LimiterOptions _options;
    private readonly ReservedWindow _system;
    private readonly ReservedWindows<TerminalAddress> _concentrators;
    private readonly ReservedWindows<string> _feeders;
    private readonly AdaptiveRates _rates;
    private readonly RampUp _ramp;

    /// <exception cref="ValidationException">The options are out of range or contradict each other.</exception>
    public DispatchLimiter(LimiterOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _options = options;
        _system = new(options.CommandsPerSecondSystemMax, options.CommandsPerSecondSystemReserve, SystemWindow);
        _concentrators = new(
            options.CommandsPerMinutePerConcentratorMax, options.CommandsPerMinutePerConcentratorReserve, LineWindow);
        _feeders = new(options.CommandsPerMinutePerFeederMax, options.CommandsPerMinutePerFeederReserve, LineWindow);
        _rates = new(
            options.CommandsPerMinutePerConcentratorMax,
            Math.Max(1, options.CommandsPerMinutePerConcentratorReserve),
            TimeSpan.FromSeconds(options.SlowAnswerSeconds));
        _ramp = new(
            options.CommandsPerSecondSystemMax - options.CommandsPerSecondSystemReserve,
            options.RampStartPercent,
            TimeSpan.FromSeconds(options.RampSeconds));
    }

    /// <summary>How far back <see cref="Restore"/> needs to know.</summary>
    public static TimeSpan Memory => LineWindow;

    /// <summary>Concentrators kept in memory.</summary>
    public int Concentrators => _concentrators.Count;

    /// <summary>Feeders kept in memory.</summary>
    public int Feeders => _feeders.Count;

    /// <summary>From now on everything but reconnects begins slowly.</summary>
    public void BeginRampUp(Instant now) => _ramp.Begin(now);

    /// <summary>
    /// Takes room for one command at every level at once, or nothing and says when to ask again.
    /// </summary>
    /// <param name="terminal">Its concentrator.</param>
    /// <param name="kind">What it does.</param>
    /// <param name="now">Program's clock.</param>
    /// <param name="freeAt">Now when taken.</param>
    /// <param name="feeder">Its feeder or transformer; an empty name is not limited.</param>
    public bool TryTake(TerminalAddress terminal, CommandKind kind, Instant now, out Instant freeAt, string feeder = "")
    {
        freeAt = Latest(SystemFreeAt(kind, now), LineFreeAt(terminal, kind, now, feeder));
        if (freeAt > now) return false;
        Count(terminal, feeder, GivesPower(kind), now);
        return true;
    }

    /// <summary>When the system as a whole has room; now when it has.</summary>
    public Instant SystemFreeAt(CommandKind kind, Instant now) =>
        Latest(now, _system.FreeAt(GivesPower(kind), othersMax: _ramp.At(now)));

    /// <summary>When concentrator and feeder have room; now when they have.</summary>
    public Instant LineFreeAt(TerminalAddress terminal, CommandKind kind, Instant now, string feeder = "")
    {
        Forget(now);
        var givesPower = GivesPower(kind);
        var freeAt = now;
        if (_concentrators.TryGet(terminal, out var line))
        {
            var rate = _rates.RateOf(terminal, now);
            freeAt = Latest(freeAt, line.FreeAt(givesPower, rate, OthersOf(rate)));
        }

        return _feeders.TryGet(feeder, out var at) ? Latest(freeAt, at.FreeAt(givesPower)) : freeAt;
    }

    /// <summary>Commands that a concentrator bears on its wire at once, fewer while it is slow.</summary>
    public int InFlightMax(TerminalAddress terminal, Instant now) => Math.Max(
        1,
        _options.CommandsInFlightPerConcentratorMax * _rates.RateOf(terminal, now)
            / _options.CommandsPerMinutePerConcentratorMax);

    /// <summary>What became of a command: how fast its concentrator is asked from now on.</summary>
    public void Answered(TerminalAddress terminal, bool succeeded, TimeSpan took, Instant now) =>
        _rates.Answered(terminal, succeeded, took, now);

    /// <summary>
    /// Counts what was dispatched before a restart, in any order; what is older than <see cref="Memory"/> does no harm.
    /// </summary>
    public void Restore(IEnumerable<(TerminalAddress Terminal, CommandKind Kind, Instant At)> dispatched) =>
        Restore(dispatched.Select(fact => (fact.Terminal, "", fact.Kind, fact.At)));

    /// <summary>The same with the feeder of each.</summary>
    public void Restore(
        IEnumerable<(TerminalAddress Terminal, string Feeder, CommandKind Kind, Instant At)> dispatched)
    {
        foreach (var (terminal, feeder, kind, at) in dispatched.OrderBy(fact => fact.At))
        {
            Forget(at);
            Count(terminal, feeder, GivesPower(kind), at);
        }
    }

    /// <summary>Whether a command goes before all others, with capacity of its own.</summary>
    public static bool GivesPower(CommandKind kind) =>
        kind is CommandKind.Close or CommandKind.PermitClose or CommandKind.KeepPowerOn;

    private static Instant Latest(Instant a, Instant b) => a > b ? a : b;

    /// <summary>The reserve shrinks with the rate: there is always some room for what is no reconnect.</summary>
    private int OthersOf(int rate) => Math.Max(
        1,
        rate * (_options.CommandsPerMinutePerConcentratorMax - _options.CommandsPerMinutePerConcentratorReserve)
            / _options.CommandsPerMinutePerConcentratorMax);

    private void Count(TerminalAddress terminal, string feeder, bool givesPower, Instant now)
    {
        _system.Take(givesPower, now);
        _concentrators.Take(terminal, givesPower, now);
        if (feeder.Length > 0) _feeders.Take(feeder, givesPower, now);
    }

    private void Forget(Instant now)
    {
        _concentrators.Forget(now);
        _feeders.Forget(now);
    }
}

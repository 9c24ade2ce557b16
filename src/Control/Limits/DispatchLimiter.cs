using System.ComponentModel.DataAnnotations;
using Meters.Control.Commands;
using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// Holds the pace of dispatch in every sliding window, for the whole system and for each concentrator. What gives power
/// back (close, permit, keep on) may use all of a limit; everything else only the limit less the reserve, so that no
/// wave of cuts or alarms can stand in a reconnect's way. Not thread-safe: the dispatcher is one loop.
/// </summary>
/// <remarks>
/// Memory is bounded by the system's own limit: a concentrator idle for a minute is forgotten, and within a minute at
/// most sixty times <see cref="LimiterOptions.CommandsPerSecondSystemMax"/> commands leave.
/// </remarks>
public sealed class DispatchLimiter
{
    private static readonly TimeSpan SystemWindow = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConcentratorWindow = TimeSpan.FromMinutes(1);

    private readonly LimiterOptions _options;
    private readonly Pair _system;
    private readonly Dictionary<TerminalAddress, LinkedListNode<(TerminalAddress Terminal, Pair Pair)>>
        _concentrators = [];
    private readonly LinkedList<(TerminalAddress Terminal, Pair Pair)> _longestIdleFirst = new();

    /// <exception cref="ValidationException">The options are out of range or contradict each other.</exception>
    public DispatchLimiter(LimiterOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        _options = options;
        _system = new(options.CommandsPerSecondSystemMax, options.CommandsPerSecondSystemReserve, SystemWindow);
    }

    /// <summary>How far back <see cref="Restore"/> needs to know.</summary>
    public static TimeSpan Memory => ConcentratorWindow;

    /// <summary>Concentrators kept in memory.</summary>
    public int Concentrators => _concentrators.Count;

    /// <summary>Takes room for one command at every level at once, or nothing and says when to ask again.</summary>
    public bool TryTake(TerminalAddress terminal, CommandKind kind, Instant now, out Instant freeAt)
    {
        Forget(now);
        var givesPower = GivesPower(kind);
        freeAt = Latest(now, _system.FreeAt(givesPower));
        if (_concentrators.TryGetValue(terminal, out var node))
        {
            freeAt = Latest(freeAt, node.Value.Pair.FreeAt(givesPower));
        }
        if (freeAt > now) return false;
        Count(terminal, givesPower, now);
        return true;
    }

    /// <summary>
    /// Counts what was dispatched before a restart, in any order; what is older than <see cref="Memory"/> does no harm.
    /// </summary>
    public void Restore(IEnumerable<(TerminalAddress Terminal, CommandKind Kind, Instant At)> dispatched)
    {
        foreach (var (terminal, kind, at) in dispatched.OrderBy(fact => fact.At))
        {
            Forget(at);
            Count(terminal, GivesPower(kind), at);
        }
    }

    private static bool GivesPower(CommandKind kind) =>
        kind is CommandKind.Close or CommandKind.PermitClose or CommandKind.KeepPowerOn;

    private static Instant Latest(Instant a, Instant b) => a > b ? a : b;

    private void Count(TerminalAddress terminal, bool givesPower, Instant now)
    {
        _system.Take(givesPower, now);
        if (_concentrators.TryGetValue(terminal, out var node))
        {
            _longestIdleFirst.Remove(node);
            _longestIdleFirst.AddLast(node);
        }
        else
        {
            var pair = new Pair(
                _options.CommandsPerMinutePerConcentratorMax,
                _options.CommandsPerMinutePerConcentratorReserve,
                ConcentratorWindow);
            node = _longestIdleFirst.AddLast((terminal, pair));
            _concentrators.Add(terminal, node);
        }

        node.Value.Pair.Take(givesPower, now);
    }

    private void Forget(Instant now)
    {
        while (_longestIdleFirst.First is { } node && node.Value.Pair.Latest + ConcentratorWindow <= now)
        {
            _longestIdleFirst.RemoveFirst();
            _concentrators.Remove(node.Value.Terminal);
        }
    }

    /// <summary>A limit over all kinds, and a smaller one over those that do not give power back.</summary>
    private sealed class Pair(int limit, int reserve, TimeSpan window)
    {
        private readonly SlidingWindowLimiter _all = new(limit, window);
        private readonly SlidingWindowLimiter _others = new(limit - reserve, window);

        public Instant Latest => _all.Latest;

        public Instant FreeAt(bool givesPower) =>
            givesPower ? _all.FreeAt : DispatchLimiter.Latest(_all.FreeAt, _others.FreeAt);

        public void Take(bool givesPower, Instant now)
        {
            _all.Take(now);
            if (!givesPower) _others.Take(now);
        }
    }
}

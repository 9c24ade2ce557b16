using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Control.Limits;
using Meters.Units;

namespace Meters.Host.Bench.Guard;

/// <summary>
/// A control process of a trial: the loop of the dispatcher with the same limiter and pace, its transactions taking
/// time on the virtual clock. Its memory is lost when it dies.
/// </summary>
internal sealed class GuardTrialProcess
{
    private const int CommandsPerDispatch = 100;
    private static readonly TimeSpan TransactionBase = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan TransactionEach = TimeSpan.FromMicroseconds(30);

    private readonly int _number;
    private readonly GuardTrialPlan _plan;
    private readonly GuardTrialStore _store;
    private readonly List<(Instant At, int Concentrator)> _reconnects;
    private readonly Queue<int> _cuts = new();
    private readonly List<int> _taken = [];
    private readonly List<(TerminalAddress Terminal, CommandKind Kind, Instant At)> _dispatched = [];
    private DispatchLimiter _limiter;
    private GuardBook _pace = new();
    private Instant _upAt = GuardTrialPlan.Start;
    private int _asked;
    private int _reconnected;

    public GuardTrialProcess(int number, GuardTrialPlan plan, GuardTrialStore store)
    {
        (_number, _plan, _store) = (number, plan, store);
        _limiter = new(plan.Limiter);
        _limiter.BeginRampUp(GuardTrialPlan.Start - TimeSpan.FromHours(1));
        _reconnects = [.. plan.Reconnects.Where(one => one.Concentrator % 2 == number)];
        ReadyAt = GuardTrialPlan.Start;
    }

    /// <summary>When it does something next, true time.</summary>
    public Instant ReadyAt { get; private set; }

    /// <summary>From payment to the bytes of each reconnect.</summary>
    public List<TimeSpan> Latencies { get; } = [];

    /// <summary>All reconnects it has to do.</summary>
    public int Reconnects => _reconnects.Count;

    /// <summary>Cuts that people released come back.</summary>
    public void Requeue(IEnumerable<int> cuts, Instant real)
    {
        foreach (var cut in cuts) _cuts.Enqueue(cut);
        if (ReadyAt > real && real > _upAt) ReadyAt = real;
    }

    /// <summary>It dies: what it had taken but not committed is as if it had never been; the store remembers.</summary>
    public void Restart(Instant real, TimeSpan down)
    {
        var up = real + down;
        foreach (var cut in _taken) _cuts.Enqueue(cut);
        _taken.Clear();
        _limiter = new(_plan.Limiter);
        _limiter.Restore(_dispatched.Where(one => one.At > up + _plan.Skew[_number] - DispatchLimiter.Memory));
        _limiter.BeginRampUp(up + _plan.Skew[_number]);
        _pace = new();
        var window = TimeSpan.FromMinutes(_plan.Guard.WindowMinutes);
        foreach (var cut in _store.Sent.Where(one => one.At > up - window))
        {
            _pace.Book(_store.TermsOf(cut.Cut), cut.At);
        }

        (ReadyAt, _upAt) = (up, up);
    }

    /// <summary>One step of its loop.</summary>
    public void Step(bool withCuts)
    {
        var real = ReadyAt;
        if (_taken.Count > 0)
        {
            Commit(real);
            return;
        }

        var now = real + _plan.Skew[_number];
        if (Reconnect(real, now)) return;
        var wake = _reconnected < _reconnects.Count ? _reconnects[_reconnected].At : Instant.Never;
        if (wake <= real) wake = real + TimeSpan.FromMilliseconds(1); // The limiter holds it back.
        if (withCuts)
        {
            while (_asked < _plan.Cuts && _plan.Asked[_asked] <= real) _cuts.Enqueue(_asked++);
            if (_asked < _plan.Cuts) wake = Earlier(wake, _plan.Asked[_asked]);
            wake = Earlier(wake, Take(real, now));
        }

        ReadyAt = wake;
    }

    private static Instant Earlier(Instant a, Instant b) => a < b ? a : b;

    private static Instant After(Instant real, int commands) => real + TransactionBase + (TransactionEach * commands);

    private static TerminalAddress TerminalOf(int concentrator) => TerminalAddress.Of(9, concentrator + 1);

    private bool Reconnect(Instant real, Instant now)
    {
        var first = _reconnected;
        while (_reconnected < _reconnects.Count && _reconnected - first < CommandsPerDispatch)
        {
            var (at, concentrator) = _reconnects[_reconnected];
            if (at > real || !_limiter.TryTake(TerminalOf(concentrator), CommandKind.Close, now, out _)) break;
            _dispatched.Add((TerminalOf(concentrator), CommandKind.Close, now));
            _reconnected++;
        }

        if (_reconnected == first) return false;
        ReadyAt = After(real, _reconnected - first);
        for (var i = first; i < _reconnected; i++) Latencies.Add(ReadyAt - _reconnects[i].At);
        return true;
    }

    /// <summary>Takes cuts for one transaction; returns when to look again.</summary>
    private Instant Take(Instant real, Instant now)
    {
        var seen = 0;
        var wake = Instant.Never;
        while (_cuts.Count > 0 && _taken.Count < CommandsPerDispatch && seen++ < 4 * CommandsPerDispatch)
        {
            var cut = _cuts.Peek();
            if (!_store.IsQueued(cut))
            {
                _cuts.Dequeue();
                continue;
            }

            if (_store.IsStopped) return real + TimeSpan.FromMinutes(1);
            var turn = _plan.IsPaceBroken ? now : _pace.FreeAt(_store.PaceOf(cut), now);
            if (turn > now)
            {
                // It goes behind the others: another feeder may have room.
                wake = Earlier(wake, real + (turn - now));
                _cuts.Enqueue(_cuts.Dequeue());
                continue;
            }

            if (!_limiter.TryTake(TerminalOf(cut % GuardTrialPlan.Concentrators), CommandKind.Trip, now, out var free))
            {
                wake = Earlier(wake, real + (free - now));
                if (_limiter.SystemFreeAt(CommandKind.Trip, now) > now) break;
                _cuts.Enqueue(_cuts.Dequeue());
                continue;
            }

            _dispatched.Add((TerminalOf(cut % GuardTrialPlan.Concentrators), CommandKind.Trip, now));
            _taken.Add(_cuts.Dequeue());
        }

        return _taken.Count > 0 ? After(real, _taken.Count) : _cuts.Count > 0 ? Earlier(wake, Soon(real)) : wake;
    }

    private static Instant Soon(Instant real) => real + TimeSpan.FromSeconds(10);

    private void Commit(Instant real)
    {
        var now = real + _plan.Skew[_number];
        foreach (var cut in _taken)
        {
            if (_store.TryDispatch(cut, now, real)) _pace.Book(_store.TermsOf(cut), now);
            else if (_store.IsQueued(cut)) _cuts.Enqueue(cut);
        }

        _taken.Clear();
    }
}

namespace Meters.Tests;

/// <summary>Time that stands still until it is moved to the next timer. For one thread.</summary>
public sealed class VirtualTime : TimeProvider
{
    /// <summary>A run that lasts longer has hung while something ticked on.</summary>
    private static readonly TimeSpan RunMax = TimeSpan.FromDays(30);

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(Timer Timer, long Version), (long Due, long Order)> _timers = new();
    private long _ticks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => Begin.AddTicks(_ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves to the next timer and runs it; false when none is set.</summary>
    /// <exception cref="TimeoutException">The run has lasted too long.</exception>
    public bool TryAdvance()
    {
        while (_timers.TryDequeue(out var next, out var at))
        {
            if (next.Timer.Version != next.Version) continue; // Changed or disposed since.
            if (at.Due > RunMax.Ticks) throw new TimeoutException("The run has lasted too long on its own clock.");
            _ticks = at.Due;
            next.Timer.Fire();
            return true;
        }

        return false;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public long Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Version++;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            time._timers.Enqueue((this, Version), (time._ticks + dueTime.Ticks, time._order++));
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            callback(state);
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>
/// The program's clock where time runs fast: it stands still until it is moved, so results do not depend on the
/// machine's speed. It makes no timers; whatever waits, waits on the wire clock.
/// </summary>
public sealed class StepClock(Instant start) : TimeProvider
{
    private long _micros = start.UnixMicros;

    /// <summary>Its ticks go with its time: to whoever compares the two it never jumps.</summary>
    public override long TimestampFrequency => Instant.MicrosPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _micros);

    public override DateTimeOffset GetUtcNow() => new Instant(Interlocked.Read(ref _micros)).ToDateTimeOffset();

    /// <exception cref="ArgumentOutOfRangeException">The instant lies before now: time does not run
    /// backwards.</exception>
    public void MoveTo(Instant at)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(at.UnixMicros, Interlocked.Read(ref _micros));
        Interlocked.Exchange(ref _micros, at.UnixMicros);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("Nothing waits on the program's clock: due instants live in the store.");
}

using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>The world's time, and the program's clock, which may stand elsewhere.</summary>
internal sealed class YearClock(Instant start) : TimeProvider
{
    /// <summary>What time it really is.</summary>
    public Instant True { get; private set; } = start;

    /// <summary>By how much the program's clock is ahead.</summary>
    public TimeSpan Skew { get; set; }

    public override long TimestampFrequency => Instant.MicrosPerSecond;

    public void Reach(Instant at)
    {
        if (at > True) True = at;
    }

    public override DateTimeOffset GetUtcNow() => (True + Skew).ToDateTimeOffset();

    public override long GetTimestamp() => True.UnixMicros;
}

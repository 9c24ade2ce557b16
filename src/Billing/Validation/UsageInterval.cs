using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>Energy between two successive readings of a channel, after the multiplier.</summary>
/// <param name="From">The reading before.</param>
/// <param name="To">The reading at its end.</param>
/// <param name="Used">Not negative.</param>
/// <param name="IsActual">Both ends were read, not estimated.</param>
public readonly record struct UsageInterval(Instant From, Instant To, Energy Used, bool IsActual)
{
    public long Micros => To.UnixMicros - From.UnixMicros;

    /// <summary>What it comes to in an hour, rounded down.</summary>
    public Energy PerHour => new((long)((Int128)Used.TenthsWh * Instant.MicrosPerHour / Micros));
}

/// <summary>From an instant on, another multiplier.</summary>
public readonly record struct MultiplierFrom(Instant From, int Multiplier);

/// <summary>A series of readings as what was used between them.</summary>
public static class UsageIntervals
{
    /// <summary>
    /// Intervals of a channel's readings. Left out are those whose register fell (a roll-over or a fault, which the
    /// book deals with), those that a change of the multiplier cuts, and those that do not fit 64 bits.
    /// </summary>
    /// <param name="readings">Ascending by instant.</param>
    /// <param name="multiplier">Before the first change.</param>
    /// <param name="changes">Ascending.</param>
    public static IReadOnlyList<UsageInterval> Of(
        IReadOnlyList<Reading> readings, int multiplier, IReadOnlyList<MultiplierFrom>? changes = null)
    {
        var intervals = new List<UsageInterval>(Math.Max(0, readings.Count - 1));
        for (var i = 1; i < readings.Count; i++)
        {
            var (a, b) = (readings[i - 1], readings[i]);
            var used = b.Register.TenthsWh - (Int128)a.Register.TenthsWh;
            if (b.At <= a.At || used < 0) continue;
            var factor = multiplier;
            var isCut = false;
            foreach (var change in changes ?? [])
            {
                if (change.From <= a.At) factor = change.Multiplier;
                else isCut |= change.From < b.At;
            }

            used *= factor;
            if (isCut || used > long.MaxValue) continue;
            var actual = a.Quality != ReadingQuality.Estimated && b.Quality != ReadingQuality.Estimated;
            intervals.Add(new(a.At, b.At, new((long)used), actual));
        }

        return intervals;
    }
}

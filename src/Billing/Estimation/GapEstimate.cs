using Meters.Units;

namespace Meters.Billing.Estimation;

/// <summary>How the energy of a gap was spread over its hours. Stored by <see cref="EstimationMethodTags"/>.</summary>
public enum EstimationMethod
{
    /// <summary>The same in every minute.</summary>
    StraightLine,

    /// <summary>As the meter's own same hours of earlier days and weeks, scaled to the exact energy.</summary>
    OwnProfile,

    /// <summary>
    /// As the meter's own same hours of earlier days and weeks, not scaled: there is no later register yet.
    /// </summary>
    OpenEnd,
}

public static class EstimationMethodTags
{
    public static string Tag(this EstimationMethod method) => method switch
    {
        EstimationMethod.StraightLine => "straight_line",
        EstimationMethod.OwnProfile => "own_profile",
        EstimationMethod.OpenEnd => "open_end",
        _ => throw new ArgumentOutOfRangeException(nameof(method)),
    };
}

/// <param name="At">A whole hour.</param>
/// <param name="Register">What the register is taken to have shown, on the meter's own side.</param>
public readonly record struct EstimatedValue(Instant At, Energy Register);

/// <summary>The values that a gap is filled with.</summary>
/// <param name="Channel">Whose.</param>
/// <param name="From">The reading before the gap.</param>
/// <param name="To">The reading after it; the last estimated hour, where there is none.</param>
/// <param name="Method">How they came about.</param>
/// <param name="Values">Ascending; each is within the two registers.</param>
public sealed record GapEstimate(
    ChannelId Channel, Instant From, Instant To, EstimationMethod Method, IReadOnlyList<EstimatedValue> Values);

/// <summary>A stretch of a series without values at its whole hours.</summary>
/// <param name="Before">The reading before it.</param>
/// <param name="After">The reading after it.</param>
public readonly record struct Gap(Reading Before, Reading After)
{
    /// <summary>Whole hours strictly between the two readings, ascending.</summary>
    public IEnumerable<Instant> Hours => HoursBetween(Before.At, After.At);

    /// <summary>How many these are.</summary>
    public long HourCount
    {
        get
        {
            var first = FirstHourAfter(Before.At);
            return first >= After.At.UnixMicros
                ? 0
                : ((After.At.UnixMicros - 1 - first) / Instant.MicrosPerHour) + 1;
        }
    }

    /// <summary>Gaps between successive readings of a series; estimates in it count as missing.</summary>
    /// <param name="readings">Ascending by instant, of one channel.</param>
    public static IEnumerable<Gap> In(IReadOnlyList<Reading> readings)
    {
        Reading? before = null;
        foreach (var reading in readings)
        {
            if (reading.Quality > ReadingQuality.Edited) continue;
            if (before is { } last && new Gap(last, reading).HourCount > 0) yield return new(last, reading);
            before = reading;
        }
    }

    internal static IEnumerable<Instant> HoursBetween(Instant after, Instant before)
    {
        for (var hour = FirstHourAfter(after); hour < before.UnixMicros; hour += Instant.MicrosPerHour)
        {
            yield return new(hour);
        }
    }

    private static long FirstHourAfter(Instant at)
    {
        var into = ((at.UnixMicros % Instant.MicrosPerHour) + Instant.MicrosPerHour) % Instant.MicrosPerHour;
        return at.UnixMicros - into + Instant.MicrosPerHour;
    }
}

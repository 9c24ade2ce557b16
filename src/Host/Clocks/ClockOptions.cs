using System.ComponentModel.DataAnnotations;

namespace Meters.Host.Clocks;

/// <summary>
/// How concentrators' clocks are watched and set. On the program's clock unless said otherwise; every number is
/// explained in docs/limits.md.
/// </summary>
public sealed class ClockOptions : IValidatableObject
{
    /// <summary>Seconds that a clock may be off.</summary>
    [Range(2, 86_400)] public int DriftSecondsMax { get; set; } = 60;

    /// <summary>Seconds off beyond which a clock is not set by itself: a person looks at it first.</summary>
    [Range(2, 100_000_000)] public int SetSecondsMax { get; set; } = 900;

    /// <summary>Hours between two times at which the same clock is set by itself.</summary>
    [Range(1, 8_760)] public int SetHours { get; set; } = 24;

    /// <summary>Hours between two reads of a clock that nothing speaks against.</summary>
    [Range(1, 8_760)] public int ReadHours { get; set; } = 24;

    /// <summary>Minutes between two reads at least, and until a read or a set that failed is tried again.</summary>
    [Range(1, 1_440)] public int RetryMinutes { get; set; } = 10;

    /// <summary>Concentrators whose clocks are read or set at the same time.</summary>
    [Range(1, 1_000)] public int ClocksAtOnceMax { get; set; } = 10;

    /// <summary>
    /// Seconds on the wall clock that an answer may take: a command waits no longer than that for a request before it.
    /// </summary>
    [Range(1, 600)] public int ClockAnswerSecondsMax { get; set; } = 20;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DriftSecondsMax > SetSecondsMax) yield return new("DriftSecondsMax must not exceed SetSecondsMax.");
    }
}

using System.ComponentModel.DataAnnotations;

namespace Meters.Host.Gaps;

/// <summary>
/// How missing hours are counted and asked for. On the program's clock unless said otherwise; every number is explained
/// in docs/limits.md.
/// </summary>
public sealed class GapOptions : IValidatableObject
{
    /// <summary>Minutes past an hour at which it is counted, and the asking for what is missing begins.</summary>
    [Range(1, 720)] public int DelayMinutes { get; set; } = 20;

    /// <summary>How often a concentrator is asked for an hour; behind it the hour counts as exhausted.</summary>
    [Range(1, 100)] public int AttemptsMax { get; set; } = 6;

    /// <summary>Wait after the first round that brought nothing; doubled with each further one.</summary>
    [Range(1, 1_440)] public int BackOffMinutes { get; set; } = 10;

    [Range(1, 10_080)] public int BackOffMinutesMax { get; set; } = 120;

    /// <summary>Older hours are not asked for any more, also where the concentrator never was there.</summary>
    [Range(1, 400)] public int DaysMax { get; set; } = 31;

    /// <summary>Days for which counted hours are kept.</summary>
    [Range(1, 4_000)] public int KeptDaysMax { get; set; } = 400;

    /// <summary>Concentrators that are asked at the same time.</summary>
    [Range(1, 1_000)] public int ConcentratorsAtOnceMax { get; set; } = 20;

    /// <summary>Ranges of hours, of one meter each, in one request.</summary>
    [Range(1, 100)] public int RangesPerRequestMax { get; set; } = 10;

    /// <summary>Points that one request may ask for: four bytes of the answer each.</summary>
    [Range(24, 2_000)] public int PointsPerRequestMax { get; set; } = 200;

    /// <summary>Requests to a concentrator in one round; one hour of all its meters may take more.</summary>
    [Range(1, 1_000)] public int RequestsPerRoundMax { get; set; } = 20;

    /// <summary>Incomplete hours of a concentrator that are looked at in one go.</summary>
    [Range(1, 168)] public int HoursPerLookMax { get; set; } = 48;

    /// <summary>
    /// Seconds on the wall clock that an answer may take: a command waits no longer than that for a request before it.
    /// </summary>
    [Range(1, 600)] public int AnswerSecondsMax { get; set; } = 20;

    /// <summary>Minutes until a concentrator without a session is looked for again.</summary>
    [Range(1, 1_440)] public int AwayMinutes { get; set; } = 10;

    /// <summary>Of the jitter in every wait.</summary>
    public long Seed { get; set; } = 1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BackOffMinutes > BackOffMinutesMax) yield return new("BackOffMinutes must not exceed BackOffMinutesMax.");
        if (KeptDaysMax < DaysMax) yield return new("KeptDaysMax must be at least DaysMax.");
    }
}

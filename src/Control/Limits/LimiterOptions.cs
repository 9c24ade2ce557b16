using System.ComponentModel.DataAnnotations;

namespace Meters.Control.Limits;

/// <summary>How fast commands leave. Relations are checked with the ranges, all at once, at start.</summary>
public sealed class LimiterOptions : IValidatableObject
{
    /// <summary>Commands dispatched in any second, over all concentrators. Default 50.</summary>
    [Range(1, 10_000)] public int CommandsPerSecondSystemMax { get; set; } = 50;

    /// <summary>Of these, kept free for reconnects. Default 10. Less than the maximum.</summary>
    [Range(0, 9_999)] public int CommandsPerSecondSystemReserve { get; set; } = 10;

    /// <summary>
    /// Commands dispatched in any minute to one concentrator. Default 30: the power line carries one at a time.
    /// </summary>
    [Range(1, 1_000)] public int CommandsPerMinutePerConcentratorMax { get; set; } = 30;

    /// <summary>Of these, kept free for reconnects. Default 10. Less than the maximum.</summary>
    [Range(0, 999)] public int CommandsPerMinutePerConcentratorReserve { get; set; } = 10;

    /// <summary>
    /// Commands dispatched in any minute to the meters of one feeder or transformer that is known. Default 300.
    /// </summary>
    [Range(1, 10_000)] public int CommandsPerMinutePerFeederMax { get; set; } = 300;

    /// <summary>Of these, kept free for reconnects. Default 100. Less than the maximum.</summary>
    [Range(0, 9_999)] public int CommandsPerMinutePerFeederReserve { get; set; } = 100;

    /// <summary>Commands on the wire of one concentrator at once. Default 8.</summary>
    [Range(1, 64)] public int CommandsInFlightPerConcentratorMax { get; set; } = 8;

    /// <summary>An answer that takes longer halves what its concentrator is asked for, seconds. Default 30.</summary>
    [Range(1, 600)] public int SlowAnswerSeconds { get; set; } = 30;

    /// <summary>
    /// Seconds in which everything but reconnects reaches its full rate after a start or the release of the switch.
    /// Default 120; 0: at once.
    /// </summary>
    [Range(0, 86_400)] public int RampSeconds { get; set; } = 120;

    /// <summary>Percent of the rate that it begins with. Default 20.</summary>
    [Range(1, 100)] public int RampStartPercent { get; set; } = 20;

    /// <summary>
    /// Percent of the guard's caps that cuts are spread over a window with. Default 75: the rest is room for a person's
    /// cut. With several control processes divide it by their number.
    /// </summary>
    [Range(1, 100)] public int CutPacePercent { get; set; } = 75;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CommandsPerSecondSystemReserve >= CommandsPerSecondSystemMax)
        {
            yield return new(
                $"{nameof(CommandsPerSecondSystemReserve)} must be less than {nameof(CommandsPerSecondSystemMax)}.",
                [nameof(CommandsPerSecondSystemReserve)]);
        }

        if (CommandsPerMinutePerConcentratorReserve >= CommandsPerMinutePerConcentratorMax)
        {
            yield return new(
                $"{nameof(CommandsPerMinutePerConcentratorReserve)} must be less than "
                    + $"{nameof(CommandsPerMinutePerConcentratorMax)}.",
                [nameof(CommandsPerMinutePerConcentratorReserve)]);
        }

        if (CommandsPerMinutePerFeederReserve >= CommandsPerMinutePerFeederMax)
        {
            yield return new(
                $"{nameof(CommandsPerMinutePerFeederReserve)} must be less than "
                    + $"{nameof(CommandsPerMinutePerFeederMax)}.",
                [nameof(CommandsPerMinutePerFeederReserve)]);
        }
    }
}

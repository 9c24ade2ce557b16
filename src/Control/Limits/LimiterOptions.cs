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
    }
}

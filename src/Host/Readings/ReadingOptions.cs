using System.ComponentModel.DataAnnotations;
using Meters.Billing.Estimation;
using Meters.Billing.Validation;

namespace Meters.Host.Readings;

/// <summary>Settings section Readings: checks and estimates. All on the program's clock.</summary>
public sealed class ReadingOptions
{
    /// <summary>Longer gaps are not estimated but left to a person, hours.</summary>
    [Range(1, 8_784)] public int GapHoursMax { get; set; } = 744;

    /// <summary>Hours after the last reading that are estimated without a later register; 0: none.</summary>
    [Range(0, 744)] public int OpenEndHoursMax { get; set; }

    /// <summary>Days of the meter's own history behind a profile and a check.</summary>
    [Range(7, 366)] public int HistoryDays { get; set; } = 28;

    /// <summary>Missing hours that one run of the estimator looks at; the rest waits for the next.</summary>
    [Range(1, 1_000_000)] public int MissingPerRunMax { get; set; } = 50_000;

    /// <summary>Rows of a register that one look at it reads.</summary>
    [Range(100, 100_000)] public int RowsPerChannelMax { get; set; } = 20_000;

    public EstimationOptions ToEstimation() => new()
    {
        GapHoursMax = GapHoursMax,
        OpenEndHoursMax = OpenEndHoursMax,
        ProfileDays = HistoryDays,
    };

    public CheckOptions ToChecks() => new() { HistoryDays = HistoryDays };
}

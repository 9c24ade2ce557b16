namespace Meters.Billing.Estimation;

/// <summary>How gaps are estimated.</summary>
public sealed record EstimationOptions
{
    /// <summary>Longer gaps go to a person, hours: no profile stands for a month.</summary>
    public int GapHoursMax { get; init; } = 744;

    /// <summary>Earlier days and weeks whose same hours make the profile.</summary>
    public int ProfileDays { get; init; } = 28;

    /// <summary>This percentage of the missing hours must have a profile; otherwise it is a straight line.</summary>
    public int ProfilePercentMin { get; init; } = 75;

    /// <summary>
    /// Hours after the last reading that are estimated without a later register; 0: none. Such an estimate may warn a
    /// customer, it never cuts.
    /// </summary>
    public int OpenEndHoursMax { get; init; }

    /// <summary>Estimated hours within <see cref="ProlongedDays"/> above which a meter is on the report.</summary>
    public int ProlongedHours { get; init; } = 72;

    /// <summary>Days that the report of prolonged estimation looks back.</summary>
    public int ProlongedDays { get; init; } = 30;
}

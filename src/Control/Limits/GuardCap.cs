using System.ComponentModel.DataAnnotations;

namespace Meters.Control.Limits;

/// <summary>
/// The mass-disconnect guard's caps: for each window a floor, a share in ten thousands of accounts and of their
/// estimated load, and an absolute bound.
/// </summary>
public sealed class GuardOptions : IValidatableObject
{
    /// <summary>Length of the sliding window, minutes. Default 15.</summary>
    [Range(1, 1_440)] public int WindowMinutes { get; set; } = 15;

    /// <summary>Cuts always allowed in a window, however few accounts there are. Default 20.</summary>
    [Range(1, 100_000)] public int TripsFloor { get; set; } = 20;

    /// <summary>Cuts allowed in a window, per ten thousand accounts. Default 50: half a percent.</summary>
    [Range(0, 10_000)] public int TripsPerTenThousandAccounts { get; set; } = 50;

    /// <summary>Cuts never exceeded in a window, however many accounts there are. Default 5,000.</summary>
    [Range(1, 1_000_000)] public int TripsMax { get; set; } = 5_000;

    /// <summary>Estimated load that may always be cut in a window, kW. Default 500.</summary>
    [Range(1, 10_000_000)] public int KilowattsFloor { get; set; } = 500;

    /// <summary>Estimated load never exceeded in a window, kW. Default 50,000: a small power station.</summary>
    [Range(1, 10_000_000)] public int KilowattsMax { get; set; } = 50_000;

    /// <summary>Cuts always allowed in a window in one region. Default 20.</summary>
    [Range(1, 100_000)] public int RegionTripsFloor { get; set; } = 20;

    /// <summary>Cuts and load allowed in a window, per ten thousand of a region. Default 100: one percent.</summary>
    [Range(0, 10_000)] public int RegionPerTenThousand { get; set; } = 100;

    /// <summary>Estimated load that may always be cut in a window in one region, kW. Default 500.</summary>
    [Range(1, 10_000_000)] public int RegionKilowattsFloor { get; set; } = 500;

    /// <summary>Cuts always allowed in a window on one feeder or transformer. Default 20.</summary>
    [Range(1, 100_000)] public int FeederTripsFloor { get; set; } = 20;

    /// <summary>Cuts and load allowed in a window, per ten thousand of a feeder. Default 500: five percent.</summary>
    [Range(0, 10_000)] public int FeederPerTenThousand { get; set; } = 500;

    /// <summary>Estimated load that may always be cut in a window on one feeder, kW. Default 400.</summary>
    [Range(1, 10_000_000)] public int FeederKilowattsFloor { get; set; } = 400;

    /// <summary>Cuts that one person may ask for in a window. Default 10: people cut one by one.</summary>
    [Range(1, 100_000)] public int OperatorTripsMax { get; set; } = 10;

    /// <summary>Estimated load that one person may cut in a window, kW. Default 500.</summary>
    [Range(1, 10_000_000)] public int OperatorKilowattsMax { get; set; } = 500;

    /// <summary>Percent of a cap past which an alarm is raised. Default 80.</summary>
    [Range(1, 100)] public int WarnPercent { get; set; } = 80;

    /// <summary>Percent of a cap past which a cut is quarantined that nobody released. Default 90.</summary>
    [Range(1, 100)] public int QuarantinePercent { get; set; } = 90;

    /// <summary>Cuts that may be proposed in any hour without comparing it with history. Default 100.</summary>
    [Range(1, 1_000_000)] public int JumpTripsFloor { get; set; } = 100;

    /// <summary>Percent of the usual of an hour past which what it proposes is quarantined. Default 500.</summary>
    [Range(101, 100_000)] public int JumpPercent { get; set; } = 500;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (WarnPercent > QuarantinePercent)
        {
            yield return new(
                $"{nameof(WarnPercent)} must be at most {nameof(QuarantinePercent)}.", [nameof(WarnPercent)]);
        }

        if (TripsFloor > TripsMax)
        {
            yield return new($"{nameof(TripsFloor)} must be at most {nameof(TripsMax)}.", [nameof(TripsFloor)]);
        }

        if (KilowattsFloor > KilowattsMax)
        {
            yield return new(
                $"{nameof(KilowattsFloor)} must be at most {nameof(KilowattsMax)}.", [nameof(KilowattsFloor)]);
        }
    }
}

/// <summary>
/// Bounds the damage of any error of ours: on 12 August 2020 a software error in Uttar Pradesh cut at least 158,000
/// paid-up homes at once.
/// </summary>
public static class GuardCap
{
    /// <summary>
    /// Cuts that may be dispatched in any window: the larger of floor and share, the share rounded down; never more
    /// than the absolute bound.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of accounts.</exception>
    public static int TripsMax(long accounts, GuardOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(accounts);
        ArgumentNullException.ThrowIfNull(options);
        var share = (Int128)accounts * options.TripsPerTenThousandAccounts / 10_000;
        return (int)Int128.Min(options.TripsMax, Int128.Max(options.TripsFloor, share));
    }
}

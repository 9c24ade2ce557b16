using System.ComponentModel.DataAnnotations;

namespace Meters.Control.Limits;

/// <summary>The mass-disconnect guard's hard cap.</summary>
public sealed class GuardOptions
{
    /// <summary>Length of the sliding window, minutes. Default 15.</summary>
    [Range(1, 1_440)] public int WindowMinutes { get; set; } = 15;

    /// <summary>Cuts always allowed in a window, however few accounts there are. Default 20.</summary>
    [Range(1, 100_000)] public int TripsFloor { get; set; } = 20;

    /// <summary>Cuts allowed in a window, per ten thousand accounts. Default 50: half a percent.</summary>
    [Range(0, 10_000)] public int TripsPerTenThousandAccounts { get; set; } = 50;
}

/// <summary>
/// Bounds the damage of any error of ours: on 12 August 2020 a software error in Uttar Pradesh cut at least 158,000
/// paid-up homes at once.
/// </summary>
public static class GuardCap
{
    /// <summary>
    /// Cuts that may be dispatched in any window: the larger of floor and share, the share rounded down.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of accounts.</exception>
    public static int TripsMax(long accounts, GuardOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(accounts);
        ArgumentNullException.ThrowIfNull(options);
        var share = (Int128)accounts * options.TripsPerTenThousandAccounts / 10_000;
        return (int)Int128.Min(int.MaxValue, Int128.Max(options.TripsFloor, share));
    }
}

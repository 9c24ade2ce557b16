using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>Reckoning in local days: what "in three days" means where a day may have 23 or 25 hours.</summary>
public static class PolicyTime
{
    /// <summary>Days looked ahead for working days; beyond that a calendar has closed everything.</summary>
    private const int DaysAheadMax = 400;

    /// <summary>The local day that an instant lies in.</summary>
    public static ServiceDay DayOf(LocalZone zone, Instant at)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return ServiceDay.Of(DateOnly.FromDateTime(zone.ToLocal(at)));
    }

    /// <summary>The same local time so many days later.</summary>
    public static Instant AddDays(LocalZone zone, Instant at, int days)
    {
        ArgumentNullException.ThrowIfNull(zone);
        return days == 0 ? at : zone.ToInstant(zone.ToLocal(at).AddDays(days));
    }

    /// <summary>
    /// After so many whole working days: the day that an instant lies in does not count, and it is over at the midnight
    /// that ends the last one. <see cref="Instant.Never"/> when there are not as many within a year.
    /// </summary>
    public static Instant AfterWorkingDays(CutWindows windows, Instant at, int days)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (days == 0) return at;
        var day = DayOf(windows.Zone, at);
        for (var i = 0; i < DaysAheadMax; i++)
        {
            day = day.AddDays(1);
            if (windows.Rules.IsWorkingDay(day) && !windows.NoCutDays.Contains(day) && --days == 0)
            {
                return windows.Zone.StartOf(day.AddDays(1));
            }
        }

        return Instant.Never;
    }
}

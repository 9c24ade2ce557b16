using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>What a local day took.</summary>
/// <param name="Day">The day.</param>
/// <param name="From">Its first instant.</param>
/// <param name="To">Its last instant.</param>
/// <param name="Used">Energy after the multiplier.</param>
public readonly record struct UsageDay(ServiceDay Day, Instant From, Instant To, Energy Used);

public static class UsageDays
{
    /// <summary>
    /// Whole days only: those whose intervals lie within the day and cover it from its first instant to its last.
    /// </summary>
    /// <param name="intervals">Ascending.</param>
    /// <param name="zone">Where days begin and end.</param>
    public static IReadOnlyList<UsageDay> Of(IReadOnlyList<UsageInterval> intervals, LocalZone zone)
    {
        var days = new List<UsageDay>();
        for (var i = 0; i < intervals.Count;)
        {
            var day = zone.ServiceDayOfIntervalEnd(intervals[i].To);
            var (from, to) = (zone.StartOf(day), zone.StartOf(day.AddDays(1)));
            var (at, sum) = (from, (Int128)0);
            for (; i < intervals.Count && intervals[i].To <= to; i++)
            {
                if (intervals[i].From != at) continue; // A gap, or it began the day before: at stays behind.
                (at, sum) = (intervals[i].To, sum + intervals[i].Used.TenthsWh);
            }

            if (at == to && sum <= long.MaxValue) days.Add(new(day, from, to, new((long)sum)));
        }

        return days;
    }

    /// <summary>The average of the days, rounded down; zero without any.</summary>
    public static Energy Average(IEnumerable<UsageDay> days)
    {
        var (sum, count) = ((Int128)0, 0);
        foreach (var day in days) (sum, count) = (sum + day.Used.TenthsWh, count + 1);
        return count == 0 ? Energy.Zero : new((long)(sum / count));
    }
}

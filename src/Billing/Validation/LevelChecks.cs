using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>What a meter uses against its own habits.</summary>
public static class LevelChecks
{
    private const int Percent = 100;

    /// <summary>Single intervals far above the median of the meter's own, each per hour.</summary>
    /// <param name="channel">Whose.</param>
    /// <param name="intervals">Ascending; history and what is looked at.</param>
    /// <param name="from">Intervals that end after this are looked at; the others are history.</param>
    /// <param name="options">Parameters.</param>
    public static IEnumerable<Finding> Spikes(
        ChannelId channel, IReadOnlyList<UsageInterval> intervals, Instant from, CheckOptions options)
    {
        const int HoursPerDay = 24;
        var history = intervals.Where(one => one.To <= from && one.IsActual)
            .Select(one => one.PerHour)
            .Order()
            .ToList();
        if (history.Count < options.HistoryDaysMin * HoursPerDay) yield break;
        var median = history[history.Count / 2];
        foreach (var one in intervals)
        {
            var hour = one.PerHour;
            if (one.To <= from || !one.IsActual || hour <= options.SpikeHourFloor) continue;
            if (hour.TenthsWh <= (Int128)median.TenthsWh * options.SpikeTimes) continue;
            yield return new(
                CheckKind.Spike, channel, one.From, one.To,
                [new("per_hour", hour.TenthsWh, "tenths_wh"), new("median_hour", median.TenthsWh, "tenths_wh")],
                $"{hour} in an hour; half of the meter's own hours are below {median}.");
        }
    }

    /// <summary>Whole days far above or below the average of the days before them.</summary>
    /// <param name="channel">Whose.</param>
    /// <param name="days">Whole days, ascending; history and what is looked at.</param>
    /// <param name="from">Days that begin at or after this are looked at.</param>
    /// <param name="options">Parameters.</param>
    public static IEnumerable<Finding> Levels(
        ChannelId channel, IReadOnlyList<UsageDay> days, Instant from, CheckOptions options)
    {
        foreach (var day in days.Where(one => one.From >= from))
        {
            var since = day.Day.AddDays(-options.HistoryDays);
            var history = days.Where(one => one.Day >= since && one.Day < day.Day).ToList();
            var average = UsageDays.Average(history);
            if (history.Count < options.HistoryDaysMin || average < options.AverageDayFloor) continue;
            var percent = (long)((Int128)day.Used.TenthsWh * Percent / average.TenthsWh);
            if (percent >= options.LowPercent && percent <= options.HighPercent) continue;
            var kind = percent > options.HighPercent ? CheckKind.High : CheckKind.Low;
            yield return new(
                kind, channel, day.From, day.To,
                [
                    new("day", day.Used.TenthsWh, "tenths_wh"), new("average_day", average.TenthsWh, "tenths_wh"),
                    new("share", percent, "percent"),
                ],
                $"{day.Used} on {day.Day}: {percent} % of the average day of {average}.");
        }
    }

    /// <summary>
    /// A step to a new level that is a ratio of transformers away from the old one, and stays: a transformer was
    /// changed and the registry does not know it, or the other way round.
    /// </summary>
    /// <param name="channel">Whose.</param>
    /// <param name="days">Whole days, ascending; the last ones are looked at.</param>
    /// <param name="options">Parameters.</param>
    public static Finding? MultiplierStep(ChannelId channel, IReadOnlyList<UsageDay> days, CheckOptions options)
    {
        var split = days.Count - options.MultiplierDays;
        if (split < options.HistoryDaysMin || options.MultiplierDays < 1) return null;
        var before = days.Take(split).TakeLast(options.HistoryDays).ToList();
        var after = days.Skip(split).ToList();
        var (old, now) = (UsageDays.Average(before), UsageDays.Average(after));
        var (small, large) = old < now ? (old, now) : (now, old);
        if (small <= Energy.Zero || large < options.AverageDayFloor) return null;
        foreach (var ratio in options.MultiplierRatios)
        {
            if (!after.TrueForAll(day => IsRatio(day.Used, old, now > old, ratio, options))) continue;
            return new(
                CheckKind.Multiplier, channel, after[0].From, after[^1].To,
                [
                    new("average_before", old.TenthsWh, "tenths_wh"), new("average_since", now.TenthsWh, "tenths_wh"),
                    new("ratio", ratio, "times"),
                ],
                $"The average day went from {old} to {now}, about {ratio} times {(now > old ? "more" : "less")}, and "
                + "stays there: compare the multiplier with the transformers on site.");
        }

        return null;
    }

    private static bool IsRatio(Energy day, Energy old, bool rose, int ratio, CheckOptions options)
    {
        var (value, wanted) = rose
            ? ((Int128)day.TenthsWh, (Int128)old.TenthsWh * ratio)
            : ((Int128)day.TenthsWh * ratio, (Int128)old.TenthsWh);
        return Int128.Abs(value - wanted) * Percent <= wanted * options.MultiplierTolerancePercent;
    }
}

using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>What is known of the relay over a time.</summary>
/// <param name="From">Read back open or closed then.</param>
/// <param name="To">Until when that is known to have lasted.</param>
/// <param name="IsOpen">True: the supply is off.</param>
public readonly record struct RelaySpan(Instant From, Instant To, bool IsOpen);

/// <summary>Use against the state of the relay.</summary>
public static class RelayChecks
{
    /// <summary>Energy through an open relay: somebody goes around it, or it did not open.</summary>
    /// <param name="channel">Whose.</param>
    /// <param name="intervals">Ascending.</param>
    /// <param name="relay">What is known of it; an interval must lie wholly within one span.</param>
    /// <param name="options">Parameters.</param>
    public static IEnumerable<Finding> Bypass(
        ChannelId channel, IReadOnlyList<UsageInterval> intervals, IReadOnlyList<RelaySpan> relay, CheckOptions options)
    {
        foreach (var span in relay.Where(one => one.IsOpen))
        {
            var inside = intervals.Where(one => one.From >= span.From && one.To <= span.To && one.IsActual).ToList();
            var used = Sum(inside);
            if (used <= options.BypassFloor) continue;
            var first = inside.First(one => one.Used > Energy.Zero);
            yield return new(
                CheckKind.Bypass, channel, span.From, inside[^1].To,
                [new("used", used.TenthsWh, "tenths_wh")],
                $"{used} since {first.From} though the relay is open since {span.From}.");
        }
    }

    /// <summary>
    /// Nothing used behind a closed relay by a meter whose own history says otherwise: a blown fuse, a dead meter, or
    /// somebody around the whole of it. Times of reported outages are left out.
    /// </summary>
    /// <param name="channel">Whose.</param>
    /// <param name="intervals">Ascending.</param>
    /// <param name="relay">What is known of it.</param>
    /// <param name="averageDay">Of the meter's own history.</param>
    /// <param name="options">Parameters.</param>
    public static Finding? DeadWhileOn(
        ChannelId channel,
        IReadOnlyList<UsageInterval> intervals,
        IReadOnlyList<RelaySpan> relay,
        Energy averageDay,
        CheckOptions options)
    {
        if (averageDay < options.AverageDayFloor || ZeroTail(intervals) is not { } tail) return null;
        var closed = relay.Count == 0 ? default : relay[^1];
        if (closed.IsOpen || closed.To <= closed.From) return null;
        var from = tail.From < closed.From ? closed.From : tail.From;
        var hours = (tail.To.UnixMicros - from.UnixMicros) / Instant.MicrosPerHour;
        if (hours < options.DeadHours) return null;
        return new(
            CheckKind.DeadWhileOn, channel, from, tail.To,
            [new("without_use", hours, "hours"), new("average_day", averageDay.TenthsWh, "tenths_wh")],
            $"Nothing used for {hours} hours though the relay is closed; the average day is {averageDay}.");
    }

    /// <summary>Nothing used for days, and the relay not known to be open.</summary>
    public static Finding? ZeroForLong(
        ChannelId channel, IReadOnlyList<UsageInterval> intervals, IReadOnlyList<RelaySpan> relay, CheckOptions options)
    {
        if (ZeroTail(intervals) is not { } tail) return null;
        if (relay.Any(span => span.IsOpen && span.To > tail.From)) return null;
        var days = (tail.To.UnixMicros - tail.From.UnixMicros) / Instant.MicrosPerDay;
        if (days < options.ZeroDays) return null;
        return new(
            CheckKind.ZeroForLong, channel, tail.From, tail.To, [new("without_use", days, "days")],
            $"Nothing used for {days} days.");
    }

    /// <summary>The unbroken stretch without use at the end of the series.</summary>
    private static (Instant From, Instant To)? ZeroTail(IReadOnlyList<UsageInterval> intervals)
    {
        var first = intervals.Count;
        while (first > 0 && intervals[first - 1].Used == Energy.Zero
            && (first == intervals.Count || intervals[first - 1].To == intervals[first].From))
        {
            first--;
        }

        return first == intervals.Count ? null : (intervals[first].From, intervals[^1].To);
    }

    private static Energy Sum(List<UsageInterval> intervals)
    {
        var sum = intervals.Aggregate((Int128)0, (so, one) => so + one.Used.TenthsWh);
        return new((long)Int128.Min(sum, long.MaxValue));
    }
}

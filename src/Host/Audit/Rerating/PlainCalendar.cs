namespace Meters.Host.Audit.Rerating;

/// <summary>When a band holds: on days that meet every condition, in any of the windows.</summary>
/// <param name="Months">Of the year.</param>
/// <param name="Dates">Parts of each year, ends included, as month times 100 plus day; may pass New Year.</param>
/// <param name="Days">Words for days, any of which is enough; empty for all.</param>
/// <param name="Windows">Minutes of the local day, the end excluded; empty for all.</param>
internal sealed record PlainRule(
    IReadOnlySet<int> Months, IReadOnlyList<(int From, int To)> Dates, IReadOnlyList<string> Days,
    IReadOnlyList<(int From, int To)> Windows);

internal sealed record PlainBand(string Name, IReadOnlyList<PlainRule> Rules);

/// <summary>Bands in order of precedence; the last holds where no other does.</summary>
/// <param name="Bands">At least one.</param>
/// <param name="Lists">Named days: with a year, or month times 100 plus day of each.</param>
internal sealed record PlainCalendar(
    IReadOnlyList<PlainBand> Bands, IReadOnlyDictionary<string, IReadOnlySet<int>> Lists)
{
    private static readonly string[] Names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public int BandAt(DateTime local)
    {
        for (var band = 0; band < Bands.Count - 1; band++)
        {
            if (Bands[band].Rules.Any(rule => Holds(rule, local))) return band;
        }

        return Bands.Count - 1;
    }

    private bool Holds(PlainRule rule, DateTime local)
    {
        var minute = (local.Hour * 60) + local.Minute;
        return rule.Months.Contains(local.Month)
            && (rule.Dates.Count == 0 || rule.Dates.Any(d => IsIn(d, (local.Month * 100) + local.Day, endIn: true)))
            && (rule.Days.Count == 0 || rule.Days.Any(word => IsDay(word, local)))
            && (rule.Windows.Count == 0 || rule.Windows.Any(window => IsIn(window, minute, endIn: false)));
    }

    /// <summary>One that begins after its end goes past the end of the year or of the day.</summary>
    private static bool IsIn((int From, int To) range, int value, bool endIn)
    {
        var beforeEnd = endIn ? value <= range.To : value < range.To;
        return range.From <= range.To ? value >= range.From && beforeEnd : value >= range.From || beforeEnd;
    }

    /// <summary>A holiday is neither weekday nor weekend; a day worked in exchange is a weekday.</summary>
    private bool IsDay(string word, DateTime local)
    {
        var saturdayOrSunday = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        return word switch
        {
            "weekday" => !IsOf("holiday", local) && (!saturdayOrSunday || IsOf("workday", local)),
            "weekend" => !IsOf("holiday", local) && saturdayOrSunday && !IsOf("workday", local),
            _ => Array.IndexOf(Names, word) is >= 0 and var day ? (int)local.DayOfWeek == day : IsOf(word, local),
        };
    }

    private bool IsOf(string list, DateTime local)
    {
        var date = (local.Month * 100) + local.Day;
        if (!Lists.TryGetValue(list, out var days)) return false;
        return days.Contains(date) || days.Contains((local.Year * 10_000) + date);
    }
}

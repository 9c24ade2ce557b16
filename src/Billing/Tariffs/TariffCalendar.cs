using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Which band holds at a local time. Slow and plain: the rater keeps what it found for a day.</summary>
/// <param name="bands">In order of precedence.</param>
/// <param name="dayLists">Named days: as month times 100 plus day for every year, or with the year before that.</param>
public sealed class TariffCalendar(
    IReadOnlyList<TariffBand> bands, IReadOnlyDictionary<string, IReadOnlySet<int>> dayLists)
{
    /// <summary>The list whose days are neither weekdays nor weekends.</summary>
    public const string Holiday = "holiday";

    /// <summary>The list whose days are weekdays, whatever day of the week: those worked in exchange.</summary>
    public const string Workday = "workday";

    internal static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public IReadOnlyList<TariffBand> Bands => bands;

    public IReadOnlyDictionary<string, IReadOnlySet<int>> DayLists => dayLists;

    /// <summary>Index of the band; the last one where no other holds.</summary>
    public int BandAt(DateTime local)
    {
        var slot = ((local.Hour * 60) + local.Minute) / 15;
        var date = DateOnly.FromDateTime(local);
        for (var b = 0; b < bands.Count - 1; b++)
        {
            foreach (var rule in bands[b].When)
            {
                if (rule.HoldsInSlot(slot) && HoldsOn(rule, date, date.DayOfWeek)) return b;
            }
        }

        return bands.Count - 1;
    }

    /// <summary>Index of a band by name; the last for null.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    internal int IndexOf(string? name, string tariff)
    {
        if (name is null) return bands.Count - 1;
        for (var b = 0; b < bands.Count; b++)
        {
            if (bands[b].Name == name) return b;
        }

        throw new ArgumentException($"Tariff {tariff} has no band '{name}'.", nameof(name));
    }

    internal int BandAt(LocalZone zone, Instant at) => bands.Count == 1 ? 0 : BandAt(zone.ToLocal(at));

    /// <summary>The day of the week is given apart, so that all of them can be tried for a day of every year.</summary>
    internal bool HoldsOn(BandRule rule, DateOnly date, DayOfWeek weekday)
    {
        if ((rule.Months >> date.Month & 1) == 0) return false;
        var day = (date.Month * 100) + date.Day;
        if (rule.Dates.Count > 0 && !rule.Dates.Any(part => Within(part.From, part.To, day))) return false;
        return rule.Days.Count == 0 || rule.Days.Any(word => IsDay(word, date, weekday));
    }

    private static bool Within(int from, int to, int day) =>
        from <= to ? day >= from && day <= to : day >= from || day <= to;

    private bool IsDay(string word, DateOnly date, DayOfWeek weekday)
    {
        if (dayLists.TryGetValue(word, out var list)) return Lists(list, date);
        if (word is not ("weekday" or "weekend")) return DayNames[(int)weekday] == word;
        if (Lists(Holiday, date)) return false;
        var isWeekend = weekday is DayOfWeek.Saturday or DayOfWeek.Sunday && !Lists(Workday, date);
        return isWeekend == (word == "weekend");
    }

    private bool Lists(string list, DateOnly date) => dayLists.TryGetValue(list, out var days) && Lists(days, date);

    private static bool Lists(IReadOnlySet<int> days, DateOnly date)
    {
        var day = (date.Month * 100) + date.Day;
        return days.Contains(day) || days.Contains((date.Year * 10_000) + day);
    }
}

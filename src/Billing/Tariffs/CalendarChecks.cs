namespace Meters.Billing.Tariffs;

/// <summary>Finds bands that hold at the same time without an order, and times at which none holds.</summary>
internal static class CalendarChecks
{
    // Any leap year: days of every year are tried on each day of the week.
    private const int LeapYear = 2024;

    public static void Check(TariffCalendar calendar, Action<string, string> fault)
    {
        var seen = new HashSet<ulong>();
        var told = new HashSet<(int, int)>();
        foreach (var (date, weekday) in DaysToTry(calendar))
        {
            var rules = RulesOn(calendar, date, weekday, out var signature);
            if (seen.Add(signature)) CheckDay(calendar, rules, date, weekday, told, fault);
        }
    }

    private static IEnumerable<(DateOnly Date, DayOfWeek Weekday)> DaysToTry(TariffCalendar calendar)
    {
        for (var date = new DateOnly(LeapYear, 1, 1); date.Year == LeapYear; date = date.AddDays(1))
        {
            for (var weekday = DayOfWeek.Sunday; weekday <= DayOfWeek.Saturday; weekday++) yield return (date, weekday);
        }

        foreach (var day in calendar.DayLists.Values.SelectMany(days => days).Where(day => day > 10_000))
        {
            var date = new DateOnly(day / 10_000, day / 100 % 100, day % 100);
            yield return (date, date.DayOfWeek);
        }
    }

    /// <summary>The rules of each band that hold on the day; which ones, as bits.</summary>
    private static List<BandRule>[] RulesOn(
        TariffCalendar calendar, DateOnly date, DayOfWeek weekday, out ulong signature)
    {
        signature = 0;
        var bit = 0;
        var rules = new List<BandRule>[calendar.Bands.Count];
        for (var b = 0; b < rules.Length; b++)
        {
            rules[b] = [];
            foreach (var rule in calendar.Bands[b].When)
            {
                var holds = calendar.HoldsOn(rule, date, weekday);
                if (holds) signature |= 1UL << bit;
                if (holds) rules[b].Add(rule);
                bit++;
            }
        }

        return rules;
    }

    private static void CheckDay(
        TariffCalendar calendar,
        List<BandRule>[] rules,
        DateOnly date,
        DayOfWeek weekday,
        HashSet<(int, int)> told,
        Action<string, string> fault)
    {
        var bands = calendar.Bands;
        var hasDefault = bands[^1].When.Count == 0;
        for (var slot = 0; slot < BandRule.SlotsPerDay; slot++)
        {
            var holding = Enumerable.Range(0, bands.Count)
                .Where(b => rules[b].Exists(rule => rule.HoldsInSlot(slot))).ToList();
            var time = $"on {date:MM-dd} ({TariffCalendar.DayNames[(int)weekday]}) at {slot / 4:D2}:{slot % 4 * 15:D2}";
            if (holding.Count == 0 && !hasDefault && told.Add((-1, -1)))
            {
                fault("$.bands", $"No band holds {time}, and the last one is not open.");
            }

            foreach (var (a, b) in holding.SelectMany(a => holding.Where(b => a < b).Select(b => (a, b))))
            {
                if (bands[a].Overrides.Contains(bands[b].Name) || !told.Add((a, b))) continue;
                fault(
                    $"$.bands[{a}].overrides",
                    $"'{bands[a].Name}' and '{bands[b].Name}' both hold {time}: say which overrides the other.");
            }
        }
    }
}

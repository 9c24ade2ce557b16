using System.Globalization;
using System.Text.Json;

namespace Meters.Billing.Tariffs;

internal sealed partial class TariffReader
{
    private const int DayListsMax = 20;
    private const int DaysOfListMax = 1_000;
    private const int WindowsMax = 24;

    private static readonly string[] RuleProperties = ["months", "dates", "days", "windows"];

    private TariffCalendar ReadCalendar(in JsonFields root)
    {
        var lists = ReadDayLists(root);
        var bands = new List<TariffBand>();
        foreach (var (value, path) in Items(root, "bands", TariffChecks.BandsMax))
        {
            if (ReadObject(value, path, ["name", "overrides", "when"], out var band)) bands.Add(ReadBand(band, lists));
        }

        if (bands.Count == 0) return TariffDraft.SingleBand;
        _bands = bands;
        for (var b = 0; b < bands.Count; b++)
        {
            var isLast = b == bands.Count - 1;
            if (bands[b].When.Count == 0 && !isLast) Fault($"$.bands[{b}].when", "Only the last band is open.");
            if (bands.Take(b).Any(band => band.Name == bands[b].Name))
            {
                Fault($"$.bands[{b}].name", $"There are two bands '{bands[b].Name}'.");
            }
            for (var o = 0; o < bands[b].Overrides.Count; o++)
            {
                if (bands.Skip(b + 1).Any(band => band.Name == bands[b].Overrides[o])) continue;
                Fault(
                    $"$.bands[{b}].overrides[{o}]",
                    $"'{bands[b].Overrides[o]}' is no band after this one: what overrides is listed first.");
            }
        }

        return new(bands, lists);
    }

    private Dictionary<string, IReadOnlySet<int>> ReadDayLists(in JsonFields root)
    {
        var lists = new Dictionary<string, IReadOnlySet<int>>(StringComparer.Ordinal);
        if (!root.Found.TryGetValue("dayLists", out var value)) return lists;
        var isObject = value.ValueKind == JsonValueKind.Object;
        string[] names = isObject ? [.. value.EnumerateObject().Select(p => p.Name)] : [];
        if (!ReadObject(value, "$.dayLists", names, out var fields)) return lists;
        if (names.Length > DayListsMax) Fault("$.dayLists", $"There are at most {DayListsMax} lists.");
        foreach (var name in fields.Found.Keys)
        {
            if (name is "weekday" or "weekend" || TariffCalendar.DayNames.Contains(name))
            {
                Fault(fields.At(name), "This word has a meaning of its own.");
            }

            var days = new HashSet<int>();
            foreach (var (item, path) in Items(fields, name, DaysOfListMax, min: 0))
            {
                if (IsText(item, path, out var text) && ReadDay(text, path) is { } day && !days.Add(day))
                {
                    Fault(path, $"'{text}' is there twice.");
                }
            }

            lists[name] = days;
        }

        return lists;
    }

    /// <summary>A date, or a month and day of every year.</summary>
    private int? ReadDay(string text, string path)
    {
        var isDate = text.Length == 10;
        var full = isDate ? text : $"2024-{text}"; // A leap year, so that 02-29 is a day.
        if (DateOnly.TryParseExact(full, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return (isDate ? date.Year * 10_000 : 0) + (date.Month * 100) + date.Day;
        }

        Fault(path, $"'{text}' is neither a date like 2026-10-01 nor a day of every year like 10-01.");
        return null;
    }

    private TariffBand ReadBand(in JsonFields band, Dictionary<string, IReadOnlySet<int>> lists)
    {
        Text(band, "name", out var name);
        if (name.Length is 0 or > 50) Fault(band.At("name"), "A name has 1 to 50 characters.");
        var rules = new List<BandRule>();
        foreach (var (value, path) in Items(band, "when", TariffChecks.RulesMax))
        {
            if (ReadObject(value, path, RuleProperties, out var rule)) rules.Add(ReadRule(rule, lists));
        }

        return new(name, Words(band, "overrides", TariffChecks.BandsMax), rules);
    }

    private BandRule ReadRule(in JsonFields rule, Dictionary<string, IReadOnlySet<int>> lists)
    {
        var dates = new List<(int, int)>();
        foreach (var (value, path) in Items(rule, "dates", WindowsMax))
        {
            if (!IsText(value, path, out var text)) continue;
            if (text.Split('/') is [{ Length: 5 } from, { Length: 5 } to]
                && ReadDay(from, path) is { } first && ReadDay(to, path) is { } last) dates.Add((first, last));
            else Fault(path, $"'{text}' is not a part of the year like 05-16/10-15.");
        }

        var days = Words(rule, "days", DayListsMax);
        for (var d = 0; d < days.Count; d++)
        {
            if (days[d] is "weekday" or "weekend" || TariffCalendar.DayNames.Contains(days[d])) continue;
            if (lists.ContainsKey(days[d])) continue;
            Fault($"{rule.At("days")}[{d}]", $"'{days[d]}' is neither a day of the week, weekday, weekend nor a list.");
        }

        return new(MonthsOf(rule, "months"), dates, days, ReadWindows(rule));
    }

    private List<(int, int)> ReadWindows(in JsonFields rule)
    {
        var windows = new List<(int, int)>();
        foreach (var (value, path) in Items(rule, "windows", WindowsMax))
        {
            if (!IsText(value, path, out var text)) continue;
            if (text.Split('-') is not [var from, var to] || SlotOf(from) is not { } start || SlotOf(to) is not { } end
                || start == end || start == BandRule.SlotsPerDay)
            {
                Fault(path, $"'{text}' is not a window like 08:00-11:30 or 22:00-24:00, on quarters of an hour.");
                continue;
            }

            var one = new BandRule(BandRule.AllMonths, [], [], [(start, end % BandRule.SlotsPerDay)]);
            var all = new BandRule(BandRule.AllMonths, [], [], [.. windows]);
            if (windows.Count > 0 && Enumerable.Range(0, BandRule.SlotsPerDay)
                .Any(slot => one.HoldsInSlot(slot) && all.HoldsInSlot(slot)))
            {
                Fault(path, $"'{text}' overlaps a window before it.");
            }

            windows.Add((start, end));
        }

        return windows;
    }

    /// <summary>Quarters of an hour since midnight; 24:00 is the end of the day.</summary>
    private static int? SlotOf(string text)
    {
        if (text.Length != 5 || text[2] != ':') return null;
        var culture = CultureInfo.InvariantCulture;
        if (!int.TryParse(text.AsSpan(0, 2), NumberStyles.None, culture, out var hour)) return null;
        if (!int.TryParse(text.AsSpan(3), NumberStyles.None, culture, out var minute)) return null;
        if (minute % 15 != 0 || minute > 45 || hour > 24 || (hour == 24 && minute > 0)) return null;
        return (hour * 4) + (minute / 15);
    }
}

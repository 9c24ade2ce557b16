using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>Reads the hours for cuts and the days without any.</summary>
internal static class CutWindowsJson
{
    private const int NthMax = 5;
    private const int NthWeekdaysMax = 7;
    private const int CalendarsMax = 10;

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static CutWindows Read(JsonPart root, LocalZone zone, long marginMinutes)
    {
        var windows = ReadWindows(root, marginMinutes);
        var noCutDays = root.Days("noCutDays", PolicyJson.NoCutDaysMax);
        var rules = new CalendarRules
        {
            NoCutWeekdays = ReadNthWeekdays(root),
            Names = [.. root.Words("holidayCalendars", 0, CalendarsMax)],
            DayBefore = root.Flag("noCutDayBeforeHoliday"),
            WorkingWeek = root.Has("workingWeek") ? ReadWeekdays(root, "workingWeek") : CalendarRules.MondayToFriday,
        };
        if (rules.DayBefore && rules.Names.Count == 0)
        {
            root.Fault("noCutDayBeforeHoliday", "no calendar of holidays is named.");
        }

        return new(zone, windows, noCutDays, TimeSpan.FromMinutes(marginMinutes)) { Rules = rules };
    }

    private static List<NthWeekday> ReadNthWeekdays(JsonPart root)
    {
        var rules = new List<NthWeekday>();
        if (!root.Has("noCutWeekdays")) return rules;
        foreach (var part in root.List("noCutWeekdays", 0, NthWeekdaysMax))
        {
            if (!part.IsObject(["day", "nth"])) continue;
            if (part.Part("day") is not { } name || ReadWeekday(name) is not { } day) continue;
            byte nth = 0;
            foreach (var number in part.List("nth", 1, NthMax))
            {
                if (!number.TryWhole(1, NthMax, out var n)) number.Fault($"must be 1 to {NthMax}.");
                else if ((nth & (1 << (n - 1))) != 0) number.Fault("named twice.");
                else nth |= (byte)(1 << (n - 1));
            }

            if (rules.Exists(rule => rule.Day == day)) part.Fault("day", "named twice.");
            rules.Add(new(day, nth));
        }

        return rules;
    }

    private static byte ReadWeekdays(JsonPart part, string property)
    {
        byte days = 0;
        foreach (var name in part.List(property, 1, 7))
        {
            if (ReadWeekday(name) is not { } day) continue;
            if ((days & (1 << (int)day)) != 0) name.Fault("named twice.");
            else days |= (byte)(1 << (int)day);
        }

        return days;
    }

    private static DayOfWeek? ReadWeekday(JsonPart part)
    {
        var number = Array.IndexOf(Days, part.AsText());
        if (number >= 0) return (DayOfWeek)number;
        part.Fault("must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'.");
        return null;
    }

    private static List<CutWindow> ReadWindows(JsonPart root, long marginMinutes)
    {
        var windows = new List<CutWindow>();
        if (!root.Has("cutWindows")) return windows;
        foreach (var part in root.List("cutWindows", 0, PolicyJson.WindowsMax))
        {
            if (!part.IsObject(["days", "from", "to"])) continue;
            var days = ReadWeekdays(part, "days");
            if (part.Minute("from") is not { } from || part.Minute("to") is not { } to) continue;
            if (from >= to)
            {
                part.Fault("ends before it begins; make two windows of one that passes midnight.");
            }
            else if (to - from <= marginMinutes && to < 1_440)
            {
                part.Fault($"impossible: not longer than the margin of {marginMinutes} minutes.");
            }

            windows.Add(new(days, from, to));
        }

        return windows;
    }
}

using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>The n-th of a weekday in each month: the second Saturday.</summary>
/// <param name="Day">Which weekday.</param>
/// <param name="Nth">1 to 5: bit n - 1 for the n-th.</param>
public readonly record struct NthWeekday(DayOfWeek Day, byte Nth)
{
    public bool Falls(DateOnly date) => date.DayOfWeek == Day && (Nth & (1 << ((date.Day - 1) / 7))) != 0;
}

/// <summary>Which local days are holidays, days without cuts, and working days.</summary>
public sealed record CalendarRules
{
    public static readonly CalendarRules None = new();

    /// <summary>Monday to Friday, as bits by <see cref="DayOfWeek"/>.</summary>
    public const byte MondayToFriday = 0b0111110;

    /// <summary>Weekdays of a month without cuts; they are no working days either.</summary>
    public IReadOnlyList<NthWeekday> NoCutWeekdays { get; init; } = [];

    /// <summary>Names of the calendars that the policy asks for.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Those of them that are known.</summary>
    public IReadOnlyList<HolidayCalendar> Calendars { get; init; } = [];

    /// <summary>No cut on the day before a holiday either: nobody could put it right on the holiday.</summary>
    public bool DayBefore { get; init; }

    /// <summary>Weekdays that count as working days.</summary>
    public byte WorkingWeek { get; init; } = MondayToFriday;

    /// <summary>The same rules with the calendars that are registered now.</summary>
    public CalendarRules With(IReadOnlyDictionary<string, HolidayCalendar> known) => Names.Count == 0
        ? this
        : this with { Calendars = [.. Names.Where(known.ContainsKey).Select(name => known[name])] };

    public bool IsHoliday(ServiceDay day) => Calendars.Any(calendar => calendar.Days.Contains(day));

    /// <summary>Every calendar asked for is there and knows the day; otherwise nobody can say what day it is.</summary>
    public bool Knows(ServiceDay day) =>
        Calendars.Count == Names.Count && Calendars.All(calendar => calendar.Knows(day));

    /// <summary>Why no supply may be cut on a day by its calendar; null where it may.</summary>
    public string? WhyClosed(ServiceDay day)
    {
        if (Names.Count > 0 && !Knows(day)) return "no calendar of holidays is known for the day";
        if (IsHoliday(day)) return "a holiday";
        var date = day.ToDateOnly();
        if (NoCutWeekdays.Any(rule => rule.Falls(date))) return "a weekday of the month without cuts";
        if (!DayBefore) return null;
        var next = day.AddDays(1);
        if (Names.Count > 0 && !Knows(next)) return "no calendar of holidays is known for the day after";
        return IsHoliday(next) ? "the day before a holiday" : null;
    }

    public bool IsWorkingDay(ServiceDay day)
    {
        var date = day.ToDateOnly();
        return (WorkingWeek & (1 << (int)date.DayOfWeek)) != 0 && !IsHoliday(day)
            && !NoCutWeekdays.Any(rule => rule.Falls(date));
    }
}

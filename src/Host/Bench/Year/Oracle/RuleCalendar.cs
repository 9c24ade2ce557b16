using System.Globalization;
using System.Text.Json.Nodes;
using Meters.Units;

namespace Meters.Host.Bench.Year.Oracle;

/// <summary>
/// When a policy allows a cut: minute by minute on the local clock, so that daylight saving, windows that touch and
/// days without cuts need no cases of their own.
/// </summary>
internal sealed class RuleCalendar
{
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly TimeZoneInfo _zone;
    private readonly List<(HashSet<int> Days, int From, int To)> _windows = [];
    private readonly HashSet<DateOnly> _noCutDays;
    private readonly List<(int Day, HashSet<int> Nth)> _noCutWeekdays = [];
    private readonly List<(int From, int To, HashSet<string> Classes)> _seasons = [];
    private readonly HashSet<int> _workingWeek;
    private readonly bool _dayBefore;

    public RuleCalendar(JsonNode policy)
    {
        _zone = ZoneOf(policy["zone"]!.GetValue<string>());
        foreach (var window in policy["cutWindows"]?.AsArray() ?? [])
        {
            _windows.Add((
                [.. RuleBook.Words(window!["days"]).Select(DayOf)], MinuteOf(window["from"]), MinuteOf(window["to"])));
        }

        _noCutDays = [.. RuleBook.Words(policy["noCutDays"]).Select(DateOf)];
        foreach (var rule in policy["noCutWeekdays"]?.AsArray() ?? [])
        {
            _noCutWeekdays.Add((
                DayOf(rule!["day"]!.GetValue<string>()),
                [.. rule["nth"]!.AsArray().Select(nth => nth!.GetValue<int>())]));
        }

        foreach (var season in policy["moratoria"]?.AsArray() ?? [])
        {
            _seasons.Add((
                DayOfYear(season!["from"]), DayOfYear(season["to"]), RuleBook.Words(season["classes"])));
        }

        _dayBefore = policy["noCutDayBeforeHoliday"]?.GetValue<bool>() ?? false;
        _workingWeek = policy["workingWeek"] is { } week
            ? [.. RuleBook.Words(week).Select(DayOf)]
            : [1, 2, 3, 4, 5];
        Margin = RuleBook.Number(policy["windowMarginMinutes"], 30);
        Calendars = RuleBook.Words(policy["holidayCalendars"]);
    }

    /// <summary>Minutes before a window ends in which no cut begins.</summary>
    public int Margin { get; }

    public HashSet<string> Calendars { get; }

    /// <summary>Holidays of the calendars that the policy names.</summary>
    public HashSet<DateOnly> Holidays { get; } = [];

    /// <summary>Days that each of them knows; on others nobody is cut.</summary>
    public List<(DateOnly From, DateOnly To)> Known { get; } = [];

    /// <summary>A calendar's document; one that the policy does not name is passed over.</summary>
    public void Learn(JsonNode calendar)
    {
        if (!Calendars.Contains(calendar["id"]!.GetValue<string>())) return;
        Known.Add((DateOf(calendar["from"]!.GetValue<string>()), DateOf(calendar["to"]!.GetValue<string>())));
        Holidays.UnionWith(RuleBook.Words(calendar["days"]).Select(DateOf));
    }

    public bool HasWindows => _windows.Count > 0;

    public DateTime Local(Instant at) =>
        TimeZoneInfo.ConvertTimeFromUtc(at.ToDateTimeOffset().UtcDateTime, _zone);

    /// <summary>Null when a cut may leave now; otherwise why not.</summary>
    public string? WhyNot(Instant at, IReadOnlySet<string> classes)
    {
        var day = DateOnly.FromDateTime(Local(at));
        if (_seasons.Exists(season => InSeason(day, season.From, season.To)
            && (season.Classes.Count == 0 || season.Classes.Overlaps(classes))))
        {
            return "a moratorium";
        }

        for (var minute = 0; minute <= Margin; minute++)
        {
            if (IsOpen(Local(at + TimeSpan.FromMinutes(minute)))) continue;
            return minute == 0 ? "outside the hours for cuts" : "within the margin before the hours end";
        }

        return null;
    }

    /// <summary>A moratorium stands or has just ended.</summary>
    public bool InSeasonAround(Instant at, IReadOnlySet<string> classes)
    {
        var day = DateOnly.FromDateTime(Local(at));
        return _seasons.Exists(season => (season.Classes.Count == 0 || season.Classes.Overlaps(classes))
            && (InSeason(day, season.From, season.To) || InSeason(day.AddDays(-20), season.From, season.To)));
    }

    /// <summary>True when so many local days, working days and hours lie between.</summary>
    public bool HavePassed(Instant from, Instant to, int days, int workingDays, TimeSpan span)
    {
        if (from + span > to) return false;
        var (start, end) = (Local(from), Local(to));
        if (days > 0 && DateOnly.FromDateTime(start).AddDays(days) > DateOnly.FromDateTime(end)) return false;
        var between = 0;
        var day = DateOnly.FromDateTime(start).AddDays(1);
        for (; workingDays > 0 && day < DateOnly.FromDateTime(end); day = day.AddDays(1))
        {
            var isFree = Holidays.Contains(day) || _noCutDays.Contains(day) || IsNthWeekday(day);
            if (_workingWeek.Contains((int)day.DayOfWeek) && !isFree) between++;
        }

        return between >= workingDays;
    }

    private static TimeZoneInfo ZoneOf(string id)
    {
        if (id[0] is not ('+' or '-')) return TimeZoneInfo.FindSystemTimeZoneById(id);
        var offset = TimeSpan.ParseExact(id[1..], @"hh\:mm", CultureInfo.InvariantCulture);
        return TimeZoneInfo.CreateCustomTimeZone(id, id[0] == '-' ? -offset : offset, id, id);
    }

    private static DateOnly DateOf(string day) =>
        DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static int DayOf(string name) => Array.IndexOf(Days, name);

    private static int MinuteOf(JsonNode? time)
    {
        var text = time!.GetValue<string>();
        return (int.Parse(text[..2], CultureInfo.InvariantCulture) * 60)
            + int.Parse(text[3..], CultureInfo.InvariantCulture);
    }

    private static int DayOfYear(JsonNode? day)
    {
        var text = day!.GetValue<string>();
        return (int.Parse(text[..2], CultureInfo.InvariantCulture) * 100)
            + int.Parse(text[3..], CultureInfo.InvariantCulture);
    }

    private static bool InSeason(DateOnly day, int from, int to)
    {
        var at = (day.Month * 100) + day.Day;
        return from <= to ? at >= from && at <= to : at >= from || at <= to;
    }

    private bool IsNthWeekday(DateOnly day) => _noCutWeekdays.Exists(
        rule => rule.Day == (int)day.DayOfWeek && rule.Nth.Contains(((day.Day - 1) / 7) + 1));

    private bool IsOpen(DateTime local)
    {
        var day = DateOnly.FromDateTime(local);
        if (_noCutDays.Contains(day) || Holidays.Contains(day) || IsNthWeekday(day)) return false;
        if (Known.Count < Calendars.Count || Known.Exists(known => day < known.From || day > known.To)) return false;
        if (_dayBefore && Holidays.Contains(day.AddDays(1))) return false;
        var weekday = (int)day.DayOfWeek;
        var minute = (local.Hour * 60) + local.Minute;
        return _windows.Exists(w => w.Days.Contains(weekday) && minute >= w.From && minute < w.To);
    }
}

using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>Hours of a local day on some days of the week in which a supply may be cut.</summary>
/// <param name="Days">Days of the week, Sunday is 0 as in <see cref="DayOfWeek"/>: bit i for day i.</param>
/// <param name="FromMinute">First minute of the local day, 0 to 1439.</param>
/// <param name="ToMinute">Minute at which it has ended, 1 to 1440.</param>
public readonly record struct CutWindow(byte Days, int FromMinute, int ToMinute)
{
    public bool Falls(DayOfWeek day) => (Days & (1 << (int)day)) != 0;
}

/// <summary>
/// One occurrence of a window: from <paramref name="Opens"/> up to, not including, <paramref name="Closes"/>.
/// </summary>
public readonly record struct OpenWindow(Instant Opens, Instant Closes)
{
    public bool Contains(Instant at) => at >= Opens && at < Closes;
}

/// <summary>
/// When a supply may be cut: windows in local time, days on which never, and a margin before each end.
/// </summary>
/// <param name="Zone">Zone of the hours.</param>
/// <param name="Windows">May overlap or touch; none means never.</param>
/// <param name="NoCutDays">Local days without any window: holidays.</param>
/// <param name="Margin">A cut must be over this long before the window ends.</param>
public sealed record CutWindows(
    LocalZone Zone, IReadOnlyList<CutWindow> Windows, IReadOnlySet<ServiceDay> NoCutDays, TimeSpan Margin)
{
    /// <summary>Holidays and weekdays of the month without cuts.</summary>
    public CalendarRules Rules { get; init; } = CalendarRules.None;

    /// <summary>Days looked ahead for the next opening; beyond that a person has closed the calendar.</summary>
    public const int DaysAheadMax = 400;

    /// <summary>Longest stretch of touching windows that is followed to its end, days.</summary>
    private const int StretchDaysMax = 8;

    /// <summary>
    /// True when a cut may begin at this instant. <paramref name="mustBeDoneBy"/> is then the end of the open stretch
    /// less the margin, later than <paramref name="at"/>.
    /// </summary>
    public bool IsOpen(Instant at, out Instant mustBeDoneBy)
    {
        mustBeDoneBy = default;
        if (FindAt(at) is not { } window) return false;
        var end = window.Closes;

        // Two windows that touch at midnight are one stretch: the margin belongs to its end alone.
        for (var limit = at + TimeSpan.FromDays(StretchDaysMax); end < limit && FindAt(end) is { } next;)
        {
            end = next.Closes;
        }
        mustBeDoneBy = end - Margin;
        return at < mustBeDoneBy;
    }

    /// <summary>
    /// The occurrence that an instant lies in (the one that ends last), margin not considered; null outside.
    /// </summary>
    public OpenWindow? FindAt(Instant at)
    {
        OpenWindow? best = null;
        foreach (var window in OccurrencesOf(DayOf(at)))
        {
            if (window.Contains(at) && !(best?.Closes >= window.Closes)) best = window;
        }

        return best;
    }

    /// <summary>
    /// The first instant at or after this one at which a cut may begin; <see cref="Instant.Never"/> if there is none.
    /// </summary>
    public Instant NextOpen(Instant from)
    {
        if (IsOpen(from, out _)) return from;
        return NextOccurrence(from);
    }

    /// <summary>
    /// The first opening strictly after an instant: where a cut that failed in this window is tried again.
    /// </summary>
    public Instant NextOccurrence(Instant after)
    {
        if (Windows.Count == 0) return Instant.Never;
        var first = DayOf(after);
        for (var i = 0; i <= DaysAheadMax; i++)
        {
            var opens = Instant.Never;
            foreach (var window in OccurrencesOf(first.AddDays(i)))
            {
                if (window.Opens > after && window.Opens < opens && IsOpen(window.Opens, out _)) opens = window.Opens;
            }

            if (opens < Instant.Never) return opens;
        }

        return Instant.Never;
    }

    /// <summary>Why the local day of an instant has no hours for cuts at all; null where it may have some.</summary>
    public string? WhyClosed(Instant at) =>
        NoCutDays.Contains(DayOf(at)) ? "a day without cuts" : Rules.WhyClosed(DayOf(at));

    private ServiceDay DayOf(Instant at) => ServiceDay.Of(DateOnly.FromDateTime(Zone.ToLocal(at)));

    private IEnumerable<OpenWindow> OccurrencesOf(ServiceDay day)
    {
        if (NoCutDays.Contains(day) || Rules.WhyClosed(day) is not null) yield break;
        var midnight = day.ToDateOnly().ToDateTime(TimeOnly.MinValue);
        foreach (var window in Windows)
        {
            if (!window.Falls(midnight.DayOfWeek)) continue;
            var opens = Zone.ToInstant(midnight.AddMinutes(window.FromMinute));
            var closes = Zone.ToInstant(midnight.AddMinutes(window.ToMinute));
            if (opens < closes) yield return new(opens, closes); // An hour that spring leaves out has no length.
        }
    }
}

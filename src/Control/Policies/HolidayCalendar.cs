using System.Diagnostics.CodeAnalysis;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>
/// Holidays of a place, by name: a document of its own, so that a year's list is renewed without touching a policy.
/// </summary>
/// <param name="Id">As policies name it: <c>in-up</c>.</param>
/// <param name="Version">Rises with every change; the highest holds.</param>
/// <param name="From">First local day that it knows.</param>
/// <param name="To">Last local day that it knows. Nobody is cut on a day that no calendar knows.</param>
/// <param name="Days">The holidays.</param>
public sealed record HolidayCalendar(
    string Id, int Version, ServiceDay From, ServiceDay To, IReadOnlySet<ServiceDay> Days)
{
    public bool Knows(ServiceDay day) => day >= From && day <= To;
}

/// <summary>Reads a calendar from its JSON (docs/schemas/calendar.schema.json); every fault at once.</summary>
public static class CalendarJson
{
    /// <summary>Most holidays of one calendar: decades of them.</summary>
    public const int HolidaysMax = 1_000;

    private static readonly string[] Properties = ["$schema", "id", "version", "from", "to", "days"];

    public static bool TryParse(
        string json, [NotNullWhen(true)] out HolidayCalendar? calendar, out IReadOnlyList<string> faults) =>
        JsonReading.TryRead(json, Read, out calendar, out faults);

    private static HolidayCalendar? Read(JsonPart root)
    {
        if (!root.IsObject(Properties)) return null;
        var id = PolicyJson.ReadId(root);
        var version = root.Whole("version", 1, 1_000_000);
        var from = root.Part("from")?.AsDay();
        var to = root.Part("to")?.AsDay();
        if (from > to) root.Fault("to", "before 'from'.");
        var days = root.Days("days", HolidaysMax);
        foreach (var day in days.Where(day => day < from || day > to).Order().Take(1))
        {
            root.Fault("days", $"{day.ToDateOnly():yyyy-MM-dd} lies outside 'from' to 'to'.");
        }

        return from is { } first && to is { } last ? new(id, (int)version, first, last, days) : null;
    }
}

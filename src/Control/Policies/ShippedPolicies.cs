using System.Collections.Frozen;

namespace Meters.Control.Policies;

/// <summary>
/// Policies and calendars that come with the program, as data files: the demonstration's own, and examples of what is
/// known of some places. A utility writes its own from them.
/// </summary>
public static class ShippedPolicies
{
    public const string Demo72H = "demo-72h";
    public const string ChinaResidential = "cn-residential";

    public static IReadOnlyList<string> Ids { get; } =
    [
        Demo72H, ChinaResidential, "cn-prepay", "fr-residential", "gb-prepay", "in-bihar", "in-meghalaya",
        "in-uttar-pradesh", "ni-prepay", "ni-prepay-40", "us-cooperative", "us-texas", "za-prepay",
    ];

    public static IReadOnlyList<string> CalendarIds { get; } =
        ["cn-national", "fr-national", "gb-england", "in-national", "us-federal", "za-national"];

    /// <summary>The shipped calendars by id.</summary>
    public static IReadOnlyDictionary<string, HolidayCalendar> Calendars { get; } =
        CalendarIds.ToFrozenDictionary(id => id, LoadCalendar, StringComparer.Ordinal);

    /// <summary>The document of a shipped policy.</summary>
    /// <exception cref="ArgumentException">There is none of that id.</exception>
    public static string Json(string id) => Read($"policies/{id}.json");

    /// <summary>The document of a shipped calendar.</summary>
    /// <exception cref="ArgumentException">There is none of that id.</exception>
    public static string CalendarDocument(string id) => Read($"calendars/{id}.json");

    /// <summary>A shipped policy, with the shipped calendars. A fault in it is our own: it throws.</summary>
    /// <exception cref="ArgumentException">There is none of that id.</exception>
    public static Policy Load(string id) => PolicyJson.TryParse(Json(id), Calendars, out var policy, out var faults)
        ? policy
        : throw new InvalidOperationException($"The shipped policy '{id}' is faulty: {string.Join(' ', faults)}");

    private static HolidayCalendar LoadCalendar(string id) =>
        CalendarJson.TryParse(CalendarDocument(id), out var calendar, out var faults)
            ? calendar
            : throw new InvalidOperationException($"The shipped calendar '{id}' is faulty: {string.Join(' ', faults)}");

    private static string Read(string name)
    {
        using var stream = typeof(ShippedPolicies).Assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException($"No {name} is shipped.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

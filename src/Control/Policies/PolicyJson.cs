using System.Diagnostics.CodeAnalysis;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>
/// Reads a policy from its JSON (docs/schemas/policy.schema.json) and checks it. Every fault is named, all at once.
/// </summary>
public static class PolicyJson
{
    /// <summary>Longest accepted document, characters.</summary>
    public const int CharactersMax = JsonReading.CharactersMax;

    /// <summary>Most windows and days without cuts in one policy.</summary>
    public const int WindowsMax = 50;
    public const int NoCutDaysMax = 1_000;

    private static readonly string[] Properties =
    [
        "$schema", "id", "version", "zone", "currency", "rungs", "hysteresis", "cutWindows", "noCutDays",
        "windowMarginMinutes", "reconnect", "readingAgeHoursMax", "noticeProofHours", "commandMinutesMax",
        "cutAttemptsMax", "waterfall", "credit", "noCutWeekdays", "holidayCalendars", "noCutDayBeforeHoliday",
        "workingWeek", "grace", "moratoria", "protection", "holdDaysMax", "partialPayments", "contactsMin",
        "quietHours", "compensation", "selection",
    ];

    /// <param name="json">The document.</param>
    /// <param name="policy">The policy, when there is no fault.</param>
    /// <param name="faults">
    /// Each "JSON path: what is wrong", in order of the document's checks; empty when there is none.
    /// </param>
    public static bool TryParse(
        string json, [NotNullWhen(true)] out Policy? policy, out IReadOnlyList<string> faults) =>
        JsonReading.TryRead(json, Read, out policy, out faults);

    /// <summary>
    /// The same, with the calendars that are registered: one that is not is a fault, and the policy has those that are.
    /// </summary>
    public static bool TryParse(
        string json,
        IReadOnlyDictionary<string, HolidayCalendar> calendars,
        [NotNullWhen(true)] out Policy? policy,
        out IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(calendars);
        if (!TryParse(json, out policy, out faults)) return false;
        faults = [.. UnknownCalendars(policy, calendars)];
        policy = faults.Count == 0 ? policy.WithCalendars(calendars) : null;
        return policy is not null;
    }

    private static IEnumerable<string> UnknownCalendars(
        Policy policy, IReadOnlyDictionary<string, HolidayCalendar> calendars) => policy.CutWindows.Rules.Names
            .Select((name, i) => (name, i))
            .Where(one => !calendars.ContainsKey(one.name))
            .Select(one => $"$.holidayCalendars[{one.i}]: unknown calendar '{one.name}': register it first.");

    private static Policy? Read(JsonPart root)
    {
        if (!root.IsObject(Properties)) return null;
        var id = ReadId(root);
        var version = root.Whole("version", 1, 1_000_000);
        var zone = LocalZone.Utc;
        if (root.Text("zone", 64) is { } zoneText && !LocalZone.TryParse(zoneText, out zone))
        {
            root.Fault("zone", $"unknown zone '{zoneText}'; an IANA name or an offset such as '+08:00'.");
        }

        Currency? currency = null;
        if (root.Text("currency", 3) is { } code)
        {
            if (Currency.TryParse(code, out var known)) currency = known;
            else root.Fault("currency", $"unknown currency '{code}'.");
        }

        var hysteresis = root.Amount("hysteresis", currency, "0", min: 0);
        var margin = root.Whole("windowMarginMinutes", 0, 720, 30);
        var rungs = RungJson.Read(root, currency, hysteresis);
        var policy = new Policy
        {
            Id = id,
            Version = (int)version,
            Zone = zone,
            Currency = currency ?? default,
            Rungs = rungs,
            CutWindows = CutWindowsJson.Read(root, zone, margin),
            Reconnect = ReadReconnect(root, currency),
            ReadingAgeMax = TimeSpan.FromHours(root.Whole("readingAgeHoursMax", 1, 168, 3)),
            NoticeProof = TimeSpan.FromHours(root.Whole("noticeProofHours", 1, 720, 24)),
            CommandLife = TimeSpan.FromMinutes(root.Whole("commandMinutesMax", 1, 1_440, 60)),
            CutAttemptsMax = (int)root.Whole("cutAttemptsMax", 1, 100, 3),
            Waterfall = PolicyWaterfallJson.Read(root, currency),
            Emergency = PolicyWaterfallJson.ReadCredit(root, "emergency", currency),
            Friendly = PolicyWaterfallJson.ReadCredit(root, "friendly", currency),
            EmergencyDays = PolicyWaterfallJson.ReadDays(root),
            Grace = PolicySections.ReadGrace(root),
            Moratoria = PolicySections.ReadMoratoria(root),
            Protection = PolicySections.ReadProtection(root),
            Holds = PolicySections.ReadHolds(root),
            PartialPayments = PolicySections.ReadPartialPayments(root),
            ContactsMin = (int)root.Whole("contactsMin", 0, 50, 0),
            QuietHours = PolicySections.ReadQuietHours(root),
            Compensation = PolicySections.ReadCompensation(root, currency),
            Selection = PolicySections.ReadSelection(root, id),
        };
        PolicyRelations.Check(policy, root);
        return policy;
    }

    /// <summary>The id of a policy or a calendar.</summary>
    internal static string ReadId(JsonPart root)
    {
        var id = root.Text("id", 64) ?? "";
        if (id.Length > 0 && !JsonPart.IsWord(id))
        {
            root.Fault("id", "only lower-case letters, digits, '-', '_' and '.'.");
        }

        return id;
    }

    private static ReconnectRule ReadReconnect(JsonPart root, Currency? currency)
    {
        string[] allowed = ["atLeast", "mode", "percentOfDues", "fee", "withinMinutes"];
        if (root.Part("reconnect") is not { } part || !part.IsObject(allowed))
        {
            return new(default, ReconnectMode.Close);
        }

        var atLeast = part.Amount("atLeast", currency, null);
        var mode = part.Has("mode") ? part.Text("mode", 10) : "close";
        if (mode is not (null or "close" or "permit")) part.Fault("mode", "must be 'close' or 'permit'.");
        return new(new(atLeast), mode == "permit" ? ReconnectMode.Permit : ReconnectMode.Close)
        {
            PercentOfDues = part.Has("percentOfDues") ? (int)part.Whole("percentOfDues", 1, 100) : null,
            Fee = new(part.Amount("fee", currency, "0", min: 0)),
            WithinMinutes = part.Has("withinMinutes") ? (int)part.Whole("withinMinutes", 1, 43_200) : null,
        };
    }
}

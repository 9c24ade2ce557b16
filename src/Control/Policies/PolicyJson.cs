using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>
/// Reads a policy from its JSON (docs/schemas/policy.schema.json) and checks it. Every fault is named, all at once.
/// </summary>
public static class PolicyJson
{
    /// <summary>Longest accepted document, characters.</summary>
    public const int CharactersMax = 65_536;

    /// <summary>Most windows and days without cuts in one policy.</summary>
    public const int WindowsMax = 50;
    public const int NoCutDaysMax = 1_000;

    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly string[] Properties =
    [
        "$schema", "id", "version", "zone", "currency", "rungs", "hysteresis", "cutWindows", "noCutDays",
        "windowMarginMinutes", "reconnect", "readingAgeHoursMax", "noticeProofHours", "commandMinutesMax",
        "cutAttemptsMax", "waterfall", "credit",
    ];

    private static readonly string[] RungProperties =
        ["name", "threshold", "do", "minHoursAfterPrevious", "minMinutesAfterPrevious", "inCutWindow"];

    private static readonly string[] ThresholdProperties = ["amount", "percentOfLastPurchase", "daysOfOwnUse"];

    /// <param name="json">The document.</param>
    /// <param name="policy">The policy, when there is no fault.</param>
    /// <param name="faults">
    /// Each "JSON path: what is wrong", in order of the document's checks; empty when there is none.
    /// </param>
    public static bool TryParse(string json, [NotNullWhen(true)] out Policy? policy, out IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(json);
        policy = null;
        if (json.Length > CharactersMax)
        {
            faults = [$"$: longer than {CharactersMax} characters."];
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            var checks = new JsonChecks();
            var read = Read(new(document.RootElement, "$", checks));
            faults = checks.Faults;
            if (faults.Count == 0) policy = read;
            return policy is not null;
        }
        catch (JsonException fault)
        {
            faults = [$"{fault.Path ?? "$"}: not valid JSON: {fault.Message}"];
            return false;
        }
    }

    private static Policy? Read(JsonPart root)
    {
        if (!root.IsObject(Properties)) return null;
        var id = root.Text("id", 64) ?? "";
        if (id.Length > 0 && !id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
        {
            root.Fault("id", "only lower-case letters, digits, '-', '_' and '.'.");
        }

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
        var rungs = ReadRungs(root, currency, hysteresis);
        var windows = ReadWindows(root, margin);
        var policy = new Policy
        {
            Id = id,
            Version = (int)version,
            Zone = zone,
            Currency = currency ?? default,
            Rungs = rungs,
            CutWindows = new(zone, windows, ReadNoCutDays(root), TimeSpan.FromMinutes(margin)),
            Reconnect = ReadReconnect(root, currency),
            ReadingAgeMax = TimeSpan.FromHours(root.Whole("readingAgeHoursMax", 1, 168, 3)),
            NoticeProof = TimeSpan.FromHours(root.Whole("noticeProofHours", 1, 720, 24)),
            CommandLife = TimeSpan.FromMinutes(root.Whole("commandMinutesMax", 1, 1_440, 60)),
            CutAttemptsMax = (int)root.Whole("cutAttemptsMax", 1, 100, 3),
            Waterfall = PolicyWaterfallJson.Read(root, currency),
            Emergency = PolicyWaterfallJson.ReadCredit(root, "emergency", currency),
            Friendly = PolicyWaterfallJson.ReadCredit(root, "friendly", currency),
        };
        PolicyRelations.Check(policy, root);
        return policy;
    }

    private static List<PolicyRung> ReadRungs(JsonPart root, Currency? currency, long hysteresis)
    {
        var rungs = new List<PolicyRung>();
        var list = root.List("rungs", 1, Policy.RungsMax);
        for (var i = 0; i < list.Count; i++)
        {
            var part = list[i];
            if (!part.IsObject(RungProperties)) continue;
            var name = part.Text("name", 40) ?? "";
            var (kind, value) = ReadThreshold(part, currency);
            var actions = RungActions.None;
            foreach (var action in part.List("do", 1, 3))
            {
                var flag = action.AsText() switch
                {
                    "sms" => RungActions.Sms,
                    "alarm" => RungActions.Alarm,
                    "cut" => RungActions.Cut,
                    _ => RungActions.None,
                };
                if (flag == RungActions.None) action.Fault("must be 'sms', 'alarm' or 'cut'.");
                if ((actions & flag) != 0) action.Fault("named twice.");
                actions |= flag;
            }

            if (part.Has("minHoursAfterPrevious") && part.Has("minMinutesAfterPrevious"))
            {
                part.Fault("minMinutesAfterPrevious", "either hours or minutes, not both.");
            }

            var delay = TimeSpan.FromHours(part.Whole("minHoursAfterPrevious", 0, 8_784, 0))
                + TimeSpan.FromMinutes(part.Whole("minMinutesAfterPrevious", 0, 527_040, 0));
            rungs.Add(new(
                name, new((byte)i, kind, value, new(hysteresis)), actions, delay, part.Flag("inCutWindow")));
        }

        return rungs;
    }

    private static (PolicyThresholdKind Kind, long Value) ReadThreshold(JsonPart rung, Currency? currency)
    {
        if (rung.Part("threshold") is not { } part) return default;
        if (!part.IsObject(ThresholdProperties)) return default;
        var named = part.Names().Count(ThresholdProperties.Contains);
        if (named == 0 && part.Names().Any()) return default; // Named as unknown already.
        if (named != 1)
        {
            part.Fault("exactly one of 'amount', 'percentOfLastPurchase', 'daysOfOwnUse'.");
            return default;
        }

        if (part.Has("amount")) return (PolicyThresholdKind.Amount, part.Amount("amount", currency, null));
        if (part.Has("percentOfLastPurchase"))
        {
            return (PolicyThresholdKind.PercentOfLastPurchase, part.Whole("percentOfLastPurchase", 0, 1_000));
        }

        var text = part.Text("daysOfOwnUse", 10);
        if (text is null) return default;
        if (Decimals.TryParse(text, 1, out var tenths) && tenths is >= 0 and <= 3_650)
        {
            return (PolicyThresholdKind.DaysOfOwnUse, tenths);
        }

        part.Fault("daysOfOwnUse", "days with at most one decimal, 0 to 365, such as '1.5'.");
        return default;
    }

    private static List<CutWindow> ReadWindows(JsonPart root, long marginMinutes)
    {
        var windows = new List<CutWindow>();
        if (!root.Has("cutWindows")) return windows;
        foreach (var part in root.List("cutWindows", 0, WindowsMax))
        {
            if (!part.IsObject(["days", "from", "to"])) continue;
            byte days = 0;
            foreach (var day in part.List("days", 1, 7))
            {
                var number = Array.IndexOf(Days, day.AsText());
                if (number < 0) day.Fault("must be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or 'sun'.");
                else if ((days & (1 << number)) != 0) day.Fault("named twice.");
                else days |= (byte)(1 << number);
            }

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

    private static HashSet<ServiceDay> ReadNoCutDays(JsonPart root)
    {
        var days = new HashSet<ServiceDay>();
        if (!root.Has("noCutDays")) return days;
        foreach (var part in root.List("noCutDays", 0, NoCutDaysMax))
        {
            var text = part.AsText();
            if (text is null) continue;
            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date))
            {
                part.Fault("must be a date such as '2026-10-01'.");
            }
            else if (!days.Add(ServiceDay.Of(date))) part.Fault("named twice.");
        }

        return days;
    }

    private static ReconnectRule ReadReconnect(JsonPart root, Currency? currency)
    {
        if (root.Part("reconnect") is not { } part || !part.IsObject(["atLeast", "mode"]))
        {
            return new(default, ReconnectMode.Close);
        }

        var atLeast = part.Amount("atLeast", currency, null);
        var mode = part.Has("mode") ? part.Text("mode", 10) : "close";
        if (mode is not (null or "close" or "permit")) part.Fault("mode", "must be 'close' or 'permit'.");
        return new(new(atLeast), mode == "permit" ? ReconnectMode.Permit : ReconnectMode.Close);
    }
}

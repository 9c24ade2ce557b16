using System.Globalization;
using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>Reads the parts of a policy that say when time, season or the customer's class forbids a cut.</summary>
internal static class PolicySections
{
    private const int MoratoriaMax = 20;
    private const int PartialPaymentsMax = 10;
    private const int SelectionMax = 50;

    private static readonly Dictionary<string, HoldKind> HoldKinds = Enum.GetValues<HoldKind>()
        .ToDictionary(ControlTags.Tag, StringComparer.Ordinal);

    public static PolicyGrace ReadGrace(JsonPart root)
    {
        if (!root.Has("grace") || root.Part("grace") is not { } part) return PolicyGrace.None;
        string[] allowed = ["days", "workingDays", "afterConversionDays", "afterBacklogHours"];
        if (!part.IsObject(allowed)) return PolicyGrace.None;
        if (part.Has("days") && part.Has("workingDays")) part.Fault("workingDays", "either days or working days.");
        return new(
            (int)part.Whole("days", 0, 366, 0),
            (int)part.Whole("workingDays", 0, 60, 0),
            (int)part.Whole("afterConversionDays", 0, 366, 0),
            (int)part.Whole("afterBacklogHours", 0, 720, 0));
    }

    public static IReadOnlyList<SeasonalMoratorium> ReadMoratoria(JsonPart root)
    {
        if (!root.Has("moratoria")) return [];
        var moratoria = new List<SeasonalMoratorium>();
        foreach (var part in root.List("moratoria", 0, MoratoriaMax))
        {
            if (!part.IsObject(["name", "from", "to", "classes"])) continue;
            var name = part.Text("name", 40) ?? "";
            var (from, to) = (ReadDayOfYear(part, "from"), ReadDayOfYear(part, "to"));
            moratoria.Add(new(name, from.Month, from.Day, to.Month, to.Day, part.Words("classes")));
        }

        return moratoria;
    }

    public static PolicyProtection ReadProtection(JsonPart root)
    {
        if (!root.Has("protection") || root.Part("protection") is not { } part) return PolicyProtection.None;
        if (!part.IsObject(["neverCut", "needsApproval", "approvers", "copyToAuthority"])) return PolicyProtection.None;
        var protection = new PolicyProtection(
            part.Words("neverCut", 0),
            part.Words("needsApproval", 0),
            (int)part.Whole("approvers", 1, 5, 2),
            part.Words("copyToAuthority", 0));
        foreach (var both in protection.NeverCut.Intersect(protection.NeedsApproval).Order(StringComparer.Ordinal))
        {
            part.Fault("needsApproval", $"'{both}' is never cut: there is nothing to approve.");
        }

        return protection;
    }

    public static HoldTerms ReadHolds(JsonPart root)
    {
        if (!root.Has("holdDaysMax") || root.Part("holdDaysMax") is not { } part) return HoldTerms.None;
        if (!part.IsObject(HoldKinds.Keys)) return HoldTerms.None;
        return new(part.Names().Where(HoldKinds.ContainsKey).ToDictionary(
            name => HoldKinds[name], name => (int)part.Whole(name, 1, 3_660)));
    }

    public static IReadOnlyList<PartialPayment> ReadPartialPayments(JsonPart root)
    {
        if (!root.Has("partialPayments")) return [];
        var steps = new List<PartialPayment>();
        foreach (var part in root.List("partialPayments", 0, PartialPaymentsMax))
        {
            if (!part.IsObject(["fromPercent", "days"])) continue;
            var step = new PartialPayment((int)part.Whole("fromPercent", 1, 99), (int)part.Whole("days", 1, 60));
            if (steps.Count > 0 && step.FromPercent <= steps[^1].FromPercent)
            {
                part.Fault("fromPercent", "not above the one before: shares must rise.");
            }

            steps.Add(step);
        }

        return steps;
    }

    public static QuietHours? ReadQuietHours(JsonPart root)
    {
        if (!root.Has("quietHours") || root.Part("quietHours") is not { } part) return null;
        if (!part.IsObject(["from", "to"])) return null;
        if (part.Minute("from") is not { } from || part.Minute("to") is not { } to) return null;
        if (from % 1_440 == to % 1_440)
        {
            part.Fault("begin and end at the same time: no message could ever be sent.");
            return null;
        }

        return new(from % 1_440, to);
    }

    public static PolicyCompensation ReadCompensation(JsonPart root, Currency? currency)
    {
        if (!root.Has("compensation") || root.Part("compensation") is not { } part) return PolicyCompensation.None;
        if (!part.IsObject(["wrongfulCut", "lateReconnect"])) return PolicyCompensation.None;
        return new(Amount("wrongfulCut"), Amount("lateReconnect"));

        Money? Amount(string name) => part.Has(name) ? new Money(part.Amount(name, currency, null, min: 0)) : null;
    }

    public static IReadOnlyList<PolicySelection> ReadSelection(JsonPart root, string id)
    {
        if (!root.Has("selection")) return [];
        var selections = new List<PolicySelection>();
        foreach (var part in root.List("selection", 0, SelectionMax))
        {
            if (!part.IsObject(["classes", "regions", "policy"])) continue;
            var (classes, regions) = (part.Words("classes"), part.Words("regions"));
            var selection = new PolicySelection(classes, regions, part.Text("policy", 64) ?? "");
            if (selection.Classes.Count == 0 && selection.Regions.Count == 0)
            {
                part.Fault("fits everybody: name classes or regions.");
            }

            if (selection.Policy == id && id.Length > 0) part.Fault("policy", "is this policy itself.");
            selections.Add(selection);
        }

        return selections;
    }

    /// <summary>"11-01"; a day that every year has.</summary>
    private static DateOnly ReadDayOfYear(JsonPart part, string property)
    {
        if (part.Text(property, 5) is not { } text) return default;
        if (DateOnly.TryParseExact(
            $"2023-{text}", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        part.Fault(property, "must be a day of every year such as '11-01'.");
        return default;
    }
}

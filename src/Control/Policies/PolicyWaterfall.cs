using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>What a step of the waterfall pays. The same meaning as Billing's, which the host translates.</summary>
public enum PolicyPays : byte
{
    PurchaseCharges = 0,
    Tax = 1,
    EmergencyCredit = 2,
    FriendlyCredit = 3,
    Receivable = 4,
    Debt = 5,
}

/// <summary>A step in which a payment is used up; percents are hundredths of a percent of the payment.</summary>
/// <param name="Pays">What it pays.</param>
/// <param name="Percent">The tax, or the debt's fixed share.</param>
/// <param name="PercentOfDebt">The debt's share as a part of what is owed; null for a fixed share.</param>
/// <param name="AtLeast">The debt's share is never below this.</param>
/// <param name="AtMost">The debt's share is never above this.</param>
/// <param name="WeeklyMax">The most that goes to the debt in a week; null without such a cap.</param>
public sealed record PolicyWaterfallStep(
    PolicyPays Pays, int Percent, int? PercentOfDebt, int AtLeast, int AtMost, Money? WeeklyMax);

/// <summary>Credit that the policy lends.</summary>
/// <param name="Amount">Minor units, positive.</param>
/// <param name="OfferedAt">Lent only at or under this balance, minor units.</param>
/// <param name="IsAutomatic">Lent by itself when the balance falls there; otherwise the customer asks for it.</param>
public sealed record PolicyCredit(Money Amount, Money OfferedAt, bool IsAutomatic)
{
    /// <summary>Lent again only when the balance has been this high since; null: when it is repaid.</summary>
    public Money? RearmAt { get; init; }
}

/// <summary>Reads the sections <c>waterfall</c> and <c>credit</c>.</summary>
internal static class PolicyWaterfallJson
{
    private const int StepsMax = 6;
    private const int WholePercent = 10_000;

    private static readonly Dictionary<string, PolicyPays> Names = new(StringComparer.Ordinal)
    {
        ["purchaseCharges"] = PolicyPays.PurchaseCharges,
        ["tax"] = PolicyPays.Tax,
        ["emergencyCredit"] = PolicyPays.EmergencyCredit,
        ["friendlyCredit"] = PolicyPays.FriendlyCredit,
        ["receivable"] = PolicyPays.Receivable,
        ["debt"] = PolicyPays.Debt,
    };

    private static readonly string[] DebtProperties =
        ["pay", "percent", "percentOfDebt", "atLeastPercent", "atMostPercent", "weeklyMax"];

    /// <summary>Null where the policy says nothing.</summary>
    public static IReadOnlyList<PolicyWaterfallStep>? Read(JsonPart root, Currency? currency)
    {
        if (!root.Has("waterfall")) return null;
        var steps = new List<PolicyWaterfallStep>();
        foreach (var part in root.List("waterfall", 0, StepsMax))
        {
            if (!part.IsObject(DebtProperties) || part.Text("pay", 20) is not { } name) continue;
            if (!Names.TryGetValue(name, out var pays))
            {
                part.Fault("pay", $"must be one of {string.Join(", ", Names.Keys)}.");
                continue;
            }

            if (steps.Exists(step => step.Pays == pays)) part.Fault("pay", $"'{name}' stands twice.");
            steps.Add(ReadStep(part, pays, currency));
        }

        return steps;
    }

    /// <summary>Null where the policy does not lend it.</summary>
    public static PolicyCredit? ReadCredit(JsonPart root, string kind, Currency? currency)
    {
        if (!root.Has("credit") || root.Part("credit") is not { } credit) return null;
        if (!credit.IsObject(["emergency", "friendly"]) || !credit.Has(kind)) return null;
        string[] allowed = ["amount", "days", "offeredAt", "automatic", "rearmAt"];
        if (credit.Part(kind) is not { } part || !part.IsObject(allowed)) return null;
        if (part.Has("days"))
        {
            CheckDays(part, kind);
            return null;
        }

        var amount = part.Amount("amount", currency, null, min: 0);
        if (amount == 0 && currency is not null) part.Fault("amount", "must be above zero.");
        var offeredAt = part.Amount("offeredAt", currency, "0");
        Money? rearm = part.Has("rearmAt") ? new Money(part.Amount("rearmAt", currency, null)) : null;
        if (rearm is { } again && again.Minor <= offeredAt) part.Fault("rearmAt", "not above 'offeredAt'.");
        return new(new(amount), new(offeredAt), part.Flag("automatic")) { RearmAt = rearm };
    }

    /// <summary>Emergency credit in days; zero where none is given.</summary>
    public static int ReadDays(JsonPart root)
    {
        if (!root.Has("credit") || root.Part("credit") is not { } credit) return 0;
        if (credit.Element.ValueKind != System.Text.Json.JsonValueKind.Object || !credit.Has("emergency")) return 0;
        if (credit.Part("emergency") is not { } part) return 0;
        if (part.Element.ValueKind != System.Text.Json.JsonValueKind.Object || !part.Has("days")) return 0;
        return (int)part.Whole("days", 1, 60);
    }

    /// <summary>Days are given by themselves, at the last notice, in every run of the ladder.</summary>
    private static void CheckDays(JsonPart part, string kind)
    {
        if (kind != "emergency") part.Fault("days", "only emergency credit is given in days.");
        foreach (var name in part.Names().Where(name => name is "amount" or "offeredAt" or "rearmAt"))
        {
            part.Fault(name, "is not a property of credit in days.");
        }

        if (part.Has("automatic") && !part.Flag("automatic"))
        {
            part.Fault("automatic", "credit in days is always automatic.");
        }
    }

    private static PolicyWaterfallStep ReadStep(JsonPart part, PolicyPays pays, Currency? currency)
    {
        string[] allowed = pays switch
        {
            PolicyPays.Debt => DebtProperties,
            PolicyPays.Tax => ["pay", "percent"],
            _ => ["pay"],
        };
        foreach (var name in part.Names().Except(allowed).Where(DebtProperties.Contains))
        {
            part.Fault(name, "is not a property of this step.");
        }

        if (part.Has("percent") && part.Has("percentOfDebt"))
        {
            part.Fault("percentOfDebt", "either percent or percentOfDebt, not both.");
        }

        var percent = pays == PolicyPays.Tax || part.Has("percent") ? Percent(part, "percent") : WholePercent;
        int? ofDebt = part.Has("percentOfDebt") ? Percent(part, "percentOfDebt") : null;
        var atLeast = part.Has("atLeastPercent") ? Percent(part, "atLeastPercent") : 0;
        var atMost = part.Has("atMostPercent") ? Percent(part, "atMostPercent") : WholePercent;
        if (atLeast > atMost) part.Fault("atLeastPercent", "above atMostPercent.");
        Money? weekly = part.Has("weeklyMax") ? new Money(part.Amount("weeklyMax", currency, null, min: 0)) : null;
        return new(pays, percent, ofDebt, atLeast, atMost, weekly);
    }

    /// <summary>"12.5" as hundredths of a percent, 0 to 10,000.</summary>
    private static int Percent(JsonPart part, string property)
    {
        if (part.Text(property, 6) is not { } text) return 0;
        if (Decimals.TryParse(text, 2, out var value) && value is >= 0 and <= WholePercent) return (int)value;
        part.Fault(property, "must be a percentage as a string, 0 to 100, at most two decimals.");
        return 0;
    }
}

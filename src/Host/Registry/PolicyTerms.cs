using Meters.Billing.Accounts;
using Meters.Billing.Payments;
using Meters.Control.Policies;

namespace Meters.Host.Registry;

/// <summary>What Billing needs of a policy, in its own words: the two do not know each other.</summary>
public static class PolicyTerms
{
    /// <summary>Puts the policy in force into a book.</summary>
    public static void Define(ShardBook book, string id, Policy policy)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(policy);
        book.DefineThresholds(id, ThresholdsOf(policy));
        book.DefineWaterfall(id, WaterfallOf(policy));
    }

    public static Waterfall WaterfallOf(Policy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy.Waterfall is { } steps ? new([.. steps.Select(StepOf)]) : Waterfall.Default;
    }

    private static WaterfallStep StepOf(PolicyWaterfallStep step) => new(step.Pays switch
    {
        PolicyPays.PurchaseCharges => WaterfallStepKind.PurchaseCharges,
        PolicyPays.Tax => WaterfallStepKind.Tax,
        PolicyPays.EmergencyCredit => WaterfallStepKind.EmergencyCredit,
        PolicyPays.FriendlyCredit => WaterfallStepKind.FriendlyCredit,
        PolicyPays.Receivable => WaterfallStepKind.Receivable,
        PolicyPays.Debt => WaterfallStepKind.Debt,
        _ => throw new InvalidOperationException($"Unknown step {step.Pays}."),
    })
    {
        Percent = step.Percent,
        PercentOfDebt = step.PercentOfDebt,
        AtLeast = step.AtLeast,
        AtMost = step.AtMost,
        WeeklyMax = step.WeeklyMax,
    };

    /// <summary>A policy's levels, as a book watches them.</summary>
    public static ThresholdSet ThresholdsOf(Policy policy) => new([.. policy.Thresholds.Select(t => new Threshold(
        t.Number,
        t.Kind switch
        {
            PolicyThresholdKind.Amount => ThresholdKind.Amount,
            PolicyThresholdKind.PercentOfLastPurchase => ThresholdKind.PercentOfLastPurchase,
            PolicyThresholdKind.DaysOfOwnUse => ThresholdKind.DaysOfOwnUse,
            _ => throw new InvalidOperationException($"Unknown threshold kind {t.Kind}."),
        },
        t.Value,
        t.Hysteresis))]);
}

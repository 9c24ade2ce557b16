using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Payments;

/// <summary>What a step of the waterfall pays.</summary>
public enum WaterfallStepKind
{
    /// <summary>Charges that come due with a purchase; what the payment does not cover becomes receivable.</summary>
    PurchaseCharges,

    /// <summary>A tax on the purchase itself, in percent of it.</summary>
    Tax,
    EmergencyCredit,
    FriendlyCredit,
    Receivable,

    /// <summary>A share of old arrears.</summary>
    Debt,
}

/// <summary>One step; percents are of the whole payment, in hundredths of a percent.</summary>
/// <param name="Kind">What it pays.</param>
public sealed record WaterfallStep(WaterfallStepKind Kind)
{
    public const int Whole = 10_000;

    /// <summary>Of the payment: the tax, or the fixed share of the debt; all of it for arrears first.</summary>
    public int Percent { get; init; } = Whole;

    /// <summary>Debt: of what is owed instead of the payment; null for a share of the payment.</summary>
    public int? PercentOfDebt { get; init; }

    /// <summary>Debt: never below this share of the payment.</summary>
    public int AtLeast { get; init; }

    /// <summary>Debt: never above this share of the payment.</summary>
    public int AtMost { get; init; } = Whole;

    /// <summary>Debt: never more than this in a week from Monday to Sunday, minor units.</summary>
    public Money? WeeklyMax { get; init; }
}

/// <summary>A charge that comes due with a purchase; negative for what is given, such as a rebate.</summary>
/// <param name="Name">The tariff's line.</param>
/// <param name="Account">Counter side.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Month">The month that it is for.</param>
public sealed record DueCharge(string Name, LedgerAccount Account, Money Amount, ServiceDay Month);

/// <summary>A payment divided.</summary>
/// <param name="Split">The parts, which sum to the payment.</param>
/// <param name="Raised">Charges that came due and were not covered: now receivable.</param>
public sealed record WaterfallResult(PaymentSplit Split, IReadOnlyList<DueCharge> Raised);

/// <summary>In which order a payment is used up, by policy; the rest goes to the prepaid balance. Pure.</summary>
public sealed class Waterfall
{
    /// <summary>Without a word in the policy: what is due and what was lent comes first; debt is not touched.</summary>
    public static readonly Waterfall Default = new(
    [
        new(WaterfallStepKind.PurchaseCharges), new(WaterfallStepKind.EmergencyCredit),
        new(WaterfallStepKind.FriendlyCredit), new(WaterfallStepKind.Receivable),
    ]);

    /// <summary>Name of the tax's part; no tariff names a line with a blank.</summary>
    public const string TaxLine = "purchase tax";

    /// <exception cref="ArgumentException">A kind stands twice.</exception>
    public Waterfall(IEnumerable<WaterfallStep> steps)
    {
        var list = steps.ToList();
        if (list.Select(step => step.Kind).Distinct().Count() != list.Count)
        {
            throw new ArgumentException("A kind of step stands twice.", nameof(steps));
        }

        // Charges that are due are due: a policy may say when they are taken, not whether.
        if (list.TrueForAll(step => step.Kind != WaterfallStepKind.PurchaseCharges))
        {
            list.Insert(0, new(WaterfallStepKind.PurchaseCharges));
        }

        Steps = list;
    }

    public IReadOnlyList<WaterfallStep> Steps { get; }

    /// <param name="amount">The payment, positive.</param>
    /// <param name="day">The day that it is booked to.</param>
    /// <param name="owed">What the customer owes before it.</param>
    /// <param name="due">Charges that come due with it.</param>
    public WaterfallResult Divide(
        Money amount, ServiceDay day, SubAccounts owed, IReadOnlyList<DueCharge> due)
    {
        if (owed.Owed == Money.Zero && due.Count == 0 && !HasTax) return new(PaymentSplit.Whole(amount), []);
        var (left, parts, raised) = (amount, new List<SplitPart>(), new List<DueCharge>());
        foreach (var step in Steps)
        {
            if (step.Kind == WaterfallStepKind.PurchaseCharges)
            {
                TakeCharges(due, ref left, parts, raised);
                continue;
            }

            var (account, wanted) = Wanted(step, amount, day, owed);
            var taken = Min(left, wanted);
            if (taken <= Money.Zero) continue;
            parts.Add(new(account, step.Kind == WaterfallStepKind.Tax ? TaxLine : null, taken));
            left -= taken;
        }

        foreach (var given in due.Where(charge => charge.Amount < Money.Zero))
        {
            parts.Add(new(given.Account, given.Name, given.Amount));
            left -= given.Amount;
        }

        if (left > Money.Zero || parts.Count == 0) parts.Add(new(LedgerAccount.CustomerPrepayment, null, left));
        return new(PaymentSplit.Of(parts), raised);
    }

    private bool HasTax => Steps.Any(step => step.Kind == WaterfallStepKind.Tax);

    private static void TakeCharges(
        IReadOnlyList<DueCharge> due, ref Money left, List<SplitPart> parts, List<DueCharge> raised)
    {
        foreach (var charge in due.Where(charge => charge.Amount > Money.Zero))
        {
            var taken = Min(left, charge.Amount);
            if (taken > Money.Zero) parts.Add(new(charge.Account, charge.Name, taken));
            if (taken < charge.Amount) raised.Add(charge with { Amount = charge.Amount - taken });
            left -= taken;
        }
    }

    private static (LedgerAccount Account, Money Wanted) Wanted(
        WaterfallStep step, Money amount, ServiceDay day, SubAccounts owed) => step.Kind switch
        {
            WaterfallStepKind.Tax => (LedgerAccount.TaxPayable, ShareHalfUp(amount, step.Percent)),
            WaterfallStepKind.EmergencyCredit => (LedgerAccount.EmergencyCredit, owed.Emergency),
            WaterfallStepKind.FriendlyCredit => (LedgerAccount.FriendlyCredit, owed.Friendly),
            WaterfallStepKind.Receivable => (LedgerAccount.Receivable, owed.Receivable),
            WaterfallStepKind.Debt => (LedgerAccount.CustomerDebt, DebtShare(step, amount, day, owed)),
            _ => throw new InvalidOperationException($"Not a step: {step.Kind}."),
        };

    private static Money DebtShare(WaterfallStep step, Money amount, ServiceDay day, SubAccounts owed)
    {
        var share = step.PercentOfDebt is { } ofDebt ? ShareDown(owed.Debt, ofDebt) : ShareDown(amount, step.Percent);
        var least = ShareDown(amount, step.AtLeast);
        if (share < least) share = least;
        share = Min(Min(share, ShareDown(amount, step.AtMost)), owed.Debt);
        return step.WeeklyMax is { } week ? Min(share, week - owed.RecoveredIn(day)) : share;
    }

    private static Money ShareDown(Money amount, int percent) =>
        new((long)((Int128)amount.Minor * percent / WaterfallStep.Whole));

    private static Money ShareHalfUp(Money amount, int percent) =>
        new((long)((((Int128)amount.Minor * percent) + (WaterfallStep.Whole / 2)) / WaterfallStep.Whole));

    private static Money Min(Money a, Money b) => a < b ? a : b;
}

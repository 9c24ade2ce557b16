using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Payments;

/// <summary>
/// What a customer owes beside the prepaid balance: sums of ledger entries and nothing else, so that a restart finds
/// the same by adding them up again.
/// </summary>
/// <param name="Debt">Old arrears that purchases pay off by shares, minor units; so are the other amounts.</param>
/// <param name="Emergency">Emergency credit lent and not yet repaid.</param>
/// <param name="Friendly">Credit lent over friendly hours and not yet repaid.</param>
/// <param name="Receivable">Charges due that were not taken from the balance.</param>
/// <param name="Week">Monday of the last week in which debt was recovered.</param>
/// <param name="RecoveredInWeek">Debt recovered in that week, less what was reversed.</param>
/// <param name="LastCharged">The last day on which a charge came with a purchase; null before the first.</param>
public readonly record struct SubAccounts(
    Money Debt,
    Money Emergency,
    Money Friendly,
    Money Receivable,
    ServiceDay Week,
    Money RecoveredInWeek,
    ServiceDay? LastCharged)
{
    private const int MondayOfEpoch = -3; // January 1st 1970 was a Thursday.
    private const int DaysOfWeek = 7;

    /// <summary>All that is owed here.</summary>
    public Money Owed => Debt + Emergency + Friendly + Receivable;

    /// <summary>Credit lent, which is in the prepaid balance without being the customer's.</summary>
    public Money Lent => Emergency + Friendly;

    /// <summary>The Monday of a day's week.</summary>
    public static ServiceDay WeekOf(ServiceDay day)
    {
        var since = day.DaysSinceEpoch - MondayOfEpoch;
        var rest = since % DaysOfWeek;
        return day.AddDays(rest < 0 ? -rest - DaysOfWeek : -rest);
    }

    /// <summary>True for an entry that changes something here.</summary>
    public static bool Concerns(LedgerEntry entry) =>
        IsSub(entry.Debit) || IsSub(entry.Credit) || entry.Kind == EntryKind.PurchaseCharge;

    public static bool IsSub(LedgerAccount account) => account
        is LedgerAccount.CustomerDebt or LedgerAccount.EmergencyCredit
        or LedgerAccount.FriendlyCredit or LedgerAccount.Receivable;

    public Money Of(LedgerAccount account) => account switch
    {
        LedgerAccount.CustomerDebt => Debt,
        LedgerAccount.EmergencyCredit => Emergency,
        LedgerAccount.FriendlyCredit => Friendly,
        LedgerAccount.Receivable => Receivable,
        _ => throw new ArgumentOutOfRangeException(nameof(account), account, "Not a sub-account."),
    };

    /// <summary>Debt recovered in the week of a day.</summary>
    public Money RecoveredIn(ServiceDay day) => WeekOf(day) == Week ? RecoveredInWeek : Money.Zero;

    public SubAccounts With(LedgerEntry entry)
    {
        var next = Plus(entry.Debit, entry.Amount).Plus(entry.Credit, -entry.Amount);
        if (entry.Kind == EntryKind.PurchaseCharge && !(entry.Day < LastCharged))
        {
            next = next with { LastCharged = entry.Day };
        }

        if (entry.Kind is not (EntryKind.Recovery or EntryKind.Reversal)) return next;
        var recovered = entry.Credit == LedgerAccount.CustomerDebt ? entry.Amount
            : entry.Debit == LedgerAccount.CustomerDebt ? -entry.Amount : Money.Zero;
        var week = WeekOf(entry.Day);
        if (recovered == Money.Zero || week < Week) return next;
        return next with { Week = week, RecoveredInWeek = RecoveredIn(entry.Day) + recovered };
    }

    private SubAccounts Plus(LedgerAccount account, Money amount) => account switch
    {
        LedgerAccount.CustomerDebt => this with { Debt = Debt + amount },
        LedgerAccount.EmergencyCredit => this with { Emergency = Emergency + amount },
        LedgerAccount.FriendlyCredit => this with { Friendly = Friendly + amount },
        LedgerAccount.Receivable => this with { Receivable = Receivable + amount },
        _ => this,
    };
}

using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>The payment that an operation is about.</summary>
/// <param name="Payment">As it was posted.</param>
/// <param name="IsTakenBack">It was reversed, has bounced or was released, or another operation is about to.</param>
/// <param name="Entries">Its group, in order of id; needed to post, not to check.</param>
public sealed record OperationTarget(PaymentRecord Payment, bool IsTakenBack, IReadOnlyList<LedgerEntry> Entries);

public sealed partial class ShardBook
{
    /// <summary>Whether an operation with a new key could be posted now. Changes nothing.</summary>
    /// <param name="order">The operation.</param>
    /// <param name="target">The payment that it is about; null when there is none such.</param>
    /// <param name="receiver">Currency of the receiving account, which may be another shard's; null for none.</param>
    /// <returns>Done when it could, otherwise the first fault in order of precedence.</returns>
    public OperationStatus Check(LedgerOrder order, OperationTarget? target, Currency? receiver = null)
    {
        if (!IsKey(order.Key)) return OperationStatus.KeyMalformed;
        if (string.IsNullOrWhiteSpace(order.Note) || order.Note.Length > LedgerOrder.NoteCharsMax)
        {
            return OperationStatus.NoteMissing;
        }

        var known = _accountIndex.TryGetValue(order.Account.Value, out var index);
        if (!known && order.Account != LedgerOrder.House) return OperationStatus.AccountUnknown;
        if (order.HasTwoHalves && receiver is null) return OperationStatus.AccountUnknown;
        if (known && CurrencyOf(index) != order.Currency) return OperationStatus.CurrencyMismatch;
        if (order.HasTwoHalves && receiver != order.Currency) return OperationStatus.CurrencyMismatch;
        if (CheckAmount(order) is var amount and not OperationStatus.Done) return amount;
        if (!IsSubRight(order)) return OperationStatus.SubAccountWrong;
        if (CheckTarget(order, target) is var payment and not OperationStatus.Done) return payment;
        return known ? CheckCover(order, index) : OperationStatus.Done;
    }

    /// <summary>
    /// Posts an operation that <see cref="Check"/> found good; of one with two halves the first.
    /// </summary>
    /// <param name="order">The operation.</param>
    /// <param name="target">The payment that it is about.</param>
    /// <param name="at">Program's clock.</param>
    /// <param name="bookedTo">The day that it is booked to.</param>
    /// <param name="entries">Gets the entries: one group.</param>
    /// <returns>Id of the first entry.</returns>
    public long Post(
        LedgerOrder order, OperationTarget? target, Instant at, ServiceDay bookedTo, List<LedgerEntry> entries)
    {
        var group = new EntryGroup(this, at, bookedTo, order.Account, entries);
        switch (order.Kind)
        {
            case OperationKind.Reversal or OperationKind.BouncedCheque:
                TakeBack(target!.Entries, group);
                if (order.Kind == OperationKind.BouncedCheque && order.Amount > Money.Zero)
                {
                    group.Add(LedgerAccount.Receivable, LedgerAccount.FeeRevenue, order.Amount, EntryKind.Fee);
                }

                break;
            case OperationKind.OpeningBalance or OperationKind.CashDifference:
                var (debit, credit, kind) = SidesOf(order);
                group.AddSigned(debit, credit, order.Amount, kind);
                break;
            default:
                var sides = SidesOf(order);
                group.Add(sides.Debit, sides.Credit, order.Amount, sides.Kind);
                break;
        }

        return group.Id;
    }

    /// <summary>
    /// Posts the second half of a transfer or a release for the receiving account; what is released is divided as the
    /// payment that it is.
    /// </summary>
    /// <returns>Id of the first entry.</returns>
    public long PostSecondHalf(LedgerOrder order, Instant at, ServiceDay bookedTo, List<LedgerEntry> entries)
    {
        var account = order.Other ?? throw new ArgumentException("It has no receiving account.", nameof(order));
        var group = new EntryGroup(this, at, bookedTo, account, entries);
        group.Add(LedgerAccount.InTransit, LedgerAccount.CustomerPrepayment, order.Amount, SidesOf(order).Kind);
        if (order.Kind == OperationKind.SuspenseRelease) Divide(group, AccountIndexOf(account), order.Amount);
        return group.Id;
    }

    /// <summary>
    /// What one person may not do alone: refunds and write-offs; reversals of a payment of an earlier day.
    /// </summary>
    public static bool NeedsSecondPerson(LedgerOrder order, PaymentRecord? target, ServiceDay today) => order.Kind
        switch
    {
        OperationKind.Refund or OperationKind.WriteOff => true,
        OperationKind.Reversal => target?.Day != today,
        _ => false,
    };

    /// <summary>
    /// Money, repayments and rebates go back. Charges that came due stay: they are due with the payment or without.
    /// </summary>
    private static void TakeBack(IReadOnlyList<LedgerEntry> entries, EntryGroup group)
    {
        foreach (var entry in entries.Where(entry => entry.Kind != EntryKind.PurchaseCharge))
        {
            group.Add(
                entry.Credit, entry.Debit, entry.Amount, EntryKind.Reversal, entry.Line, reverses: entry.Id);
        }
    }

    private OperationStatus CheckAmount(LedgerOrder order)
    {
        var isSigned = order.Kind == OperationKind.CashDifference
            || (order.Kind == OperationKind.OpeningBalance && order.Sub == LedgerAccount.CustomerPrepayment);
        var size = Int128.Abs(order.Amount.Minor);
        if (size > limits.PaymentMinorMax) return OperationStatus.AmountTooLarge;
        if (order.Kind == OperationKind.BouncedCheque && order.Amount >= Money.Zero) return OperationStatus.Done;
        return (isSigned ? size > 0 : order.Amount > Money.Zero)
            ? OperationStatus.Done
            : OperationStatus.AmountNotPositive;
    }

    private static bool IsSubRight(LedgerOrder order) => order.Kind switch
    {
        OperationKind.Refund => order.Sub is LedgerAccount.CashCounter or LedgerAccount.RefundPayable,
        OperationKind.WriteOff => order.Sub is { } sub && SubAccounts.IsSub(sub),
        OperationKind.OpeningBalance => order.Sub is { } sub
            && (sub == LedgerAccount.CustomerPrepayment || SubAccounts.IsSub(sub)),
        OperationKind.CreditLent => order.Sub is LedgerAccount.EmergencyCredit or LedgerAccount.FriendlyCredit,
        OperationKind.AgentSettlement => order.Sub is LedgerAccount.CashCounter or LedgerAccount.CashBank,
        _ => order.Sub is null,
    };

    private static OperationStatus CheckTarget(LedgerOrder order, OperationTarget? target)
    {
        if (order.Kind is not (OperationKind.Reversal or OperationKind.BouncedCheque or OperationKind.SuspenseRelease))
        {
            return OperationStatus.Done;
        }

        if (target is null) return OperationStatus.PaymentUnknown;
        if (target.IsTakenBack) return OperationStatus.AlreadyTakenBack;
        if (order.Kind == OperationKind.BouncedCheque && target.Payment.Order.Tender != Tender.Cheque)
        {
            return OperationStatus.NotACheque;
        }

        var isRelease = order.Kind == OperationKind.SuspenseRelease;
        if (target.Payment.Split.IsSuspense != isRelease && order.Kind != OperationKind.Reversal)
        {
            return OperationStatus.SuspenseMismatch;
        }

        return OperationStatus.Done;
    }

    private OperationStatus CheckCover(LedgerOrder order, int index)
    {
        var subs = _subs.GetValueOrDefault(index);
        return order.Kind switch
        {
            OperationKind.Transfer when order.Other == order.Account => OperationStatus.SameAccount,
            OperationKind.Transfer or OperationKind.Refund
                when BalanceOf(AccountAt(index)) - subs.Lent < order.Amount => OperationStatus.BalanceTooLow,
            OperationKind.WriteOff when subs.Of(order.Sub!.Value) < order.Amount => OperationStatus.MoreThanOwed,
            OperationKind.CreditLent when subs.Of(order.Sub!.Value) > Money.Zero => OperationStatus.CreditNotRepaid,
            _ => OperationStatus.Done,
        };
    }

    private static (LedgerAccount Debit, LedgerAccount Credit, EntryKind Kind) SidesOf(LedgerOrder order)
    {
        const LedgerAccount Prepayment = LedgerAccount.CustomerPrepayment;
        var sub = order.Sub ?? Prepayment;
        return order.Kind switch
        {
            OperationKind.Transfer => (Prepayment, LedgerAccount.InTransit, EntryKind.Transfer),
            OperationKind.SuspenseRelease =>
                (LedgerAccount.Suspense, LedgerAccount.InTransit, EntryKind.SuspenseRelease),
            OperationKind.Refund => (Prepayment, sub, EntryKind.Refund),
            OperationKind.WriteOff => (LedgerAccount.WriteOff, sub, EntryKind.WriteOff),
            OperationKind.OpeningBalance when sub == Prepayment =>
                (LedgerAccount.OpeningBalance, Prepayment, EntryKind.OpeningBalance),
            OperationKind.OpeningBalance => (sub, LedgerAccount.OpeningBalance, EntryKind.OpeningBalance),
            OperationKind.CreditLent => (sub, Prepayment, EntryKind.CreditLent),
            OperationKind.Fee => (LedgerAccount.Receivable, LedgerAccount.FeeRevenue, EntryKind.Fee),
            OperationKind.AgentSettlement => (sub, LedgerAccount.CashAgent, EntryKind.Transfer),
            OperationKind.ChequeCleared =>
                (LedgerAccount.CashBank, LedgerAccount.ChequesInHand, EntryKind.Transfer),
            OperationKind.RefundPaid => (LedgerAccount.RefundPayable, LedgerAccount.CashBank, EntryKind.Refund),
            OperationKind.CashDifference =>
                (LedgerAccount.CashCounter, LedgerAccount.CashDifference, EntryKind.CashDifference),
            _ => throw new InvalidOperationException($"{order.Kind} has no fixed sides."),
        };
    }
}

using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;

namespace Meters.Host.Audit.Money;

/// <summary>What an operation books, by docs/payments.md; of one with two halves, the first.</summary>
internal static class OperationSides
{
    private const LedgerAccount Balance = LedgerAccount.CustomerPrepayment;

    /// <summary>Null for one that takes a payment back, or that is not known here.</summary>
    public static PlainEntry? Of(AuditOperation operation)
    {
        var sub = (LedgerAccount)(operation.Sub ?? (long)Balance);
        return (OperationKind)operation.Kind switch
        {
            OperationKind.Transfer => Entry(operation, Balance, LedgerAccount.InTransit, EntryKind.Transfer),
            OperationKind.Refund => Entry(operation, Balance, sub, EntryKind.Refund),
            OperationKind.SuspenseRelease =>
                Entry(operation, LedgerAccount.Suspense, LedgerAccount.InTransit, EntryKind.SuspenseRelease),
            OperationKind.WriteOff => Entry(operation, LedgerAccount.WriteOff, sub, EntryKind.WriteOff),
            OperationKind.OpeningBalance when sub == Balance =>
                Entry(operation, LedgerAccount.OpeningBalance, Balance, EntryKind.OpeningBalance),
            OperationKind.OpeningBalance =>
                Entry(operation, sub, LedgerAccount.OpeningBalance, EntryKind.OpeningBalance),
            OperationKind.CreditLent => Entry(operation, sub, Balance, EntryKind.CreditLent),
            OperationKind.Fee => Entry(operation, LedgerAccount.Receivable, LedgerAccount.FeeRevenue, EntryKind.Fee),
            OperationKind.AgentSettlement => Entry(operation, sub, LedgerAccount.CashAgent, EntryKind.Transfer),
            OperationKind.ChequeCleared =>
                Entry(operation, LedgerAccount.CashBank, LedgerAccount.ChequesInHand, EntryKind.Transfer),
            OperationKind.RefundPaid =>
                Entry(operation, LedgerAccount.RefundPayable, LedgerAccount.CashBank, EntryKind.Refund),
            OperationKind.CashDifference =>
                Entry(operation, LedgerAccount.CashCounter, LedgerAccount.CashDifference, EntryKind.CashDifference),
            _ => null,
        };
    }

    public static bool TakesBack(AuditOperation operation) =>
        (OperationKind)operation.Kind is OperationKind.Reversal or OperationKind.BouncedCheque;

    /// <summary>A fee that a bounced cheque raises.</summary>
    public static PlainEntry FeeOf(AuditOperation operation) =>
        Entry(operation, LedgerAccount.Receivable, LedgerAccount.FeeRevenue, EntryKind.Fee);

    /// <summary>What the receiving account gets.</summary>
    public static PlainEntry SecondHalfOf(AuditOperation operation) => Entry(
        operation, LedgerAccount.InTransit, Balance,
        operation.Kind == (long)OperationKind.Transfer ? EntryKind.Transfer : EntryKind.SuspenseRelease);

    /// <summary>Below zero with the sides changed.</summary>
    private static PlainEntry Entry(
        AuditOperation operation, LedgerAccount debit, LedgerAccount credit, EntryKind kind) => operation.Amount < 0
        ? new((long)credit, (long)debit, -(BigInteger)operation.Amount, (long)kind, null)
        : new((long)debit, (long)credit, operation.Amount, (long)kind, null);
}

using Meters.Billing.Payments;
using Meters.Host.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>Refusals of operations, shifts and reconciliations, as the table in <see cref="Problems"/>.</summary>
public static class LedgerProblems
{
    public static ProblemHttpResult Of(OperationStatus status) => Problems.Of(KindOf(status), detail: null);

    public static ProblemHttpResult Of(ShiftStatus status) => Problems.Of(KindOf(status), detail: null);

    public static ProblemHttpResult Of(ReconciliationStatus status) => Problems.Of(KindOf(status), detail: null);

    public static ProblemKind KindOf(OperationStatus status) => status switch
    {
        OperationStatus.Declined => new(409, "declined", "A second person has declined it."),
        OperationStatus.KeyReusedWithOtherContent => new(409, "key-reused-with-other-content",
            "This key was used for something else. Nothing was posted."),
        OperationStatus.KeyMalformed => new(400, "key-malformed", "The key must have 1 to 100 characters."),
        OperationStatus.OperationUnknown => new(404, "operation-unknown", "There is no such operation."),
        OperationStatus.NotPending => new(409, "not-pending", "It was decided already."),
        OperationStatus.NoteMissing => new(422, "note-missing", "A note of 1 to 500 characters must say why."),
        OperationStatus.AccountUnknown => Problems.KindOf(Fault.AccountUnknown),
        OperationStatus.CurrencyMismatch =>
            new(422, "currency-mismatch", "The currency is not that of the account."),
        OperationStatus.AmountNotPositive => new(422, "amount-not-positive", "The amount must be above zero."),
        OperationStatus.AmountTooLarge => Problems.KindOf(Fault.AmountTooLarge),
        OperationStatus.SubAccountWrong =>
            new(422, "sub-account-wrong", "The sub-account or the way of the money does not fit here."),
        OperationStatus.PaymentUnknown => new(404, "payment-unknown", "There is no such payment."),
        OperationStatus.AlreadyTakenBack =>
            new(409, "already-taken-back", "The payment was reversed, has bounced or was released already."),
        OperationStatus.NotACheque => new(422, "not-a-cheque", "The payment was not made by cheque."),
        OperationStatus.SuspenseMismatch =>
            new(409, "suspense-mismatch", "Only money in suspense is released, and only a booked payment bounces."),
        OperationStatus.SameAccount => new(422, "same-account", "Giver and receiver are the same account."),
        OperationStatus.BalanceTooLow =>
            new(409, "balance-too-low", "The balance without lent credit does not cover it."),
        OperationStatus.MoreThanOwed => new(409, "more-than-owed", "It is more than is owed there."),
        OperationStatus.CreditNotRepaid => new(409, "credit-not-repaid", "Credit of this kind is not repaid yet."),
        OperationStatus.CreditNotOffered =>
            new(409, "credit-not-offered", "The policy offers no such credit at this balance."),
        OperationStatus.SamePerson => new(403, "same-person", "This takes another person."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(ShiftStatus status) => status switch
    {
        ShiftStatus.AlreadyOpen => new(409, "shift-already-open", "The till or the cashier has an open shift."),
        ShiftStatus.Unknown => new(404, "shift-unknown", "There is no such shift."),
        ShiftStatus.NotYours => new(403, "shift-not-yours", "A cashier counts and closes only his own shift."),
        ShiftStatus.Closed => new(409, "shift-closed", "The shift is closed."),
        ShiftStatus.NotCounted => new(409, "shift-not-counted", "The till must be counted before the shift closes."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    public static ProblemKind KindOf(ReconciliationStatus status) => status switch
    {
        ReconciliationStatus.NameReused => NameReused,
        ReconciliationStatus.Unknown => new(404, "reconciliation-unknown", "There is no such reconciliation."),
        ReconciliationStatus.ItemNotOpen =>
            new(409, "difference-not-open", "There is no such difference, or it is resolved."),
        ReconciliationStatus.SamePerson => new(403, "same-person", "This takes another person."),
        ReconciliationStatus.NotResolved => new(409, "differences-open", "Differences are still open."),
        ReconciliationStatus.DayMoved =>
            new(409, "day-moved", "The ledger's day has changed since the comparison: compare again."),
        ReconciliationStatus.Signed => new(409, "already-signed", "It is signed off already."),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a problem."),
    };

    /// <summary>For files of all kinds.</summary>
    public static readonly ProblemKind NameReused =
        new(409, "name-reused", "A file of this name was taken with other content.");
}

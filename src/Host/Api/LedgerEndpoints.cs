using System.Security.Claims;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Payment">Key of the payment.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
/// <param name="Fee">Of a bounced cheque, major units as a decimal string; absent for none.</param>
public sealed record TakeBackRequest(string Key, string Payment, string Note, string? Fee = null);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="To">The receiving account.</param>
/// <param name="Amount">Major units as a decimal string.</param>
/// <param name="Currency">ISO 4217; must be that of both accounts.</param>
/// <param name="Note">Why.</param>
public sealed record TransferRequest(string Key, long To, string Amount, string Currency, string Note);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Amount">Major units as a decimal string.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Note">Why.</param>
/// <param name="Via">Of a refund: cash or bank.</param>
/// <param name="SubAccount">Of a write-off: debt, emergency_credit, friendly_credit or receivable.</param>
public sealed record AmountRequest(
    string Key, string Amount, string Currency, string Note, string? Via = null, string? SubAccount = null);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Kind">emergency or friendly.</param>
/// <param name="Note">Who asked for it.</param>
public sealed record CreditRequest(string Key, string Kind, string Note);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Payment">Key of the payment in suspense.</param>
/// <param name="Account">The owner.</param>
/// <param name="Note">How it was found.</param>
public sealed record ReleaseRequest(string Key, string Payment, long Account, string Note);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Kind">cheque: cheques in hand that the bank has paid; refund: agreed refunds that it has sent.</param>
/// <param name="Amount">Major units as a decimal string.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Note">Which.</param>
public sealed record ClearingRequest(string Key, string Kind, string Amount, string Currency, string Note);

/// <param name="Key">Key of the operation that waits.</param>
public sealed record DecisionRequest(string Key);

/// <summary>What was done, or waits for a second person.</summary>
public sealed record OperationText(
    string Key,
    string Kind,
    string State,
    long? Account,
    long? Other,
    string? Sub,
    MoneyText Amount,
    string? Payment,
    string Note,
    string By,
    string RequestedAt,
    string? DecidedBy,
    string? DoneAt,
    string? Receipt,
    MoneyText? BalanceAfter)
{
    public static OperationText Of(OperationRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var order = record.Order;
        return new(
            order.Key,
            Tags.Of(order.Kind),
            Tags.Of(record.State),
            order.Account == LedgerOrder.House ? null : order.Account.Value,
            order.Other?.Value,
            order.Sub is { } sub ? Tags.Of(sub) : null,
            Texts.Of(order.Amount, order.Currency),
            order.Target,
            order.Note,
            order.By.Value,
            record.RequestedAt.ToString(),
            record.ApprovedBy?.Value,
            record.DoneAt?.ToString(),
            record.Group is { } group ? $"{record.Shard}-{group}" : null,
            record.BalanceAfter is { } balance ? Texts.Of(balance, order.Currency) : null);
    }
}

/// <summary>Reversals, transfers, refunds, write-offs, credit and suspense.</summary>
public static class LedgerEndpoints
{
    public static void MapLedger(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("ledger");
        group.MapPost("/reversals", ReverseAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("Takes a payment back: on its own day at once, by another than who took it; later with two.");
        group.MapPost("/bounces", BounceAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("A cheque that was not paid: takes the payment back and may raise a fee.");
        group.MapPost("/releases", ReleaseAsync).RequireAuthorization(AccessPolicies.Office)
            .WithSummary("Money in suspense goes to its owner.");
        group.MapPost("/accounts/{id:long}/transfers", TransferAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("From this account's balance to another's.");
        group.MapPost("/accounts/{id:long}/refunds", RefundAsync).RequireAuthorization(AccessPolicies.Ask)
            .WithSummary("Asks for a refund by cash or bank: 202, until another person approves it.");
        group.MapPost("/accounts/{id:long}/write-offs", WriteOffAsync).RequireAuthorization(AccessPolicies.Ask)
            .WithSummary("Asks to give up what is owed: 202, until another person approves it.");
        group.MapPost("/accounts/{id:long}/fees", FeeAsync).RequireAuthorization(AccessPolicies.Office)
            .WithSummary("Raises a fee, to be paid with a later purchase.");
        group.MapPost("/accounts/{id:long}/credit", LendAsync).RequireAuthorization(AccessPolicies.Ask)
            .WithSummary("Lends the emergency or friendly credit that the policy offers now.");
        group.MapPost("/clearings", ClearAsync).RequireAuthorization(AccessPolicies.Office)
            .WithSummary("Cheques that were paid, refunds that were sent.");
        group.MapPost("/approvals", ApproveAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("The second person's yes.");
        group.MapPost("/refusals", DeclineAsync).RequireAuthorization(AccessPolicies.Supervise)
            .WithSummary("The second person's no; or who asked takes it back.");
        LedgerQueries.Map(group);
    }

    private static Task<IResult> ReverseAsync(
        TakeBackRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        AnswerAsync(engine.Money.TakeBackAsync(
            OperationKind.Reversal, body.Key, body.Payment, Money.Zero, user.Person(), body.Note, stopping));

    private static async Task<IResult> BounceAsync(
        TakeBackRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        var fee = Money.Zero;
        if (body.Fee is not null)
        {
            if (await engine.Money.Store.FindPaymentAsync(body.Payment, stopping) is not { } paid)
            {
                return LedgerProblems.Of(OperationStatus.PaymentUnknown);
            }

            if (Amounts.TryRead(body.Fee, paid.Order.Currency.Code, out fee, out _) is { } refused) return refused;
        }

        return await AnswerAsync(engine.Money.TakeBackAsync(
            OperationKind.BouncedCheque, body.Key, body.Payment, fee, user.Person(), body.Note, stopping));
    }

    private static Task<IResult> ReleaseAsync(
        ReleaseRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        AnswerAsync(engine.Money.ReleaseAsync(
            body.Key, body.Payment, new(body.Account), user.Person(), body.Note, stopping));

    private static async Task<IResult> TransferAsync(
        long id, TransferRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (Amounts.TryRead(body.Amount, body.Currency, out var amount, out var currency) is { } refused)
        {
            return refused;
        }

        var order = new LedgerOrder(body.Key, OperationKind.Transfer, new(id), amount, currency, user.Person())
        {
            Other = new AccountId(body.To),
            Note = body.Note,
        };
        return await PostAsync(engine, order, stopping);
    }

    private static Task<IResult> RefundAsync(
        long id, AmountRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        PostAsync(
            engine,
            new(id),
            OperationKind.Refund,
            body,
            user.Person(),
            body.Via switch
            {
                "cash" => LedgerAccount.CashCounter,
                "bank" => LedgerAccount.RefundPayable,
                _ => null,
            },
            stopping);

    private static Task<IResult> WriteOffAsync(
        long id, AmountRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        PostAsync(
            engine, new(id), OperationKind.WriteOff, body, user.Person(),
            OpeningImport.TryParseSub(body.SubAccount, out var sub) ? sub : null, stopping);

    private static Task<IResult> FeeAsync(
        long id, AmountRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        PostAsync(engine, new(id), OperationKind.Fee, body, user.Person(), null, stopping);

    private static async Task<IResult> LendAsync(
        long id, CreditRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        LedgerAccount? sub = body.Kind switch
        {
            "emergency" => LedgerAccount.EmergencyCredit,
            "friendly" => LedgerAccount.FriendlyCredit,
            _ => null,
        };
        if (sub is null)
        {
            return Problems.Of(Fault.ContentRefused, "kind must be emergency or friendly.", "kind");
        }

        return await AnswerAsync(
            engine.Money.LendAsync(body.Key, new(id), sub.Value, user.Person(), body.Note, stopping));
    }

    private static async Task<IResult> ClearAsync(
        ClearingRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (body.Kind is not ("cheque" or "refund"))
        {
            return Problems.Of(Fault.ContentRefused, "kind must be cheque or refund.", "kind");
        }

        if (Amounts.TryRead(body.Amount, body.Currency, out var amount, out var currency) is { } refused)
        {
            return refused;
        }

        var kind = body.Kind == "cheque" ? OperationKind.ChequeCleared : OperationKind.RefundPaid;
        return await AnswerAsync(engine.Money.PostAsync(
            new(body.Key, kind, LedgerOrder.House, amount, currency, user.Person()) { Note = body.Note }, stopping));
    }

    private static Task<IResult> ApproveAsync(
        DecisionRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        AnswerAsync(engine.Money.DecideAsync(body.Key, approve: true, user.Person(), stopping));

    private static async Task<IResult> DeclineAsync(
        DecisionRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        var (status, record) = await engine.Money.DecideAsync(body.Key, approve: false, user.Person(), stopping);
        return status == OperationStatus.Declined && record is not null
            ? TypedResults.Ok(OperationText.Of(record))
            : LedgerProblems.Of(status);
    }

    private static async Task<IResult> PostAsync(
        EnginePort engine,
        AccountId account,
        OperationKind kind,
        AmountRequest body,
        PersonId by,
        LedgerAccount? sub,
        CancellationToken stopping)
    {
        if (Amounts.TryRead(body.Amount, body.Currency, out var amount, out var currency) is { } refused)
        {
            return refused;
        }

        var order = new LedgerOrder(body.Key, kind, account, amount, currency, by) { Sub = sub, Note = body.Note };
        return await PostAsync(engine, order, stopping);
    }

    private static async Task<IResult> PostAsync(EnginePort engine, LedgerOrder order, CancellationToken stopping) =>
        engine.FindAccount(order.Account) is null
            ? Problems.Of(Fault.AccountUnknown)
            : await AnswerAsync(engine.Money.PostAsync(order, stopping));

    internal static async Task<IResult> AnswerAsync(Task<(OperationStatus Status, OperationRecord? Record)> work)
    {
        var (status, record) = await work;
        return (status, record) switch
        {
            (OperationStatus.Done, { } done) =>
                TypedResults.Created($"/operations?key={done.Order.Key}", OperationText.Of(done)),
            (OperationStatus.AlreadyDone, { } earlier) => TypedResults.Ok(OperationText.Of(earlier)),
            (OperationStatus.AwaitsApproval, { } pending) =>
                TypedResults.Accepted($"/operations?key={pending.Order.Key}", OperationText.Of(pending)),
            _ => LedgerProblems.Of(status),
        };
    }
}

/// <summary>Amounts of a body.</summary>
internal static class Amounts
{
    /// <summary>Null and the amount, or the refusal.</summary>
    public static ProblemHttpResult? TryRead(string text, string code, out Money amount, out Currency currency)
    {
        var (status, detail) = Texts.TryReadAmount(text, code, out amount, out currency);
        if (status == Texts.AmountStatus.Read) return null;
        var field = status == Texts.AmountStatus.CurrencyUnknown ? "currency" : "amount";
        return Problems.Of(PaymentEndpoints.FaultOf(status), detail, field);
    }
}

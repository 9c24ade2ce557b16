using System.Security.Claims;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Access;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Meters.Host.Api;

/// <param name="Account">Whose.</param>
/// <param name="Amount">Major units as a decimal string: "50.00". Never rounded.</param>
/// <param name="Currency">ISO 4217; must be the account's.</param>
/// <param name="Channel">counter, bank, mobile or agent.</param>
/// <param name="Key">
/// The caller's idempotency key, 1 to 100 characters; may stand in the header Idempotency-Key instead.
/// </param>
/// <param name="Reference">The caller's own text, at most 200 characters.</param>
/// <param name="Tender">plain, cheque or card; plain when absent.</param>
public sealed record PaymentRequest(
    long Account,
    string Amount,
    string Currency,
    string Channel,
    string? Key = null,
    string? Reference = null,
    string? Tender = null);

/// <param name="To">balance, debt, emergency_credit, receivable, suspense and so on.</param>
/// <param name="Line">The charge that it pays, as the tariff names it.</param>
/// <param name="Amount">Negative for what was given on top, such as a rebate.</param>
public sealed record SplitText(string To, string? Line, MoneyText Amount)
{
    public static IReadOnlyList<SplitText> Of(PaymentSplit split, Currency currency)
    {
        ArgumentNullException.ThrowIfNull(split);
        return
        [
            .. split.Parts.Select(
                part => new SplitText(NameOf(part.Account), part.Line, Texts.Of(part.Amount, currency))),
        ];
    }

    private static string NameOf(LedgerAccount account) => account switch
    {
        LedgerAccount.CustomerPrepayment => "balance",
        LedgerAccount.CustomerDebt => "debt",
        _ => Tags.Of(account),
    };
}

/// <summary>A posted payment: what the receipt prints, with the split that a quote would have named.</summary>
/// <param name="Waits">The account is not known: the money is kept in suspense.</param>
public sealed record PaymentText(
    string Receipt,
    string Key,
    long Account,
    MoneyText Amount,
    string Channel,
    string TakenBy,
    string? Reference,
    string PostedAt,
    MoneyText BalanceAfter,
    IReadOnlyList<SplitText> Split,
    bool Waits)
{
    public static PaymentText Of(PaymentRecord payment) => new(
        payment.Receipt,
        payment.Order.Key,
        payment.Order.Account.Value,
        Texts.Of(payment.Order.Amount, payment.Order.Currency),
        Tags.Of(payment.Order.Channel),
        payment.Order.TakenBy.Value,
        payment.Order.Reference,
        payment.PostedAt.ToString(),
        Texts.Of(payment.BalanceAfter, payment.Order.Currency),
        SplitText.Of(payment.Split, payment.Order.Currency),
        payment.Split.IsSuspense);
}

public static class PaymentEndpoints
{
    public const int ReferenceLengthMax = 200;
    public const int KeyLengthMax = 100;

    public static void MapPayments(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapPost("/payments", PostAsync).RequireAuthorization(AccessPolicies.Pay).WithTags("payments")
            .WithSummary(
                "Posts a payment: 201 with the receipt once it is durable, 200 with the same receipt for a repeat.");
        routes.MapGet("/accounts/{id:long}/payments", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithTags("payments")
            .WithSummary("Payments of an account, newest first.");
    }

    private static async Task<Results<Created<PaymentText>, Ok<PaymentText>, ProblemHttpResult>> PostAsync(
        PaymentRequest body,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        ClaimsPrincipal user,
        EnginePort engine,
        CancellationToken stopping)
    {
        if (TryRead(body, idempotencyKey, user.Person(), out var order) is { } refused) return refused;
        var (status, record) = await engine.PostPayment(order!, stopping);
        return (status, record) switch
        {
            (PaymentStatus.Posted, { } posted) =>
                TypedResults.Created($"/accounts/{body.Account}/payments", PaymentText.Of(posted)),
            (PaymentStatus.AlreadyPosted, { } earlier) => TypedResults.Ok(PaymentText.Of(earlier)),
            _ => Problems.Of(status),
        };
    }

    /// <summary>
    /// Null and the order, or the refusal. Order of checks: key, channel, amount, reference; accounts are the engine's.
    /// </summary>
    public static ProblemHttpResult? TryRead(
        PaymentRequest body, string? header, PersonId takenBy, out PaymentOrder? order)
    {
        ArgumentNullException.ThrowIfNull(body);
        order = null;
        var fromHeader = Unquoted(header);
        if (body.Key is not null && fromHeader is not null && body.Key != fromHeader)
        {
            return Problems.Of(Fault.IdempotencyKeyMismatch);
        }

        var key = body.Key ?? fromHeader;
        if (key is not { Length: > 0 and <= KeyLengthMax } || key.Any(char.IsControl))
        {
            return Problems.Of(PaymentStatus.KeyMalformed);
        }

        if (!Tags.TryParse<PaymentChannel>(body.Channel, out var channel))
        {
            return Problems.Of(Fault.ChannelUnknown,
                $"'{Texts.Shown(body.Channel)}' is none of {Tags.All<PaymentChannel>()}.", "channel");
        }

        var (status, detail) = Texts.TryReadAmount(body.Amount, body.Currency, out var amount, out var currency);
        if (status != Texts.AmountStatus.Read)
        {
            var field = status == Texts.AmountStatus.CurrencyUnknown ? "currency" : "amount";
            return Problems.Of(FaultOf(status), detail, field);
        }

        if (body.Reference is { } reference && (reference.Length > ReferenceLengthMax || reference.Any(char.IsControl)))
        {
            return Problems.Of(Fault.ContentRefused,
                $"reference must have at most {ReferenceLengthMax} characters, none of control.", "reference");
        }

        var tender = Tender.Plain;
        if (body.Tender is not null && !Tags.TryParse(body.Tender, out tender))
        {
            return Problems.Of(
                Fault.ContentRefused, $"tender must be one of {Tags.All<Tender>()}.", "tender");
        }

        order = new(key, new(body.Account), amount, currency, channel, takenBy, body.Reference) { Tender = tender };
        return null;
    }

    public static Fault FaultOf(Texts.AmountStatus status) => status switch
    {
        Texts.AmountStatus.CurrencyUnknown => Fault.CurrencyUnknown,
        Texts.AmountStatus.Malformed => Fault.AmountMalformed,
        Texts.AmountStatus.TooFine => Fault.AmountTooFine,
        Texts.AmountStatus.TooLarge => Fault.AmountTooLarge,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a fault."),
    };

    // The IETF draft of the header writes its value as a quoted string; most callers do not.
    private static string? Unquoted(string? header) =>
        header is ['"', .. var inner, '"'] ? inner : string.IsNullOrEmpty(header) ? null : header;

    private static async Task<Results<Ok<Page<PaymentText>>, ProblemHttpResult>> ListAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Queries.PaymentsAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, PaymentText.Of));
    }
}

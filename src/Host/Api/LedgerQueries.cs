using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>What is owed beside the balance.</summary>
public sealed record SubAccountsText(
    MoneyText Debt, MoneyText EmergencyCredit, MoneyText FriendlyCredit, MoneyText Receivable)
{
    public static SubAccountsText Of(SubAccounts subs, Currency currency) => new(
        Texts.Of(subs.Debt, currency),
        Texts.Of(subs.Emergency, currency),
        Texts.Of(subs.Friendly, currency),
        Texts.Of(subs.Receivable, currency));
}

/// <param name="Account">Whose.</param>
/// <param name="Balance">The prepaid balance now.</param>
/// <param name="Owed">What is owed beside it.</param>
/// <param name="Arrears">All that is owed, charges due and a balance below zero included.</param>
/// <param name="Split">How the amount asked about would be divided: the receipt will say the same.</param>
/// <param name="Reconnects">The least payment that reconnects; null when no payment does.</param>
/// <param name="Clears">The least payment after which nothing is owed; null when caps forbid it in one.</param>
public sealed record QuoteText(
    long Account,
    MoneyText Balance,
    SubAccountsText Owed,
    MoneyText Arrears,
    IReadOnlyList<SplitText>? Split,
    MoneyText? Reconnects,
    MoneyText? Clears)
{
    public static QuoteText Of(Quote quote)
    {
        ArgumentNullException.ThrowIfNull(quote);
        return new(
            quote.Account.Value,
            Texts.Of(quote.Balance, quote.Currency),
            SubAccountsText.Of(quote.Owed, quote.Currency),
            Texts.Of(quote.Arrears, quote.Currency),
            quote.Split is { } split ? SplitText.Of(split, quote.Currency) : null,
            quote.Reconnects is { } reconnects ? Texts.Of(reconnects, quote.Currency) : null,
            quote.Clears is { } clears ? Texts.Of(clears, quote.Currency) : null);
    }
}

internal static class LedgerQueries
{
    public static void Map(RouteGroupBuilder group)
    {
        group.MapGet("/accounts/{id:long}/quote", QuoteAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("What is owed, how an amount would be divided, what reconnects, what clears everything.");
        group.MapGet("/accounts/{id:long}/sub-accounts", SubAccountsAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Debt, lent credit and receivables of an account.");
        group.MapGet("/accounts/{id:long}/operations", OfAccountAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Operations on an account, newest first.");
        group.MapGet("/operations", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Operations, newest first; by state (pending, in_transit, posted, declined) or by key.");
        group.MapGet("/suspense", SuspenseAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Money whose account is not known, oldest first.");
    }

    private static async Task<Results<Ok<QuoteText>, ProblemHttpResult>> QuoteAsync(
        long id, string? amount, EnginePort engine, CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        Money? asked = null;
        if (amount is not null)
        {
            if (Amounts.TryRead(amount, account.Currency, out var read, out _) is { } refused) return refused;
            if (read <= Money.Zero) return Problems.Of(PaymentStatus.AmountNotPositive);
            if (read.Minor > engine.PaymentMinorMax) return Problems.Of(PaymentStatus.AmountTooLarge);
            asked = read;
        }

        return await engine.Money.QuoteAsync(new(id), asked, stopping) is { } quote
            ? TypedResults.Ok(QuoteText.Of(quote))
            : Problems.Of(Fault.AccountUnknown);
    }

    private static async Task<Results<Ok<SubAccountsText>, ProblemHttpResult>> SubAccountsAsync(
        long id, EnginePort engine, CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Ledger.SubAccountsAsync(new(id), stopping);
        Money Of(LedgerAccount sub) => rows.FirstOrDefault(row => row.Account == sub).Balance;
        var subs = new SubAccounts() with
        {
            Debt = Of(LedgerAccount.CustomerDebt),
            Emergency = Of(LedgerAccount.EmergencyCredit),
            Friendly = Of(LedgerAccount.FriendlyCredit),
            Receivable = Of(LedgerAccount.Receivable),
        };
        return TypedResults.Ok(SubAccountsText.Of(subs, Currency.Parse(account.Currency)));
    }

    private static async Task<Results<Ok<Page<OperationText>>, ProblemHttpResult>> OfAccountAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Ledger.OperationsAsync(new(id), null, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, OperationText.Of));
    }

    private static async Task<Results<Ok<Page<OperationText>>, ProblemHttpResult>> ListAsync(
        string? key, string? state, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (key is not null)
        {
            var found = await engine.Store.Ledger.FindOperationAsync(key, stopping);
            return TypedResults.Ok(new Page<OperationText>(found is null ? [] : [OperationText.Of(found)], false));
        }

        OperationState? wanted = null;
        if (state is not null)
        {
            if (!Tags.TryParse<OperationState>(state, out var known))
            {
                return Problems.Of(
                    Fault.QueryMalformed, $"state must be one of {Tags.All<OperationState>()}.", "state");
            }

            wanted = known;
        }

        var rows = await engine.Store.Ledger.OperationsAsync(null, wanted, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, OperationText.Of));
    }

    private static async Task<Results<Ok<Page<PaymentText>>, ProblemHttpResult>> SuspenseAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Ledger.SuspenseAsync(Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, PaymentText.Of));
    }
}

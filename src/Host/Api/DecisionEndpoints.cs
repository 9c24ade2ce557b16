using Meters.Control.Decisions;
using Meters.Host.Access;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="At">When it was decided.</param>
/// <param name="Outcome">remind, warn, cut, reconnect, wait, none or refused.</param>
/// <param name="Reasons">Plain sentences, most important first.</param>
/// <param name="Balance">Balance that it was decided on.</param>
/// <param name="BalanceAsOf">Latest reading in that balance.</param>
/// <param name="Policy">Policy id and version.</param>
public sealed record DecisionText(
    string At, string Outcome, IReadOnlyList<string> Reasons, MoneyText Balance, string? BalanceAsOf, string Policy);

public static class DecisionEndpoints
{
    public static void MapDecisions(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/accounts/{id:long}/decisions", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithTags("decisions")
            .WithSummary("Why is it off, or why not: what Control decided and why, newest first.");

    private static async Task<Results<Ok<Page<DecisionText>>, ProblemHttpResult>> ListAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        var currency = Currency.Parse(account.Currency);
        var rows = await engine.Store.Queries.DecisionsAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, row => Of(row, currency)));
    }

    private static DecisionText Of(Decision row, Currency currency) => new(
        row.At.ToString(), row.Outcome, row.Reasons, Texts.Of(row.Balance, currency), row.BalanceAsOf?.ToString(),
        row.Policy);
}

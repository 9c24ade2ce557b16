using Meters.Host.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

public sealed record CommandCount(string Kind, string State, long Count);

public sealed record NoticeCount(string Kind, string State, long Count);

public sealed record SupplyCount(string Desired, string Actual, long Count);

/// <param name="Readings">Stored readings.</param>
/// <param name="Frames">Stored raw frames.</param>
/// <param name="Quarantined">Items in quarantine.</param>
/// <param name="Payments">Posted payments.</param>
/// <param name="Sessions">Live sessions of this process.</param>
/// <param name="Commands">By kind and state.</param>
/// <param name="Notices">By kind and state.</param>
/// <param name="Supply">Accounts by wanted and proven supply.</param>
public sealed record TotalsText(
    long Readings,
    long Frames,
    long Quarantined,
    long Payments,
    int Sessions,
    IReadOnlyList<CommandCount> Commands,
    IReadOnlyList<NoticeCount> Notices,
    IReadOnlyList<SupplyCount> Supply);

public static class TotalsEndpoints
{
    public static void MapTotals(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/totals", GetAsync).RequireAuthorization(AccessPolicies.Read).WithTags("totals")
            .WithSummary("Counts over everything.");

    private static async Task<Ok<TotalsText>> GetAsync(EnginePort engine, CancellationToken stopping)
    {
        var totals = await engine.Store.Queries.TotalsAsync(stopping);
        return TypedResults.Ok(new TotalsText(
            totals.Readings,
            totals.Frames,
            totals.Quarantined,
            totals.Payments,
            engine.Sessions(),
            [.. totals.Commands.OrderBy(c => c.Key).Select(c =>
                new CommandCount(Tags.Of(c.Key.Kind), Tags.Of(c.Key.State), c.Value))],
            [.. totals.Notices.OrderBy(n => n.Key).Select(n =>
                new NoticeCount(Tags.Of(n.Key.Kind), Tags.Of(n.Key.State), n.Value))],
            [.. totals.Cases.OrderBy(s => s.Key).Select(s =>
                new SupplyCount(Tags.Of(s.Key.Desired), Tags.Of(s.Key.Actual), s.Value))]));
    }
}

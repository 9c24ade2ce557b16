using Meters.Control.Notices;
using Meters.Host.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Id">From the store.</param>
/// <param name="Kind">remind, warn, cut_done or reconnected.</param>
/// <param name="Phone">To whom.</param>
/// <param name="Language">en or zh.</param>
/// <param name="Text">As sent.</param>
/// <param name="State">queued, sent, delivered or failed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Attempts">Times handed to the gateway.</param>
/// <param name="DoneAt">When delivered or given up.</param>
/// <param name="Detail">The gateway's own word.</param>
public sealed record NoticeText(
    long Id,
    string Kind,
    string Phone,
    string Language,
    string Text,
    string State,
    string CreatedAt,
    int Attempts,
    string? DoneAt,
    string? Detail);

public static class NoticeEndpoints
{
    public static void MapNotices(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/accounts/{id:long}/notices", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithTags("notices")
            .WithSummary("Messages to the customer, newest first.");

    private static async Task<Results<Ok<Page<NoticeText>>, ProblemHttpResult>> ListAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Queries.NoticesAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, Of));
    }

    private static NoticeText Of(Notice row) => new(
        row.Id.Value, Tags.Of(row.Kind), row.Phone, row.Language, row.Text, Tags.Of(row.State),
        row.CreatedAt.ToString(), row.Attempts, row.DoneAt?.ToString(), row.Detail);
}

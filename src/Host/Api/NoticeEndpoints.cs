using Meters.Control.Notices;
using Meters.Host.Access;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Id">From the store.</param>
/// <param name="Kind">remind, warn, cut_done or reconnected.</param>
/// <param name="Phone">To whom.</param>
/// <param name="Language">en, zh or another that there are texts in.</param>
/// <param name="Text">As sent.</param>
/// <param name="Template">Version of the text: warn/en/1.</param>
/// <param name="State">queued, sent, delivered or failed.</param>
/// <param name="Channel">sms, terminal_text, email or webhook: where it is, or what delivered it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="DueAt">When it is tried or looked at again; null when nothing more happens.</param>
/// <param name="HeldUntil">End of the quiet hours that held it; null when none did.</param>
/// <param name="Attempts">Times handed to a gateway, over all channels.</param>
/// <param name="DoneAt">When delivered or given up.</param>
/// <param name="Detail">The gateway's own word.</param>
/// <param name="Tried">What was tried, in order.</param>
public sealed record NoticeText(
    long Id,
    string Kind,
    string Phone,
    string Language,
    string Text,
    string Template,
    string State,
    string Channel,
    string CreatedAt,
    string? DueAt,
    string? HeldUntil,
    int Attempts,
    string? DoneAt,
    string? Detail,
    IReadOnlyList<AttemptText> Tried);

/// <param name="Number">1, 2, 3 ...</param>
/// <param name="Channel">On which way.</param>
/// <param name="Outcome">sent, delivered, refused, try_later or unheard.</param>
/// <param name="At">When.</param>
/// <param name="Detail">The gateway's own word.</param>
public sealed record AttemptText(int Number, string Channel, string Outcome, string At, string Detail);

public static class NoticeEndpoints
{
    public static void MapNotices(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/accounts/{id:long}/notices", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithTags("notices")
            .WithSummary("Messages to the customer, newest first, with what was tried for each.");

    private static async Task<Results<Ok<Page<NoticeText>>, ProblemHttpResult>> ListAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Queries.NoticesAsync(new(id), Paging.Take(max), stopping);
        var tried = (await engine.Store.Notices.AttemptsAsync([.. rows.Select(row => row.Id)], stopping))
            .ToLookup(one => one.Notice);
        return TypedResults.Ok(Paging.Of(rows, max, row => Of(row, tried[row.Id])));
    }

    private static NoticeText Of(Notice row, IEnumerable<NoticeAttempt> tried) => new(
        row.Id.Value, Tags.Of(row.Kind), row.Phone, row.Language, row.Text, row.Template, Tags.Of(row.State),
        Tags.Of(row.Channel), row.CreatedAt.ToString(),
        row.DoneAt is null && row.DueAt < Units.Instant.Never ? row.DueAt.ToString() : null,
        row.AllowedAt?.ToString(), row.Attempts, row.DoneAt?.ToString(), row.Detail,
        [
            .. tried.Select(one => new AttemptText(
                one.Number, Tags.Of(one.Channel), Tags.Of(one.Outcome), one.At.ToString(), one.Detail)),
        ]);
}

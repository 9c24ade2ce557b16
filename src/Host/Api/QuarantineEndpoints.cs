using System.Globalization;
using System.Security.Claims;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>Something that arrived and cannot be used as it is. Frame ids are strings: they need all 64 bits.</summary>
public sealed record QuarantineText(
    long Id,
    string Frame,
    string Concentrator,
    string ReceivedAt,
    string Kind,
    int? Point,
    int? Function,
    long? Meter,
    string? Register,
    string? At,
    string? Kwh,
    string Detail,
    string? Outcome,
    ClosingText? Released);

/// <param name="Frame">Frame id.</param>
/// <param name="Concentrator">Address that sent it.</param>
/// <param name="ReceivedAt">When.</param>
/// <param name="Hex">The bytes.</param>
public sealed record RawFrameText(string Frame, string Concentrator, string ReceivedAt, string Hex)
{
    public static RawFrameText Of(RawFrame frame) => new(
        QuarantineEndpoints.FrameText(frame.Id), frame.Terminal.ToString(), frame.ReceivedAt.ToString(),
        Convert.ToHexString(frame.Bytes.Span));
}

public static class QuarantineEndpoints
{
    public static void MapQuarantine(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("quarantine").RequireAuthorization(AccessPolicies.Quarantine);
        group.MapGet("/quarantine", ListAsync).WithSummary("What could not be used as it came, newest first; by kind.");
        routes.MapPost("/quarantine/{id:long}/release", ReleaseAsync).WithTags("quarantine")
            .RequireAuthorization(AccessPolicies.Readings)
            .WithSummary("Lets an item go on: an implausible value by the person's word, another as it came.");
        group.MapGet("/quarantine/unregistered", UnregisteredAsync)
            .WithSummary("Frames of concentrators that are not registered, newest first.");
        group.MapGet("/frames/{id:long}", FrameAsync).WithSummary("One raw frame, as it was received.");
    }

    public static string FrameText(FrameId frame) => frame.Value.ToString(CultureInfo.InvariantCulture);

    private static async Task<Results<Ok<Page<QuarantineText>>, ProblemHttpResult>> ListAsync(
        string? kind, long? meter, bool? open, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (kind is not null && !RecordChecks.IsWord(kind))
        {
            return Problems.Of(Fault.QueryMalformed, "kind must be a word such as unknown_fn.", "kind");
        }

        MeterId? of = meter is { } id ? new MeterId(id) : null;
        var rows = await engine.Store.Work.QuarantineAsync(kind, of, open == true, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, Of));
    }

    private static async Task<Results<Ok<Page<RawFrameText>>, ProblemHttpResult>> UnregisteredAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Queries.UnregisteredAsync(Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, RawFrameText.Of));
    }

    private static async Task<Results<Ok<RawFrameText>, ProblemHttpResult>> FrameAsync(
        long id, EnginePort engine, CancellationToken stopping) =>
        await engine.Store.Queries.FrameAsync(new(id), stopping) is { } frame
            ? TypedResults.Ok(RawFrameText.Of(frame))
            : Problems.Of(Fault.FrameUnknown);

    private static async Task<Results<Ok<DeskText>, ProblemHttpResult>> ReleaseAsync(
        long id, NoteRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (ReadingWorkEndpoints.RefuseNote(body.Note) is { } refused) return refused;
        var outcome = await engine.Desk().ReleaseAsync(new(id, user.Person(), body.Note), stopping);
        return ReadingWorkEndpoints.Answer(outcome, Fault.WorkItemUnknown);
    }

    private static QuarantineText Of(QuarantineRow row)
    {
        var item = row.Item;
        return new(
            row.Id,
            FrameText(item.Frame),
            item.Terminal.ToString(),
            item.ReceivedAt.ToString(),
            item.Kind,
            item.Point,
            item.Function,
            item.Channel?.Meter.Value,
            item.Channel is { } channel ? Tags.Of(channel.Register) : null,
            item.At?.ToString(),
            item.Value is { } value ? Texts.Kwh(new(value)) : null,
            item.Detail,
            row.Release?.Outcome,
            ClosingText.Of(row.Release?.Closed));
    }
}

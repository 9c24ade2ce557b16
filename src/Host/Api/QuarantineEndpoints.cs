using System.Globalization;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>Something that arrived and cannot be used as it is. Frame ids are strings: they need all 64 bits.</summary>
public sealed record QuarantineText(
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
    string Detail);

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
        group.MapGet("/quarantine/unregistered", UnregisteredAsync)
            .WithSummary("Frames of concentrators that are not registered, newest first.");
        group.MapGet("/frames/{id:long}", FrameAsync).WithSummary("One raw frame, as it was received.");
    }

    public static string FrameText(FrameId frame) => frame.Value.ToString(CultureInfo.InvariantCulture);

    private static async Task<Results<Ok<Page<QuarantineText>>, ProblemHttpResult>> ListAsync(
        string? kind, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (kind is not null && !RecordChecks.IsWord(kind))
        {
            return Problems.Of(Fault.QueryMalformed, "kind must be a word such as unknown_fn.", "kind");
        }

        var rows = await engine.Store.Queries.QuarantineAsync(kind, Paging.Take(max), stopping);
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

    private static QuarantineText Of(QuarantineItem item) => new(
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
        item.Detail);
}

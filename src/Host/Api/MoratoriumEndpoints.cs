using System.Security.Claims;
using System.Text.Json;
using Meters.Control.Cases;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Kind">weather, emergency, outage or order.</param>
/// <param name="Area">A region with all beneath it; * for everywhere.</param>
/// <param name="Until">ISO 8601 with a zone; in the future. Every moratorium ends.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
public sealed record MoratoriumRequest(string Kind, string Area, string Until, string Note);

/// <summary>A declared moratorium.</summary>
public sealed record MoratoriumText(
    long Id, string Kind, string Area, string From, string Until, string By, string Note)
{
    public static MoratoriumText Of(Moratorium one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return new(
            one.Id, Tags.Of(one.Kind), one.Area, one.From.ToString(), one.Until.ToString(), one.By.Value, one.Note);
    }
}

/// <summary>Moratoria that are declared for areas, and calendars of holidays.</summary>
public static class MoratoriumEndpoints
{
    public static void MapMoratoria(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var moratoria = routes.MapGroup("/moratoria").WithTags("moratoria");
        moratoria.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Moratoria that are not over.");
        moratoria.MapPost("/", DeclareAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Nobody in an area is cut from now until a time.");
        moratoria.MapDelete("/{id:long}", EndAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Ends a moratorium now.");
        var calendars = routes.MapGroup("/calendars").WithTags("policies");
        calendars.MapGet("/", CalendarsAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("All versions of the calendars of holidays.");
        calendars.MapPost("/", AddCalendarAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Adds a version of a calendar of holidays; the highest version holds.");
    }

    private static async Task<Ok<Page<MoratoriumText>>> ListAsync(
        EnginePort engine, TimeProvider clock, CancellationToken stopping)
    {
        var rows = await engine.Store.Customers.MoratoriaAsync(clock.Now(), stopping);
        return TypedResults.Ok(new Page<MoratoriumText>([.. rows.Select(MoratoriumText.Of)], false));
    }

    private static async Task<Results<Created<MoratoriumText>, ProblemHttpResult>> DeclareAsync(
        MoratoriumRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (!Tags.TryParse<MoratoriumKind>(body.Kind, out var kind))
        {
            return Refused("kind", $"must be one of {Tags.All<MoratoriumKind>()}.");
        }

        if (body.Area != Moratorium.Everywhere && !RecordChecks.IsWord(body.Area))
        {
            return Refused("area", "must be a region, parts divided by dots, or *.");
        }

        var now = clock.Now();
        if (!Texts.TryReadInstant(body.Until, out var until) || until <= now)
        {
            return Refused("until", $"{Texts.InstantSentence} It must lie in the future.");
        }

        if (!RecordChecks.IsText(body.Note, 1, HoldEndpoints.NoteLengthMax))
        {
            return Refused("note", $"must have 1 to {HoldEndpoints.NoteLengthMax} characters, none of control.");
        }

        var declared = new Moratorium(0, kind, body.Area, now, until, user.Person(), body.Note);
        var id = await engine.Store.Customers.DeclareAsync(declared, stopping);
        return TypedResults.Created($"/moratoria/{id}", MoratoriumText.Of(declared with { Id = id }));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(
        long id, ClaimsPrincipal user, EnginePort engine, TimeProvider clock, CancellationToken stopping) =>
        await engine.Store.Customers.EndAsync(id, user.Person(), clock.Now(), stopping)
            ? TypedResults.NoContent()
            : Problems.Of(Fault.MoratoriumUnknown);

    private static async Task<Ok<Page<VersionText>>> CalendarsAsync(EnginePort engine, CancellationToken stopping)
    {
        var rows = await engine.Store.Customers.CalendarsAsync(stopping);
        return TypedResults.Ok(new Page<VersionText>([.. rows.Select(VersionText.Of)], false));
    }

    private static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddCalendarAsync(
        JsonElement body, ClaimsPrincipal user, EnginePort engine, TimeProvider clock, CancellationToken stopping)
    {
        var json = JsonSerializer.Serialize(body);
        var now = clock.Now();
        var faults = await engine.Customers.AddCalendarAsync(json, user.Person(), now, stopping);
        return faults.Count > 0
            ? Problems.Of(Fault.ContentRefused, faults)
            : TypedResults.Created("/calendars", new RegistryAnswer(1));
    }

    private static ProblemHttpResult Refused(string field, string sentence) =>
        Problems.Of(Fault.ContentRefused, $"{field} {sentence}", field);
}

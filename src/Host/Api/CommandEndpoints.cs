using System.Security.Claims;
using Meters.Control.Commands;
using Meters.Host.Access;
using Meters.Host.Import;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Kind">trip, permit_close, close, alarm_on, alarm_off, keep_power_on or keep_power_off.</param>
/// <param name="Reason">Why, in plain words, 1 to 200 characters: kept on the row.</param>
public sealed record CommandRequest(string Kind, string Reason);

/// <param name="Id">From the store.</param>
/// <param name="Account">Whose supply.</param>
/// <param name="Meter">The meter with the relay.</param>
/// <param name="Concentrator">The concentrator that carries it.</param>
/// <param name="Kind">What to do.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Origin">policy or manual.</param>
/// <param name="RequestedBy">The person, or system.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="DueAt">Not tried before.</param>
/// <param name="ExpiresAt">Never sent at or after.</param>
/// <param name="SentAt">Last dispatch, null before.</param>
/// <param name="Attempts">Times it was sent.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record CommandText(
    long Id,
    long Account,
    long Meter,
    string Concentrator,
    string Kind,
    string State,
    string Origin,
    string RequestedBy,
    string CreatedAt,
    string DueAt,
    string ExpiresAt,
    string? SentAt,
    int Attempts,
    string Reason)
{
    public static CommandText Of(Command command) => new(
        command.Id.Value,
        command.Account.Value,
        command.Meter.Value,
        command.Terminal.ToString(),
        Tags.Of(command.Kind),
        Tags.Of(command.State),
        Tags.Of(command.Origin),
        command.RequestedBy.Value,
        command.CreatedAt.ToString(),
        command.DueAt.ToString(),
        command.ExpiresAt.ToString(),
        command.SentAt?.ToString(),
        command.Attempts,
        command.Reason);
}

public static class CommandEndpoints
{
    public const int ReasonLengthMax = 200;

    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/accounts/{id:long}/commands").WithTags("commands");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("A person's command. 202: it is kept, and goes out when its gates open.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Commands of an account, newest first.");
    }

    private static async Task<Results<Accepted<CommandText>, ProblemHttpResult>> AddAsync(
        long id,
        CommandRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        ILogger<CommandRequest> logger,
        CancellationToken stopping)
    {
        if (!Tags.TryParse<CommandKind>(body.Kind, out var kind))
        {
            return Problems.Of(Fault.ContentRefused, $"kind must be one of {Tags.All<CommandKind>()}.", "kind");
        }

        if (!RecordChecks.IsText(body.Reason, 1, ReasonLengthMax))
        {
            return Problems.Of(Fault.ContentRefused,
                $"reason must have 1 to {ReasonLengthMax} characters, none of control.", "reason");
        }

        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var person = user.Person();
        var (command, refusal) = await engine.Command(new(id), kind, person, body.Reason, stopping);
        if (command is null) return Problems.Of(Fault.CommandRefused, refusal);
        logger.CommandAsked(body.Kind, id, person.Value);
        return TypedResults.Accepted($"/accounts/{id}/commands", CommandText.Of(command));
    }

    private static async Task<Results<Ok<Page<CommandText>>, ProblemHttpResult>> ListAsync(
        long id, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var rows = await engine.Store.Queries.CommandsAsync(new(id), Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, CommandText.Of));
    }
}

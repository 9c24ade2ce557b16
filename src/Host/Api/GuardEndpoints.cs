using System.Security.Claims;
using Meters.Control.Guard;
using Meters.Host.Access;
using Meters.Host.Guard;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Note">Why, 1 to 500 characters.</param>
public sealed record GuardNote(string Note);

/// <param name="Action">release or delete.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
/// <param name="Commands">Which cuts, up to 1,000; absent: all in quarantine.</param>
/// <param name="RequestedBy">Of these only those that this person asked for.</param>
public sealed record GuardReleaseRequest(
    string Action, string Note, IReadOnlyList<long>? Commands = null, string? RequestedBy = null);

/// <summary>The switch that stops all cuts.</summary>
public sealed record GuardSwitchText(bool Stopped, string By, string At, string Note)
{
    public static GuardSwitchText Of(GuardSwitch one) =>
        new(one.Stopped, one.By.Value, one.At.ToString(), one.Note);
}

/// <param name="Scope">system, region, feeder or operator.</param>
/// <param name="Name">Which; empty for the system or where it is not known.</param>
/// <param name="Cuts">Dispatched within the window.</param>
/// <param name="Kilowatts">Their estimated load, kW.</param>
public sealed record GuardSpentText(string Scope, string Name, long Cuts, long Kilowatts);

/// <param name="Switch">Null when it was never used: cuts go.</param>
/// <param name="Quarantined">Cuts that wait for two people.</param>
/// <param name="WindowMinutes">The sliding window.</param>
/// <param name="Spent">What each budget spent in it.</param>
public sealed record GuardText(
    GuardSwitchText? Switch, long Quarantined, int WindowMinutes, IReadOnlyList<GuardSpentText> Spent);

/// <param name="Line">warn, quarantine or hard_cap.</param>
/// <param name="Times">Cuts that raised it.</param>
public sealed record GuardAlarmText(
    long Id, string Line, string Scope, string Name, string Sentence, string FirstAt, string LastAt, long Times,
    string? SeenBy, string? SeenAt)
{
    public static GuardAlarmText Of(GuardAlarm alarm) => new(
        alarm.Id, Tags.Of(alarm.Line), Tags.Of(alarm.Key.Scope), alarm.Key.Name, alarm.Sentence,
        alarm.FirstAt.ToString(), alarm.LastAt.ToString(), alarm.Times, alarm.SeenBy?.Value, alarm.SeenAt?.ToString());
}

/// <param name="State">asked, done or rejected.</param>
/// <param name="Cuts">How many it is about.</param>
/// <param name="Moved">How many were still in quarantine when it was done.</param>
public sealed record GuardReleaseText(
    long Id, string Action, string State, string AskedBy, string AskedAt, string Note, long Cuts, string? DecidedBy,
    string? DecidedAt, string? DecidedNote, long Moved)
{
    public static GuardReleaseText Of(GuardRelease release) => new(
        release.Id, Tags.Of(release.Action), Tags.Of(release.State), release.AskedBy.Value, release.AskedAt.ToString(),
        release.Note, release.Cuts, release.DecidedBy?.Value, release.DecidedAt?.ToString(), release.DecidedNote,
        release.Moved);
}

public static class GuardEndpoints
{
    public static void MapGuard(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/guard").WithTags("guard");
        group.MapGet("/", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("The mass-disconnect guard: its switch, its budgets, what is in quarantine.");
        group.MapPost("/stop", StopAsync).RequireAuthorization(AccessPolicies.StopCuts)
            .WithSummary("Stops all cuts at once, in every process. Reconnects go on.");
        group.MapPost("/resume", ResumeAsync).RequireAuthorization(AccessPolicies.Release)
            .WithSummary("Another person lets cuts go again, slowly at first.");
        group.MapGet("/switches", SwitchesAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Every use of the switch, newest first.");
        group.MapGet("/alarms", AlarmsAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Alarms, the latest first; open=true: those that nobody has seen.");
        group.MapPost("/alarms/{alarm:long}/seen", SeenAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("A person has seen an alarm; raised again, it is a new one.");
        group.MapGet("/quarantine", QuarantineAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Cuts that the guard holds back, newest first.");
        group.MapPost("/releases", AskAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Asks that quarantined cuts be released or deleted; a second person decides.");
        group.MapGet("/releases", ReleasesAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("What was asked and decided about quarantined cuts, newest first.");
        group.MapPost("/releases/{release:long}/approve", ApproveAsync).RequireAuthorization(AccessPolicies.Release)
            .WithSummary("A second person says yes. Released cuts pass every gate again.");
        group.MapPost("/releases/{release:long}/reject", RejectAsync).RequireAuthorization(AccessPolicies.Release)
            .WithSummary("A second person says no: the cuts stay in quarantine.");
    }

    private static async Task<Ok<GuardText>> GetAsync(EnginePort engine, CancellationToken stopping)
    {
        var store = engine.GuardWork.Store;
        var window = engine.GuardWindow;
        var now = engine.Now();
        var spent = await store.SpentAsync(now, window, stopping);
        var turned = await store.SwitchAsync(stopping);
        return TypedResults.Ok(new GuardText(
            turned is null ? null : GuardSwitchText.Of(turned),
            await store.QuarantinedCountAsync(stopping),
            (int)window.TotalMinutes,
            [
                .. spent.Select(one => new GuardSpentText(
                    Tags.Of(one.Key.Scope), one.Key.Name, one.Spent.Trips, one.Spent.Watts / 1_000)),
            ]));
    }

    private static Task<Results<Ok<GuardSwitchText>, ProblemHttpResult>> StopAsync(
        GuardNote body, ClaimsPrincipal user, EnginePort engine, ILogger<GuardNote> logger,
        CancellationToken stopping) => TurnAsync(
        body, user, engine, logger, engine.GuardWork.StopAsync, stopping);

    private static Task<Results<Ok<GuardSwitchText>, ProblemHttpResult>> ResumeAsync(
        GuardNote body, ClaimsPrincipal user, EnginePort engine, ILogger<GuardNote> logger,
        CancellationToken stopping) => TurnAsync(
        body, user, engine, logger, engine.GuardWork.ResumeAsync, stopping);

    private static async Task<Results<Ok<GuardSwitchText>, ProblemHttpResult>> TurnAsync(
        GuardNote body, ClaimsPrincipal user, EnginePort engine, ILogger logger,
        Func<PersonId, string, CancellationToken, Task<GuardStatus>> turn, CancellationToken stopping)
    {
        if (RefuseNote(body.Note) is { } refused) return refused;
        var status = await turn(user.Person(), body.Note, stopping);
        if (status != GuardStatus.Done) return GuardProblems.Of(status);
        var stands = await engine.GuardWork.Store.SwitchAsync(stopping);
        logger.CutsSwitched(stands!.Stopped, user.Person().Value, body.Note);
        return TypedResults.Ok(GuardSwitchText.Of(stands));
    }

    private static async Task<Results<Ok<Page<GuardSwitchText>>, ProblemHttpResult>> SwitchesAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.GuardWork.Store.SwitchesAsync(Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, GuardSwitchText.Of));
    }

    private static async Task<Results<Ok<Page<GuardAlarmText>>, ProblemHttpResult>> AlarmsAsync(
        bool? open, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.GuardWork.Store.AlarmsAsync(open == true, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, GuardAlarmText.Of));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SeenAsync(
        long alarm, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        var status = await engine.GuardWork.SeenAsync(alarm, user.Person(), stopping);
        return status == GuardStatus.Done ? TypedResults.NoContent() : GuardProblems.Of(status);
    }

    private static async Task<Results<Ok<Page<CommandText>>, ProblemHttpResult>> QuarantineAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.GuardWork.Store.QuarantinedAsync(Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, CommandText.Of));
    }

    private static async Task<Results<Created<GuardReleaseText>, ProblemHttpResult>> AskAsync(
        GuardReleaseRequest body, ClaimsPrincipal user, EnginePort engine, ILogger<GuardReleaseRequest> logger,
        CancellationToken stopping)
    {
        if (!Tags.TryParse<GuardAction>(body.Action, out var action))
        {
            return Problems.Of(Fault.ContentRefused, $"action must be one of {Tags.All<GuardAction>()}.", "action");
        }

        if (RefuseNote(body.Note) is { } refused) return refused;
        if (body.Commands is { Count: 0 or > GuardDesk.CutsNamedMax })
        {
            return Problems.Of(
                Fault.ContentRefused, $"commands must name 1 to {GuardDesk.CutsNamedMax} cuts.", "commands");
        }

        PersonId? requester = body.RequestedBy is { } person ? new PersonId(person) : null;
        var (status, release) = await engine.GuardWork.AskAsync(
            new(action, body.Commands?.Select(id => new CommandId(id)).ToList(), requester,
                user.Person(), default, body.Note),
            stopping);
        if (release is null) return GuardProblems.Of(status);
        logger.ReleaseAsked(release.Id, body.Action, release.Cuts, user.Person().Value);
        return TypedResults.Created($"/guard/releases/{release.Id}", GuardReleaseText.Of(release));
    }

    private static async Task<Results<Ok<Page<GuardReleaseText>>, ProblemHttpResult>> ReleasesAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.GuardWork.Store.ReleasesAsync(Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, GuardReleaseText.Of));
    }

    private static Task<Results<Ok<GuardReleaseText>, ProblemHttpResult>> ApproveAsync(
        long release, GuardNote body, ClaimsPrincipal user, EnginePort engine, ILogger<GuardReleaseRequest> logger,
        CancellationToken stopping) => DecideAsync(release, true, body, user, engine, logger, stopping);

    private static Task<Results<Ok<GuardReleaseText>, ProblemHttpResult>> RejectAsync(
        long release, GuardNote body, ClaimsPrincipal user, EnginePort engine, ILogger<GuardReleaseRequest> logger,
        CancellationToken stopping) => DecideAsync(release, false, body, user, engine, logger, stopping);

    private static async Task<Results<Ok<GuardReleaseText>, ProblemHttpResult>> DecideAsync(
        long release, bool approved, GuardNote body, ClaimsPrincipal user, EnginePort engine, ILogger logger,
        CancellationToken stopping)
    {
        if (RefuseNote(body.Note) is { } refused) return refused;
        var (status, decided) = await engine.GuardWork.DecideAsync(
            release, approved, user.Person(), body.Note, stopping);
        if (status != GuardStatus.Done) return GuardProblems.Of(status);
        logger.ReleaseDecided(release, Tags.Of(decided!.State), decided.Moved, user.Person().Value);
        return TypedResults.Ok(GuardReleaseText.Of(decided));
    }

    private static ProblemHttpResult? RefuseNote(string note) =>
        RecordChecks.IsText(note, 1, GuardDesk.NoteLengthMax)
            ? null
            : Problems.Of(
                Fault.ContentRefused,
                $"note must have 1 to {GuardDesk.NoteLengthMax} characters, none of control.",
                "note");
}

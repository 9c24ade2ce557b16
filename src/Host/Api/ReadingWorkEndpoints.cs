using System.Security.Claims;
using Meters.Billing.Accounts;
using Meters.Billing.Estimation;
using Meters.Billing.Validation;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Host.Readings;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>The work queues of readings: what checks found, conflicts, billing holds, prolonged estimation.</summary>
public static class ReadingWorkEndpoints
{
    public static void MapReadingWork(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var look = routes.MapGroup("").WithTags("readings").RequireAuthorization(AccessPolicies.Quarantine);
        look.MapGet("/findings", FindingsAsync).WithSummary("What checks of readings found, newest first; open ones.");
        look.MapGet("/conflicts", ConflictsAsync).WithSummary("Values that stand against each other; open ones.");
        look.MapGet("/billing-holds", HoldsAsync).WithSummary("Meters whose billing is held; standing ones.");
        look.MapGet("/estimates/prolonged", ProlongedAsync)
            .WithSummary("Registers that live on estimates, most hours first.");
        var work = routes.MapGroup("").WithTags("readings").RequireAuthorization(AccessPolicies.Readings);
        work.MapPost("/findings/{id:long}/close", CloseAsync).WithSummary("Closes a finding with a note.");
        work.MapPost("/conflicts/{id:long}/resolve", ResolveAsync)
            .WithSummary("Settles a conflict: one of the two values, one entered, or none.");
        work.MapPost("/meters/{id:long}/billing-hold", HoldAsync)
            .WithSummary("Holds a meter's billing: nothing more is rated.");
        work.MapPost("/meters/{id:long}/billing-hold/lift", LiftAsync)
            .WithSummary("Lifts the hold; the readings that waited go on.");
    }

    public static ProblemHttpResult? RefuseNote(string note)
    {
        const int Max = HoldEndpoints.NoteLengthMax;
        return RecordChecks.IsText(note, 1, Max)
            ? null
            : Problems.Of(Fault.ContentRefused, $"note must have 1 to {Max} characters, none of control.", "note");
    }

    public static Results<Ok<DeskText>, ProblemHttpResult> Answer(DeskOutcome outcome, Fault unknown) =>
        outcome.Status switch
        {
            DeskStatus.Done => TypedResults.Ok(new DeskText(outcome.Book?.Tag() ?? "done", outcome.Released)),
            DeskStatus.Unknown => Problems.Of(unknown),
            DeskStatus.ClosedBefore => Problems.Of(Fault.WorkItemClosed),
            DeskStatus.NotReleasable => Problems.Of(Fault.NotReleasable),
            DeskStatus.Refused => Problems.Of(Fault.ReadingRefused, $"The book says: {outcome.Book?.Tag()}."),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome.Status, "Not an outcome."),
        };

    private static async Task<Results<Ok<Page<FindingText>>, ProblemHttpResult>> FindingsAsync(
        string? check, long? meter, bool? all, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        CheckKind? kind = null;
        if (check is not null)
        {
            if (!Tags.TryParse<CheckKind>(check, out var known))
            {
                return Problems.Of(Fault.QueryMalformed, $"check must be one of {Tags.All<CheckKind>()}.", "check");
            }

            kind = known;
        }

        var rows = await engine.Store.Work.FindingsAsync(
            kind, MeterOf(meter), all != true, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, FindingText.Of));
    }

    private static async Task<Results<Ok<Page<ConflictText>>, ProblemHttpResult>> ConflictsAsync(
        long? meter, bool? all, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Work.ConflictsAsync(MeterOf(meter), all != true, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, ConflictText.Of));
    }

    private static async Task<Results<Ok<Page<BillingHoldText>>, ProblemHttpResult>> HoldsAsync(
        long? meter, bool? all, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Work.HoldsAsync(MeterOf(meter), all != true, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, BillingHoldText.Of));
    }

    private static async Task<Results<Ok<Page<ProlongedText>>, ProblemHttpResult>> ProlongedAsync(
        int? hours, int? days, int? max, EnginePort engine, TimeProvider clock, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        const int DaysMax = 400;
        var limits = new EstimationOptions();
        var (least, back) = (hours ?? limits.ProlongedHours, days ?? limits.ProlongedDays);
        if (least < 1) return Problems.Of(Fault.QueryMalformed, "hours must be 1 or more.", "hours");
        if (back is < 1 or > DaysMax)
        {
            return Problems.Of(Fault.QueryMalformed, $"days must be 1 to {DaysMax}.", "days");
        }

        var rows = await engine.Store.Work.ProlongedAsync(
            clock.Now() - TimeSpan.FromDays(back), least, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, ProlongedText.Of));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> CloseAsync(
        long id,
        NoteRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (RefuseNote(body.Note) is { } refused) return refused;
        var closing = new Closing(user.Person(), clock.Now(), body.Note);
        return await engine.Store.Work.CloseFindingAsync(id, closing, stopping) switch
        {
            WorkStatus.Done => TypedResults.NoContent(),
            WorkStatus.ClosedBefore => Problems.Of(Fault.WorkItemClosed),
            _ => Problems.Of(Fault.WorkItemUnknown),
        };
    }

    private static async Task<Results<Ok<DeskText>, ProblemHttpResult>> ResolveAsync(
        long id, ConflictRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (RefuseNote(body.Note) is { } refused) return refused;
        if (!Tags.TryParse<ConflictChoice>(body.Choice, out var choice) || choice == ConflictChoice.Better)
        {
            return Problems.Of(Fault.ContentRefused, "choice must be first, second, edited or neither.", "choice");
        }

        Energy? value = null;
        if (MeterHistoryReading.TryReadKwh(body.Kwh, out var kwh)) value = kwh;
        if ((value is not null) != (choice == ConflictChoice.Edited) || (value is null && body.Kwh is not null))
        {
            return Problems.Of(
                Fault.ContentRefused,
                $"kwh belongs to edited and to nothing else; it {MeterHistoryReading.KwhSentence}",
                "kwh");
        }

        var request = new ResolveConflict(id, choice, value, user.Person(), body.Note);
        return Answer(await engine.Desk().ResolveAsync(request, stopping), Fault.WorkItemUnknown);
    }

    private static async Task<Results<Ok<DeskText>, ProblemHttpResult>> HoldAsync(
        long id, NoteRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (RefuseNote(body.Note) is { } refused) return refused;
        var order = new BillingHoldOrder(new(id), user.Person(), body.Note);
        return Answer(await engine.Desk().HoldAsync(order, stopping), Fault.MeterUnknown);
    }

    private static async Task<Results<Ok<DeskText>, ProblemHttpResult>> LiftAsync(
        long id, NoteRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (RefuseNote(body.Note) is { } refused) return refused;
        var order = new BillingHoldOrder(new(id), user.Person(), body.Note);
        return Answer(await engine.Desk().LiftAsync(order, stopping), Fault.WorkItemUnknown);
    }

    private static MeterId? MeterOf(long? meter) => meter is { } id ? new MeterId(id) : null;
}

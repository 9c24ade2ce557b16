using System.Security.Claims;
using Meters.Control.Cases;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Host.Ledger;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Kind">dispute, complaint, outage, arrangement, data_quality or life_support.</param>
/// <param name="Until">ISO 8601 with a zone; in the future.</param>
/// <param name="Note">Why, 1 to 500 characters.</param>
public sealed record HoldRequest(string Kind, string Until, string Note);

/// <summary>A hold on cutting.</summary>
public sealed record HoldText(long Account, string Kind, string From, string Until, string By, string Note)
{
    public static HoldText Of(Hold hold) => new(
        hold.Account.Value, Tags.Of(hold.Kind), hold.From.ToString(), hold.Until.ToString(), hold.By.Value, hold.Note);
}

public static class HoldEndpoints
{
    public const int NoteLengthMax = 500;

    public static void MapHolds(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/accounts/{id:long}/holds").WithTags("holds");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read).WithSummary("Holds that stand.");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Holds cutting until a time.");
        group.MapDelete("/{kind}", LiftAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Ends a hold now.");
    }

    private static async Task<Results<Ok<Page<HoldText>>, ProblemHttpResult>> ListAsync(
        long id, EnginePort engine, CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var image = await engine.Store.Control.FindCaseAsync(new(id), stopping);
        return TypedResults.Ok(new Page<HoldText>([.. (image?.Holds ?? []).Select(HoldText.Of)], false));
    }

    private static async Task<Results<Created<HoldText>, ProblemHttpResult>> AddAsync(
        long id,
        HoldRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        ILogger<HoldRequest> logger,
        CancellationToken stopping)
    {
        if (!Tags.TryParse<HoldKind>(body.Kind, out var kind)) return KindRefused();
        var now = clock.Now();
        if (!Texts.TryReadInstant(body.Until, out var until) || until <= now)
        {
            return Problems.Of(Fault.ContentRefused, $"until {Texts.InstantSentence} It must lie in the future.",
                "until");
        }

        if (!RecordChecks.IsText(body.Note, 1, NoteLengthMax))
        {
            return Problems.Of(Fault.ContentRefused,
                $"note must have 1 to {NoteLengthMax} characters, none of control.", "note");
        }

        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        if (await engine.Facts(new(id), stopping) is { } facts
            && facts.Policy.Holds.LatestEnd(kind, now) is var latest && until > latest)
        {
            return Problems.Of(
                Fault.ContentRefused, $"until is after {latest}, the end of the longest {body.Kind} hold.", "until");
        }

        var hold = new Hold(new(id), kind, now, until, user.Person(), body.Note);
        await engine.Store.Control.AddHoldAsync(hold, stopping);
        logger.HoldSet(body.Kind, id, until.ToString(), hold.By.Value);
        return TypedResults.Created($"/accounts/{id}/holds", HoldText.Of(hold));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LiftAsync(
        long id,
        string kind,
        ClaimsPrincipal user,
        EnginePort engine,
        TimeProvider clock,
        ILogger<HoldRequest> logger,
        CancellationToken stopping)
    {
        if (!Tags.TryParse<HoldKind>(kind, out var known)) return KindRefused();
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var person = user.Person();
        if (await Duties.HasReversedAsync(engine.Store, new(id), person, clock.Now(), stopping))
        {
            return LedgerProblems.Of(Billing.Payments.OperationStatus.SamePerson);
        }

        if (!await engine.Store.Control.LiftHoldAsync(new(id), known, person, clock.Now(), stopping))
        {
            return Problems.Of(Fault.HoldUnknown);
        }

        logger.HoldLifted(kind, id, person.Value);
        return TypedResults.NoContent();
    }

    private static ProblemHttpResult KindRefused() =>
        Problems.Of(Fault.ContentRefused, $"kind must be one of {Tags.All<HoldKind>()}.", "kind");
}

using System.Security.Claims;
using System.Text.Json;
using Meters.Host.Access;
using Meters.Host.Changes;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Kind">tariff, policy or account_tariff.</param>
/// <param name="Id">Tariff or policy id; the account of a move.</param>
/// <param name="Version">Above every version that stands.</param>
/// <param name="Document">The tariff or policy itself.</param>
/// <param name="EffectiveFrom">
/// ISO 8601 with a zone. A tariff says it in its document, and need not repeat it here; a policy needs it.
/// </param>
/// <param name="Reason">Why; needed where it begins in the past.</param>
public sealed record ChangeRequest(
    string Kind, string Id, int Version, JsonElement Document, string? EffectiveFrom = null, string Reason = "");

/// <param name="Note">Why, up to 500 characters.</param>
public sealed record DecisionNote(string Note = "");

/// <summary>A change in a list.</summary>
/// <param name="Change">Its number.</param>
/// <param name="State">proposed, scheduled, active, rejected, withdrawn or refused.</param>
public sealed record ChangeText(
    long Change, string Kind, string Id, int Version, string EffectiveFrom, string State, string ProposedBy,
    string ProposedAt, string Reason)
{
    public static ChangeText Of(ChangeRecord change)
    {
        var version = change.Proposal.Version;
        return new(
            change.Id, Tags.Of(change.Proposal.Kind), version.Id, version.Version, version.EffectiveFrom.ToString(),
            Tags.Of(change.State), version.By.Value, version.At.ToString(), change.Proposal.Reason);
    }
}

/// <param name="State">The state that the step led to.</param>
public sealed record ChangeStepText(string State, string By, string At, string Note);

/// <summary>A change with its document and all that was done about it, in order.</summary>
public sealed record ChangeDetail(ChangeText Change, JsonElement Document, IReadOnlyList<ChangeStepText> History);

public static class ChangeEndpoints
{
    public static void MapChanges(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/changes").WithTags("changes");
        group.MapPost("/", ProposeAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Proposes a version of a tariff or policy; it is checked at once, all faults are listed.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Changes, newest first; state=proposed are those that wait for a decision.");
        group.MapGet("/{change:long}", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("A change, its document, and who did what when.");
        group.MapPost("/{change:long}/approve", ApproveAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("A second person approves: the version holds from its instant.");
        group.MapPost("/{change:long}/reject", RejectAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("A second person rejects, and says why.");
        group.MapPost("/{change:long}/withdraw", WithdrawAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("The author takes a proposal back before it is decided.");
    }

    private static async Task<Results<Created<ChangeText>, ProblemHttpResult>> ProposeAsync(
        ChangeRequest body, ClaimsPrincipal user, EnginePort engine, TimeProvider clock,
        ILogger<ChangeRequest> logger, CancellationToken stopping)
    {
        var faults = new FaultSentences();
        if (!Tags.TryParse<ChangeKind>(body.Kind, out var kind))
        {
            faults.Add(0, "kind", $"must be one of {Tags.All<ChangeKind>()}.");
        }

        if (!TryReadFrom(body, out var from)) faults.Add(0, "effectiveFrom", Texts.InstantSentence);
        if (!RecordChecks.IsText(body.Reason, 0, ChangeDesk.NoteLengthMax))
        {
            faults.Add(0, "reason", NoteSentence(0));
        }

        VersionEndpoints.AddFaults(body.Id, body.Version, body.Document, faults);
        if (faults.Sentences.Count > 0) return Problems.Of(Fault.ContentRefused, faults.Sentences);
        var version = new VersionedDocument(
            body.Id, body.Version, from, JsonSerializer.Serialize(body.Document), user.Person(), clock.Now());
        var outcome = await engine.Changes.ProposeAsync(new(kind, version, body.Reason), stopping);
        if (outcome.Status != ChangeStatus.Done) return Problems.Of(outcome);
        Log(logger, outcome, user);
        return TypedResults.Created($"/changes/{outcome.Change!.Id}", ChangeText.Of(outcome.Change));
    }

    private static async Task<Results<Ok<Page<ChangeText>>, ProblemHttpResult>> ListAsync(
        string? state, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        ChangeState? wanted = null;
        if (state is not null)
        {
            if (!Tags.TryParse<ChangeState>(state, out var known))
            {
                return Problems.Of(
                    Fault.QueryMalformed, $"state must be one of {Tags.All<ChangeState>()}.", "state");
            }

            wanted = known;
        }

        var rows = await engine.Store.Changes.ListAsync(wanted, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, ChangeText.Of));
    }

    private static async Task<Results<Ok<ChangeDetail>, ProblemHttpResult>> GetAsync(
        long change, EnginePort engine, CancellationToken stopping)
    {
        var found = await engine.Store.Changes.FindAsync(change, stopping);
        if (found is null) return Problems.Of(ChangeOutcome.Of(ChangeStatus.ChangeUnknown));
        var steps = await engine.Store.Changes.StepsAsync(change, stopping);
        using var document = JsonDocument.Parse(found.Proposal.Version.Json);
        return TypedResults.Ok(new ChangeDetail(
            ChangeText.Of(found),
            document.RootElement.Clone(),
            [
                .. steps.Select(step =>
                    new ChangeStepText(Tags.Of(step.State), step.By.Value, step.At.ToString(), step.Note)),
            ]));
    }

    private static async Task<Results<Ok<ChangeText>, ProblemHttpResult>> ApproveAsync(
        long change, DecisionNote body, ClaimsPrincipal user, EnginePort engine, RegistryDirectory directory,
        ILogger<ChangeRequest> logger, CancellationToken stopping)
    {
        var answer = await DecideAsync(
            body, 0, () => engine.Changes.ApproveAsync(change, user.Person(), body.Note, stopping), user, logger);
        directory.Changed();
        return answer;
    }

    private static Task<Results<Ok<ChangeText>, ProblemHttpResult>> RejectAsync(
        long change, DecisionNote body, ClaimsPrincipal user, EnginePort engine, ILogger<ChangeRequest> logger,
        CancellationToken stopping) => DecideAsync(
        body, 1, () => engine.Changes.RejectAsync(change, user.Person(), body.Note, stopping), user, logger);

    private static Task<Results<Ok<ChangeText>, ProblemHttpResult>> WithdrawAsync(
        long change, DecisionNote body, ClaimsPrincipal user, EnginePort engine, ILogger<ChangeRequest> logger,
        CancellationToken stopping) => DecideAsync(
        body, 0, () => engine.Changes.WithdrawAsync(change, user.Person(), body.Note, stopping), user, logger);

    private static async Task<Results<Ok<ChangeText>, ProblemHttpResult>> DecideAsync(
        DecisionNote body, int lengthMin, Func<Task<ChangeOutcome>> decide, ClaimsPrincipal user, ILogger logger)
    {
        if (!RecordChecks.IsText(body.Note, lengthMin, ChangeDesk.NoteLengthMax))
        {
            return Problems.Of(Fault.ContentRefused, $"note {NoteSentence(lengthMin)}", "note");
        }

        var outcome = await decide();
        Log(logger, outcome, user);
        return outcome.Status == ChangeStatus.Done
            ? TypedResults.Ok(ChangeText.Of(outcome.Change!))
            : Problems.Of(outcome);
    }

    internal static void Log(ILogger logger, ChangeOutcome outcome, ClaimsPrincipal user)
    {
        if (outcome.Change is not { } change) return;
        var version = change.Proposal.Version;
        logger.ChangeMoved(
            change.Id, Tags.Of(change.Proposal.Kind), version.Id, version.Version, Tags.Of(change.State),
            user.Person().Value);
    }

    /// <summary>A tariff's own date counts where the request names none.</summary>
    private static bool TryReadFrom(ChangeRequest body, out Instant from)
    {
        from = default;
        if (body.EffectiveFrom is not null) return Texts.TryReadInstant(body.EffectiveFrom, out from);
        if (body.Kind != Tags.Of(ChangeKind.Tariff)) return false;
        // A document with faults is refused with all of them later, whatever is taken here.
        if (Billing.Tariffs.TariffJson.TryParse(body.Document.GetRawText(), out var tariff, out _))
        {
            from = tariff!.EffectiveFrom;
        }

        return true;
    }

    private static string NoteSentence(int lengthMin) =>
        $"must have {lengthMin} to {ChangeDesk.NoteLengthMax} characters, none of control.";
}

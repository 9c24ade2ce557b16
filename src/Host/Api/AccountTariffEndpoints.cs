using System.Security.Claims;
using Meters.Host.Access;
using Meters.Host.Changes;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Tariff">Id of the tariff that the account moves to.</param>
/// <param name="From">ISO 8601 with a zone, at a full quarter of an hour; the past too, with a reason.</param>
/// <param name="Reason">Why; needed where it begins in the past.</param>
public sealed record MoveRequest(string Tariff, string From, string Reason = "");

/// <param name="Account">Which account.</param>
/// <param name="Tariff">Id of the tariff that it moves to.</param>
/// <param name="From">ISO 8601 with a zone, at a full quarter of an hour.</param>
/// <param name="Reason">Why; needed where it begins in the past.</param>
public sealed record AccountTariffRequest(long Account, string Tariff, string From, string Reason = "");

/// <param name="Tariff">Id of the tariff.</param>
/// <param name="From">From when it holds; null for the one that the account began with.</param>
/// <param name="Until">When the next one begins; null for the last.</param>
/// <param name="By">Who proposed the move.</param>
/// <param name="Note">Why.</param>
public sealed record AccountTariffText(string Tariff, string? From, string? Until, string? By, string? Note);

public static class AccountTariffEndpoints
{
    public static void MapAccountTariffs(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("accounts");
        group.MapPost("/accounts/{id:long}/tariff", MoveAsync).RequireAuthorization(AccessPolicies.Tariffs)
            .WithSummary("Proposes that an account moves to another tariff at an instant; a second person approves.");
        group.MapGet("/accounts/{id:long}/tariffs", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("The tariffs of an account, each with the time in which it holds.");
        group.MapPost("/account-tariffs", MoveManyAsync).RequireAuthorization(AccessPolicies.Tariffs).TakesBulk()
            .WithSummary("Proposes moves of accounts to other tariffs, one or an array; none where one has a fault.");
    }

    private static async Task<Results<Created<ChangeText>, ProblemHttpResult>> MoveAsync(
        long id, MoveRequest body, ClaimsPrincipal user, EnginePort engine, ILogger<ChangeRequest> logger,
        CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is null) return Problems.Of(Fault.AccountUnknown);
        var faults = new FaultSentences();
        var move = ReadMove(new(id, body.Tariff, body.From, body.Reason), 0, user.Person(), engine, faults);
        if (faults.Sentences.Count > 0) return Problems.Of(Fault.ContentRefused, faults.Sentences);
        var outcome = await engine.Changes.ProposeAsync(
            new(ChangeKind.AccountTariff, move, body.Reason), stopping);
        if (outcome.Status != ChangeStatus.Done) return Problems.Of(outcome);
        ChangeEndpoints.Log(logger, outcome, user);
        return TypedResults.Created($"/changes/{outcome.Change!.Id}", ChangeText.Of(outcome.Change));
    }

    private static async Task<Results<Created<IReadOnlyList<ChangeText>>, ProblemHttpResult>> MoveManyAsync(
        OneOrMany<AccountTariffRequest> body, ClaimsPrincipal user, EnginePort engine, ILogger<ChangeRequest> logger,
        CancellationToken stopping)
    {
        var (faults, proposals) = (new FaultSentences(), new List<ChangeProposal>());
        foreach (var item in body.Items)
        {
            var before = faults.Sentences.Count;
            var move = ReadMove(item, proposals.Count, user.Person(), engine, faults);
            var proposal = new ChangeProposal(ChangeKind.AccountTariff, move, item.Reason);
            foreach (var fault in faults.Sentences.Count > before ? [] : engine.Changes.FaultsOf(proposal))
            {
                faults.Add(proposals.Count, "tariff", fault);
            }

            proposals.Add(proposal);
        }

        faults.AddRepeats(proposals, one => one.Version.Id, "account");
        if (faults.Sentences.Count > 0) return Problems.Of(Fault.ContentRefused, faults.Sentences);
        var proposed = new List<ChangeText>();
        foreach (var proposal in proposals)
        {
            var outcome = await engine.Changes.ProposeAsync(proposal, stopping);
            if (outcome.Status != ChangeStatus.Done) return Problems.Of(outcome);
            ChangeEndpoints.Log(logger, outcome, user);
            proposed.Add(ChangeText.Of(outcome.Change!));
        }

        return TypedResults.Created("/changes", (IReadOnlyList<ChangeText>)proposed);
    }

    private static async Task<Results<Ok<IReadOnlyList<AccountTariffText>>, ProblemHttpResult>> ListAsync(
        long id, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is not { } account) return Problems.Of(Fault.AccountUnknown);
        var index = await directory.IndexAsync(stopping);
        var moves = Registry.AccountTariffs.Standing(index.AccountTariffs[account.Id]).ToList();
        var texts = new List<AccountTariffText>
        {
            new(account.Tariff, null, moves.Count > 0 ? moves[0].From.ToString() : null, null, null),
        };
        texts.AddRange(moves.Select((move, i) => new AccountTariffText(
            move.Tariff,
            move.From.ToString(),
            i + 1 < moves.Count ? moves[i + 1].From.ToString() : null,
            move.By.Value,
            move.Note)));
        return TypedResults.Ok((IReadOnlyList<AccountTariffText>)texts);
    }

    private static VersionedDocument ReadMove(
        AccountTariffRequest item, int number, PersonId by, EnginePort engine, FaultSentences faults)
    {
        var found = new List<RecordFault>();
        var from = RecordChecks.OfMove(item, found);
        faults.Add(number, found);
        return engine.Changes.MoveOf(new(item.Account), item.Tariff, from, by);
    }
}

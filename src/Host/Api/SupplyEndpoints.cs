using Meters.Control;
using Meters.Control.Cases;
using Meters.Host.Access;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Gate">Stable word of the gate.</param>
/// <param name="Why">In plain words.</param>
/// <param name="OpensAt">When time alone opens it; null when an event must come.</param>
public sealed record GateText(string Gate, string Why, string? OpensAt)
{
    public static GateText Of(ClosedGate gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        var opens = gate.OpensAt is { } at && at < Instant.Never ? at.ToString() : null;
        return new(ControlTags.Tag(gate.Gate), gate.Sentence, opens);
    }
}

/// <param name="Amount">To be paid into the balance.</param>
/// <param name="Days">For so many days it comes back, or stays on.</param>
public sealed record PartialText(MoneyText Amount, int Days);

/// <param name="Desired">on, off or unknown: what is wanted.</param>
/// <param name="Actual">What the relay last proved.</param>
/// <param name="Why">How it stands, in plain words.</param>
/// <param name="NotCutBecause">Gates that keep it on; none when it is off, or nothing stands in the way.</param>
/// <param name="NotReconnectedBecause">Gates that keep it off.</param>
/// <param name="ToReconnect">What the balance lacks; a quote says what a payment must be with debts and charges.</param>
/// <param name="ForSomeDays">Smaller amounts that bring it back for some days.</param>
/// <param name="WhatElse">What a payment alone does not do.</param>
/// <param name="NextStep">The rung that comes next.</param>
/// <param name="NextLook">When it is looked at again; null when only an event changes anything.</param>
/// <param name="Policy">Policy id and version in force.</param>
public sealed record SupplyExplanationText(
    string Desired,
    string Actual,
    IReadOnlyList<string> Why,
    IReadOnlyList<GateText> NotCutBecause,
    IReadOnlyList<GateText> NotReconnectedBecause,
    MoneyText ToReconnect,
    IReadOnlyList<PartialText> ForSomeDays,
    IReadOnlyList<string> WhatElse,
    string? NextStep,
    string? NextLook,
    string Policy);

public static class SupplyEndpoints
{
    public static void MapSupply(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/accounts/{id:long}/supply", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithTags("decisions")
            .WithSummary("Why is it off, why is it not off, and what puts it back on: as of now.");

    private static async Task<Results<Ok<SupplyExplanationText>, ProblemHttpResult>> GetAsync(
        long id, EnginePort engine, CancellationToken stopping)
    {
        if (engine.FindAccount(new(id)) is null || await engine.Facts(new(id), stopping) is not { } facts)
        {
            return Problems.Of(Fault.AccountUnknown);
        }

        var explained = SupplyExplainer.Explain(facts);
        var currency = facts.Policy.Currency;
        return TypedResults.Ok(new SupplyExplanationText(
            ControlTags.Tag(facts.Case.Desired),
            ControlTags.Tag(facts.Case.Actual),
            explained.Sentences,
            [.. explained.CutGates.Select(GateText.Of)],
            [.. explained.ReconnectGates.Select(GateText.Of)],
            Texts.Of(explained.ToConnect, currency),
            [.. explained.ForDays.Select(step => new PartialText(Texts.Of(step.Amount, currency), step.Days))],
            explained.WhatElse,
            explained.NextRung,
            facts.Case.DueAt < Instant.Never ? facts.Case.DueAt.ToString() : null,
            facts.Policy.Label));
    }
}

using System.Security.Claims;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Host.Ledger;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Till">The till's name.</param>
/// <param name="Currency">Of its cash.</param>
/// <param name="Float">What lies in it, major units as a decimal string.</param>
public sealed record ShiftRequest(string Till, string Currency, string Float);

/// <param name="Counted">What lies in the till now, float included.</param>
public sealed record CountRequest(string Counted);

/// <param name="Ceiling">The most cash that the agent may hold, major units as a decimal string.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record CeilingRequest(string Ceiling, string Currency);

/// <param name="Key">The caller's idempotency key.</param>
/// <param name="Amount">Major units as a decimal string.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Via">cash or bank.</param>
/// <param name="Note">Receipt of the bank, and the like.</param>
public sealed record SettlementRequest(string Key, string Amount, string Currency, string Via, string Note);

/// <summary>A cashier's shift.</summary>
public sealed record ShiftText(
    long Id,
    string Till,
    string Cashier,
    string OpenedAt,
    MoneyText Float,
    MoneyText? Counted,
    MoneyText? Expected,
    MoneyText? Difference,
    string? ClosedAt)
{
    public static ShiftText Of(ShiftRecord shift)
    {
        ArgumentNullException.ThrowIfNull(shift);
        MoneyText? Text(Money? amount) => amount is { } known ? Texts.Of(known, shift.Currency) : null;
        return new(
            shift.Id,
            shift.Till,
            shift.Person.Value,
            shift.OpenedAt.ToString(),
            Texts.Of(shift.Float, shift.Currency),
            Text(shift.Counted),
            Text(shift.Expected),
            shift.Expected is { } expected ? Text(shift.Counted - expected) : null,
            shift.ClosedAt?.ToString());
    }
}

/// <summary>An agent's cash.</summary>
public sealed record AgentText(string Agent, MoneyText? Ceiling, MoneyText Outstanding)
{
    public static AgentText Of(AgentRecord agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return new(
            agent.Person.Value,
            agent.Ceiling is { } ceiling ? Texts.Of(ceiling, agent.Currency) : null,
            Texts.Of(agent.Outstanding, agent.Currency));
    }
}

/// <summary>Shifts of cashiers and cash of agents.</summary>
public static class CounterEndpoints
{
    public static void MapCounters(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("counters");
        group.MapGet("/shifts", ShiftsAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Shifts, newest first; with open=true those that are open.");
        group.MapPost("/shifts", OpenAsync).RequireAuthorization(AccessPolicies.Pay)
            .WithSummary("Opens the caller's shift at a till.");
        group.MapPost("/shifts/{id:long}/count", CountAsync).RequireAuthorization(AccessPolicies.Pay)
            .WithSummary("Says what was counted; the last count holds.");
        group.MapPost("/shifts/{id:long}/close", CloseAsync).RequireAuthorization(AccessPolicies.Pay)
            .WithSummary("Closes against the count; the difference is booked.");
        group.MapGet("/agents", AgentsAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Agents with their ceilings and the cash they hold.");
        group.MapPost("/agents/{agent}/ceiling", CeilingAsync).RequireAuthorization(AccessPolicies.Office)
            .WithSummary("Sets how much cash an agent (the person behind the key) may hold.");
        group.MapPost("/agents/{agent}/settlements", SettleAsync).RequireAuthorization(AccessPolicies.Ask)
            .WithSummary("An agent hands over cash.");
    }

    private static async Task<Results<Ok<Page<ShiftText>>, ProblemHttpResult>> ShiftsAsync(
        bool? open, int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = await engine.Store.Ledger.ShiftsAsync(open ?? false, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, ShiftText.Of));
    }

    private static async Task<IResult> OpenAsync(
        ShiftRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (!RecordChecks.IsText(body.Till, 1, PaymentEndpoints.KeyLengthMax))
        {
            return Problems.Of(
                Fault.ContentRefused, "till must have 1 to 100 characters, none of control.", "till");
        }

        if (Amounts.TryRead(body.Float, body.Currency, out var laid, out var currency) is { } refused) return refused;
        if (laid < Money.Zero) return Problems.Of(PaymentStatus.AmountNotPositive);
        return Answer(await engine.Money.Shifts.OpenAsync(body.Till, user.Person(), currency, laid, stopping));
    }

    private static async Task<IResult> CountAsync(
        long id, CountRequest body, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping)
    {
        if (await engine.Money.Store.FindShiftAsync(id, stopping) is not { } shift)
        {
            return LedgerProblems.Of(ShiftStatus.Unknown);
        }

        if (Amounts.TryRead(body.Counted, shift.Currency.Code, out var counted, out _) is { } refused) return refused;
        if (counted < Money.Zero) return Problems.Of(PaymentStatus.AmountNotPositive);
        return Answer(await engine.Money.Shifts.CountAsync(id, user.Person(), counted, stopping));
    }

    private static async Task<IResult> CloseAsync(
        long id, ClaimsPrincipal user, EnginePort engine, CancellationToken stopping) =>
        Answer(await engine.Money.Shifts.CloseAsync(id, user.Person(), stopping));

    private static IResult Answer((ShiftStatus Status, ShiftRecord? Shift) answer) =>
        answer.Status is ShiftStatus.Done or ShiftStatus.AlreadyDone
            ? TypedResults.Ok(ShiftText.Of(answer.Shift!))
            : LedgerProblems.Of(answer.Status);

    private static async Task<Ok<Page<AgentText>>> AgentsAsync(EnginePort engine, CancellationToken stopping) =>
        TypedResults.Ok(new Page<AgentText>(
            [.. (await engine.Store.Ledger.AgentsAsync(stopping)).Select(AgentText.Of)], false));

    private static async Task<IResult> CeilingAsync(
        string agent, CeilingRequest body, EnginePort engine, CancellationToken stopping)
    {
        if (Amounts.TryRead(body.Ceiling, body.Currency, out var ceiling, out var currency) is { } refused)
        {
            return refused;
        }

        if (ceiling < Money.Zero) return Problems.Of(PaymentStatus.AmountNotPositive);
        await engine.Money.Store.SetCeilingAsync(new(agent), currency, ceiling, stopping);
        engine.Money.Agents.SetCeiling(new(agent), currency, ceiling);
        var held = engine.Money.Agents.Of(new(agent), currency);
        return TypedResults.Ok(new AgentText(agent, Texts.Of(ceiling, currency), Texts.Of(held, currency)));
    }

    private static async Task<IResult> SettleAsync(
        string agent,
        SettlementRequest body,
        ClaimsPrincipal user,
        EnginePort engine,
        CancellationToken stopping)
    {
        if (Amounts.TryRead(body.Amount, body.Currency, out var amount, out var currency) is { } refused)
        {
            return refused;
        }

        if (!Approvals.AreDifferentPersons(new(agent), user.Person()))
        {
            return LedgerProblems.Of(OperationStatus.SamePerson);
        }

        var order = new LedgerOrder(
            body.Key, OperationKind.AgentSettlement, LedgerOrder.House, amount, currency, user.Person())
        {
            Party = agent,
            Note = body.Note,
            Sub = body.Via switch
            {
                "cash" => LedgerAccount.CashCounter,
                "bank" => LedgerAccount.CashBank,
                _ => null,
            },
        };
        return await LedgerEndpoints.AnswerAsync(engine.Money.PostAsync(order, stopping));
    }
}

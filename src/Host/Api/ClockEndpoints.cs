using System.Globalization;
using System.Security.Claims;
using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Address">Q/GDW 1376.1 address.</param>
/// <param name="State">unknown, good, drifting, needs_person or ordered.</param>
/// <param name="DriftSeconds">By how much the clock was ahead when it was read; negative behind. Null before.</param>
/// <param name="ReadAt">When that was.</param>
/// <param name="FlaggedAt">Since when it is off by more than the limit; null while it is not.</param>
/// <param name="SetAt">When it was last set.</param>
/// <param name="SetBy">Who ordered that; null for the engine itself.</param>
public sealed record ClockText(
    string Address,
    string State,
    string? DriftSeconds,
    string? ReadAt,
    string? FlaggedAt,
    string? SetAt,
    string? SetBy);

public static class ClockEndpoints
{
    public static void MapClocks(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("clocks");
        group.MapGet("/clocks", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Clocks of concentrators that are off, furthest first.");
        group.MapGet("/concentrators/{address}/clock", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("What a concentrator's clock showed when it was read last.");
        group.MapPost("/concentrators/{address}/clock", OrderAsync).RequireAuthorization(AccessPolicies.Control)
            .WithSummary("Orders a concentrator's clock to be read and set, however far off it is, when it can be "
                + "reached.");
    }

    private static async Task<Results<Ok<Page<ClockText>>, ProblemHttpResult>> ListAsync(
        int? max, EnginePort engine, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var rows = (await engine.Store.Clocks.LoadAsync(stopping))
            .Where(clock => clock.FlaggedAt is not null)
            .OrderByDescending(clock => clock.Drift.Duration())
            .ThenBy(clock => clock.Terminal)
            .Take(Paging.Take(max))
            .ToList();
        return TypedResults.Ok(Paging.Of(rows, max, Of));
    }

    private static async Task<Results<Ok<ClockText>, ProblemHttpResult>> GetAsync(
        string address, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        if (!TerminalAddress.TryParse(address, out var terminal)
            || !(await directory.IndexAsync(stopping)).Terminals.ContainsKey(terminal))
        {
            return Problems.Of(Fault.ConcentratorUnknown);
        }

        var found = await engine.Store.Clocks.FindAsync(terminal, stopping);
        return TypedResults.Ok(Of(found ?? TerminalClock.Unread(terminal)));
    }

    private static async Task<Results<Accepted<ClockText>, ProblemHttpResult>> OrderAsync(
        string address,
        ClaimsPrincipal user,
        EnginePort engine,
        ILogger<ClockText> logger,
        CancellationToken stopping)
    {
        if (!TerminalAddress.TryParse(address, out var terminal)) return Problems.Of(Fault.ConcentratorUnknown);
        var person = user.Person();
        if (await engine.OrderClock(terminal, person, stopping) is not { } ordered)
        {
            return Problems.Of(Fault.ConcentratorUnknown);
        }

        logger.ClockOrdered(ordered.Terminal.ToString(), person.Value);
        return TypedResults.Accepted($"/concentrators/{terminal}/clock", Of(ordered));
    }

    private static ClockText Of(TerminalClock clock) => new(
        clock.Terminal.ToString(),
        Tags.Of(clock.State),
        clock.ReadAt is null ? null : Seconds(clock.Drift),
        clock.ReadAt?.ToString(),
        clock.FlaggedAt?.ToString(),
        clock.SetAt?.ToString(),
        clock.SetBy?.Value);

    private static string Seconds(TimeSpan drift) =>
        ((decimal)drift.Ticks / TimeSpan.TicksPerSecond).ToString("0.###", CultureInfo.InvariantCulture);
}

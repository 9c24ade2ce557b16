using System.Globalization;
using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <summary>How far an hour of a concentrator is.</summary>
public enum HourState
{
    Complete,

    /// <summary>Something is missing and is asked for.</summary>
    Asking,

    /// <summary>Something is missing and nobody asks any more.</summary>
    Exhausted,
}

/// <param name="At">End of the hour, UTC.</param>
/// <param name="Expected">Registered meters.</param>
/// <param name="Stored">Of these, with a reading that is no estimate.</param>
/// <param name="Missing">The others.</param>
/// <param name="Attempts">How often the concentrator was asked for what is missing.</param>
/// <param name="State">complete, asking or exhausted.</param>
public sealed record HourText(string At, int Expected, int Stored, int Missing, int Attempts, string State);

/// <param name="Address">Q/GDW 1376.1 address.</param>
/// <param name="Expected">Readings expected in the day.</param>
/// <param name="Stored">Of these, stored.</param>
/// <param name="Missing">The others.</param>
/// <param name="Attempts">The most attempts of any of its hours.</param>
public sealed record WorstText(string Address, long Expected, long Stored, long Missing, int Attempts);

/// <param name="Day">
/// Local day of the billing zone; its hours end after its first midnight, the last at its second.
/// </param>
/// <param name="CountedThrough">End of the latest hour that has been counted; null before the first.</param>
/// <param name="Expected">Readings expected in the counted hours of the day.</param>
/// <param name="Stored">Of these, stored.</param>
/// <param name="Missing">The others.</param>
/// <param name="Hours">Hours of concentrators that were counted.</param>
/// <param name="IncompleteHours">Of these, with something missing.</param>
/// <param name="Worst">Concentrators with something missing, most first.</param>
public sealed record CompletenessText(
    string Day,
    string? CountedThrough,
    long Expected,
    long Stored,
    long Missing,
    long Hours,
    long IncompleteHours,
    Page<WorstText> Worst);

public static class CompletenessEndpoints
{
    public static void MapCompleteness(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").WithTags("completeness").RequireAuthorization(AccessPolicies.Read);
        group.MapGet("/concentrators/{address}/completeness", HoursAsync)
            .WithSummary("Expected and stored readings of a concentrator, hour by hour; without times, the last day.");
        group.MapGet("/completeness", DayAsync)
            .WithSummary("Expected and stored readings of a local day and the worst concentrators; without a day, "
                + "yesterday.");
    }

    private static async Task<Results<Ok<Page<HourText>>, ProblemHttpResult>> HoursAsync(
        string address,
        string? from,
        string? to,
        int? max,
        EnginePort engine,
        RegistryDirectory directory,
        TimeProvider clock,
        CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var until = clock.Now();
        if (to is not null && !Texts.TryReadInstant(to, out until)) return Malformed("to");
        var since = until - ReadingEndpoints.DefaultSpan;
        if (from is not null && !Texts.TryReadInstant(from, out since)) return Malformed("from");
        if (since > until) return Problems.Of(Fault.QueryMalformed, "from lies after to.", "from");
        if (!TerminalAddress.TryParse(address, out var terminal)
            || !(await directory.IndexAsync(stopping)).Terminals.ContainsKey(terminal))
        {
            return Problems.Of(Fault.ConcentratorUnknown);
        }

        var rows = await engine.Store.Completeness.HoursAsync(terminal, since, until, Paging.Take(max), stopping);
        return TypedResults.Ok(Paging.Of(rows, max, row => Of(row, engine)));
    }

    private static async Task<Results<Ok<CompletenessText>, ProblemHttpResult>> DayAsync(
        string? day, int? max, EnginePort engine, TimeProvider clock, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var asked = DateOnly.FromDateTime(engine.BillingZone.ToLocal(clock.Now())).AddDays(-1);
        if (day is not null && !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture,
                DateTimeStyles.None, out asked))
        {
            return Problems.Of(Fault.QueryMalformed, "day must be a day such as 2026-03-01.", "day");
        }

        if (asked.Year is < 2000 or > 2099) return Problems.Of(Fault.QueryMalformed, "day is out of range.", "day");
        var service = ServiceDay.Of(asked);
        var (after, to) = (engine.BillingZone.StartOf(service), engine.BillingZone.StartOf(service.AddDays(1)));
        var store = engine.Store.Completeness;
        var totals = await store.TotalsAsync(after, to, stopping);
        var worst = await store.WorstAsync(after, to, Paging.Take(max), stopping);
        var through = await store.CountedThroughAsync(stopping);
        return TypedResults.Ok(new CompletenessText(
            service.ToString(), through?.ToString(), totals.Expected, totals.Stored, totals.Expected - totals.Stored,
            totals.Hours, totals.IncompleteHours, Paging.Of(worst, max, Of)));
    }

    private static ProblemHttpResult Malformed(string name) =>
        Problems.Of(Fault.QueryMalformed, $"{name} {Texts.InstantSentence}", name);

    private static HourText Of(TerminalHour hour, EnginePort engine)
    {
        var count = hour.Count;
        var state = count.IsComplete ? HourState.Complete
            : engine.IsExhausted(hour) ? HourState.Exhausted : HourState.Asking;
        return new(
            count.At.ToString(), count.Expected, count.Stored, count.Expected - count.Stored, hour.Attempts,
            Tags.Of(state));
    }

    private static WorstText Of(CompletenessOfTerminal row) => new(
        row.Terminal.ToString(), row.Expected, row.Stored, row.Expected - row.Stored, row.Attempts);
}

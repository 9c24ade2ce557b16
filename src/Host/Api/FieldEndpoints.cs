using Meters.Host.Access;
using Meters.Ingest.Sessions;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Status">How the request ended: data, no_answer, denied ... Readings that came are stored like any
/// others.</param>
public sealed record FieldAnswer(string Status);

/// <param name="Point">Measuring point Pn.</param>
/// <param name="Address">DL/T 645 address as the concentrator has it.</param>
/// <param name="Port">Port number.</param>
/// <param name="Meter">The meter registered for this point; null when there is none.</param>
/// <param name="Matches">Whether registry and concentrator agree on the address of this point.</param>
public sealed record TableLine(int Point, string Address, int Port, long? Meter, bool Matches);

/// <param name="Status">How reading the table ended: accepted or data when it is whole.</param>
/// <param name="Lines">In order of point.</param>
public sealed record TableAnswer(string Status, IReadOnlyList<TableLine> Lines);

/// <summary>Asks concentrators now, over their live session.</summary>
public static class FieldEndpoints
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    public static void MapField(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapPost("/meters/{id:long}/read", ReadAsync).RequireAuthorization(AccessPolicies.Control)
            .WithTags("meters")
            .WithSummary("Asks the concentrator for the meter's current register, or for a curve from an hour on.");
        routes.MapGet("/concentrators/{address}/meter-table", TableAsync).RequireAuthorization(AccessPolicies.Control)
            .WithTags("concentrators")
            .WithSummary("Reads the meter table from the concentrator (AFN 0A F10) and compares it with the registry.");
    }

    private static async Task<Results<Ok<FieldAnswer>, ProblemHttpResult>> ReadAsync(
        long id, string? from, byte? hours, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        var index = await directory.IndexAsync(stopping);
        if (!index.Meters.TryGetValue(new(id), out var meter)) return Problems.Of(Fault.MeterUnknown);
        if (engine.SessionOf(meter.Terminal) is not { } session) return Problems.Of(Fault.ConcentratorOffline);
        if (from is null) return Answer(await session.RequestCurrentAsync(meter.Point, AnswerMax, stopping));
        if (!Texts.TryReadInstant(from, out var start))
        {
            return Problems.Of(Fault.QueryMalformed, Texts.InstantSentence, "from");
        }

        if (hours is < 1 or > 24) return Problems.Of(Fault.QueryMalformed, "hours must be 1 to 24.", "hours");
        _ = LocalZone.TryParse(index.Terminals[meter.Terminal].Zone, out var zone);
        return Answer(
            await session.RequestCurveAsync(meter.Point, zone.ToLocal(start), hours ?? 24, AnswerMax, stopping));
    }

    private static async Task<Results<Ok<TableAnswer>, ProblemHttpResult>> TableAsync(
        string address, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        var index = await directory.IndexAsync(stopping);
        if (!TerminalAddress.TryParse(address, out var terminal) || !index.Terminals.ContainsKey(terminal))
        {
            return Problems.Of(Fault.ConcentratorUnknown);
        }

        if (engine.SessionOf(terminal) is not { } session) return Problems.Of(Fault.ConcentratorOffline);
        var table = await session.ReadMeterTableAsync(AnswerMax, stopping);
        var known = index.MeterList.Where(m => m.Terminal == terminal).ToDictionary(m => m.Point);
        var lines = table.Entries.OrderBy(e => e.Pn).Select(e =>
        {
            var meter = known.GetValueOrDefault(e.Pn);
            return new TableLine(e.Pn, e.Address.ToString(), e.Port, meter?.Id.Value, meter?.Address == e.Address);
        });
        return TypedResults.Ok(new TableAnswer(Tags.Of(table.Status), [.. lines]));
    }

    private static Ok<FieldAnswer> Answer(RequestResult result) =>
        TypedResults.Ok(new FieldAnswer(Tags.Of(result.Status)));
}

using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Id">The utility's meter number, 1 to 2^53 - 1.</param>
/// <param name="Address">DL/T 645 address, twelve digits.</param>
/// <param name="Concentrator">Address of the concentrator that reads it: "4403-00004".</param>
/// <param name="Point">Measuring point Pn, 1 to 2040.</param>
/// <param name="Account">The customer.</param>
/// <param name="Port">Port for AFN 10, 31 for the power line.</param>
/// <param name="Multiplier">CT ratio times PT ratio.</param>
/// <param name="HasRelay">Can cut.</param>
public sealed record MeterRequest(
    long Id,
    string Address,
    string Concentrator,
    int Point,
    long Account,
    byte Port = 31,
    int Multiplier = 1,
    bool HasRelay = true);

public static class MeterEndpoints
{
    public static void MapMeters(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/meters").WithTags("meters");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Registry).TakesBulk()
            .WithSummary("Adds one meter or an array of them; all or nothing.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Meters in order of id, after a given one.");
        group.MapGet("/{id:long}", GetAsync).RequireAuthorization(AccessPolicies.Read).WithSummary("One meter.");
    }

    private static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        OneOrMany<MeterRequest> body, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        var faults = new FaultSentences();
        var meters = new List<MeterRecord>(body.Items.Count);
        foreach (var item in body.Items)
        {
            var at = meters.Count;
            if (!RecordChecks.TryReadMeterAddress(item.Address, out var address))
            {
                faults.Add(at, "address", RecordChecks.MeterAddressSentence);
            }

            if (!RecordChecks.TryReadTerminal(item.Concentrator, out var terminal))
            {
                faults.Add(at, "concentrator", RecordChecks.TerminalAddressSentence);
            }

            var meter = new MeterRecord(
                new(item.Id), address, terminal, item.Point, item.Port, item.Multiplier, new(item.Account),
                item.HasRelay);
            faults.Add(at, RecordChecks.Of(meter));
            meters.Add(meter);
        }

        faults.AddRepeats(meters, meter => meter.Id.Value);
        return await Registering.AddAsync(engine, directory, faults, new() { Meters = meters }, meters.Count,
            "/meters", stopping);
    }

    private static async Task<Results<Ok<Page<MeterRequest>>, ProblemHttpResult>> ListAsync(
        long? after, int? max, RegistryDirectory directory, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var index = await directory.IndexAsync(stopping);
        var rows = index.MeterList.SkipWhile(meter => meter.Id.Value <= (after ?? 0)).Take(Paging.Take(max)).ToArray();
        return TypedResults.Ok(Paging.Of(rows, max, Of));
    }

    private static async Task<Results<Ok<MeterRequest>, ProblemHttpResult>> GetAsync(
        long id, RegistryDirectory directory, CancellationToken stopping) =>
        (await directory.IndexAsync(stopping)).Meters.TryGetValue(new(id), out var meter)
            ? TypedResults.Ok(Of(meter))
            : Problems.Of(Fault.MeterUnknown);

    private static MeterRequest Of(MeterRecord meter) => new(
        meter.Id.Value, meter.Address.ToString(), meter.Terminal.ToString(), meter.Point, meter.Account.Value,
        meter.Port, meter.Multiplier, meter.HasRelay);
}

using Meters.Host.Access;
using Meters.Host.Import;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Meters.Host.Api;

/// <param name="Address">Q/GDW 1376.1 address: "4403-00004".</param>
/// <param name="Name">For people.</param>
/// <param name="Zone">IANA name or fixed offset: the zone of its clock.</param>
/// <param name="Feeder">Feeder or transformer; empty when not known.</param>
public sealed record ConcentratorRequest(string Address, string Name, string Zone = "+08:00", string Feeder = "");

/// <param name="Address">Q/GDW 1376.1 address.</param>
/// <param name="Name">For people.</param>
/// <param name="Zone">The zone of its clock.</param>
/// <param name="Feeder">Feeder or transformer.</param>
/// <param name="Live">It has a session now; null when this process cannot know.</param>
public sealed record ConcentratorText(string Address, string Name, string Zone, string Feeder, bool? Live);

public static class ConcentratorEndpoints
{
    public static void MapConcentrators(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("/concentrators").WithTags("concentrators");
        group.MapPost("/", AddAsync).RequireAuthorization(AccessPolicies.Registry).TakesBulk()
            .WithSummary("Adds one concentrator or an array of them; all or nothing.");
        group.MapGet("/", ListAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("Concentrators in order of address, after a given one.");
        group.MapGet("/{address}", GetAsync).RequireAuthorization(AccessPolicies.Read)
            .WithSummary("One concentrator, and whether its session is live.");
    }

    private static async Task<Results<Created<RegistryAnswer>, ProblemHttpResult>> AddAsync(
        OneOrMany<ConcentratorRequest> body, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        var faults = new FaultSentences();
        var terminals = new List<TerminalRecord>(body.Items.Count);
        foreach (var item in body.Items)
        {
            var at = terminals.Count;
            if (!RecordChecks.TryReadTerminal(item.Address, out var address))
            {
                faults.Add(at, "address", RecordChecks.TerminalAddressSentence);
            }

            var terminal = new TerminalRecord(address, item.Name, item.Zone, item.Feeder);
            faults.Add(at, RecordChecks.Of(terminal));
            terminals.Add(terminal);
        }

        faults.AddRepeats(terminals, terminal => terminal.Address, "address");
        return await Registering.AddAsync(
            engine, directory, faults, new() { Terminals = terminals }, terminals.Count, "/concentrators", stopping);
    }

    private static async Task<Results<Ok<Page<ConcentratorText>>, ProblemHttpResult>> ListAsync(
        string? after, int? max, EnginePort engine, RegistryDirectory directory, CancellationToken stopping)
    {
        if (Paging.Refuse(max) is { } refused) return refused;
        var index = await directory.IndexAsync(stopping);
        var rows = index.TerminalList
            .SkipWhile(terminal => string.CompareOrdinal(terminal.Address.ToString(), after ?? "") <= 0)
            .Take(Paging.Take(max))
            .ToArray();
        return TypedResults.Ok(Paging.Of(rows, max, terminal => Of(terminal, engine)));
    }

    private static async Task<Results<Ok<ConcentratorText>, ProblemHttpResult>> GetAsync(
        string address, EnginePort engine, RegistryDirectory directory, CancellationToken stopping) =>
        TerminalAddress.TryParse(address, out var key)
        && (await directory.IndexAsync(stopping)).Terminals.TryGetValue(key, out var found)
            ? TypedResults.Ok(Of(found, engine))
            : Problems.Of(Fault.ConcentratorUnknown);

    private static ConcentratorText Of(TerminalRecord terminal, EnginePort engine) => new(
        terminal.Address.ToString(), terminal.Name, terminal.Zone, terminal.Feeder,
        engine.HasSession(terminal.Address));
}

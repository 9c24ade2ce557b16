using Meters.Control.Policies;
using Meters.Field;
using Meters.Host.Engine;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>Registers a field's homes with the plan's customers, tariffs and policy.</summary>
public static class DemoRegistry
{
    public static async Task AddAsync(
        MetersEngine engine, SimulatedField field, DemoPlan plan, Instant at, CancellationToken stopping)
    {
        var by = new PersonId("demo");
        var documents = new RegistryAddition
        {
            Tariffs = [.. DemoPlan.TariffJson.Select(t => DocumentOf(t.Key, t.Value))],
            Policies = [DocumentOf(DemoPlan.Policy, ShippedPolicies.Json(DemoPlan.Policy))],
            Terminals = [.. field.Terminals.Select(t => new TerminalRecord(t.Address, t.Name, t.Zone, t.Feeder))],
        };
        await AddAsync(documents);
        foreach (var chunk in field.Meters.Chunk(5_000))
        {
            await AddAsync(new()
            {
                Accounts = [.. chunk.Select(m => DemoPlan.RecordOf(plan.Customers[m.Index]))],
                Meters = [.. chunk.Select(m => new MeterRecord(
                    m.Id,
                    m.Address,
                    m.Terminal,
                    m.Point,
                    m.Port,
                    m.Multiplier,
                    plan.Customers[m.Index].Account,
                    m.HasRelay))],
            });
        }

        VersionedDocument DocumentOf(string id, string json) => new(id, 1, Instant.Utc(2012, 7, 1), json, by, at);

        async Task AddAsync(RegistryAddition addition)
        {
            var (status, faults) = await engine.RegisterAsync(addition, stopping);
            if (status != RegistryStatus.Added) throw new InvalidOperationException(string.Join(" ", faults));
        }
    }
}

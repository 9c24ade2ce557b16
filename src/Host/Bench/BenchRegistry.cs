using Meters.Billing.Ledger;
using Meters.Control.Policies;
using Meters.Field;
using Meters.Field.Load;
using Meters.Host.Engine;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench;

/// <summary>Registers the meters of a load with one account each, on one flat tariff.</summary>
public static class BenchRegistry
{
    /// <summary>0.50 CNY.</summary>
    public static readonly PricePerKwh Price = new(50_000_000);

    private const string Policy = ShippedPolicies.Demo72H;
    private const int MetersAtOnce = 10_000;
    private const int PaymentsAtOnce = 2_000;

    private const string Tariff = """
        {"id":"bench","version":1,"effectiveFrom":"2020-01-01","currency":"CNY","zone":"+08:00","accumulate":"none",
         "tiers":[{"price":"0.50"}]}
        """;

    public static AccountId AccountOf(FieldMeter meter) => new(1_000_000 + meter.Index);

    /// <summary>
    /// First purchase: most have enough for the run; one in a hundred begins with little, and crosses thresholds in it.
    /// </summary>
    public static PaymentOrder OpeningOf(FieldMeter meter) => new(
        $"bench-{meter.Index}",
        AccountOf(meter),
        new(meter.Index % 100 == 0 ? 300 : 100_000),
        Currency.Parse("CNY"),
        PaymentChannel.Bank,
        new("bench"),
        null);

    public static async Task AddAsync(MetersEngine engine, LoadField field, Instant at, CancellationToken stopping)
    {
        var by = new PersonId("bench");
        await OneAsync(new()
        {
            Tariffs = [new("bench", 1, Instant.Utc(2020, 1, 1), Tariff, by, at)],
            Policies =
            [
                new(Policy, 1, Instant.Utc(2020, 1, 1), ShippedPolicies.Json(Policy), by, at),
            ],
            Terminals = [.. field.Terminals.Select(t => new TerminalRecord(t.Address, t.Name, t.Zone, t.Feeder))],
        });
        foreach (var chunk in field.Meters.Chunk(MetersAtOnce))
        {
            await OneAsync(new()
            {
                Accounts = [.. chunk.Select(m => new AccountRecord(
                    AccountOf(m), "Load", "", "en", "CNY", "bench", Policy, 0, 20_000, false))],
                Meters = [.. chunk.Select(m => new MeterRecord(
                    m.Id, m.Address, m.Terminal, m.Point, m.Port, m.Multiplier, AccountOf(m), m.HasRelay))],
            });
        }

        foreach (var chunk in field.Meters.Chunk(PaymentsAtOnce))
        {
            await Task.WhenAll(chunk.Select(m => engine.PostPaymentAsync(OpeningOf(m), stopping)));
        }

        async Task OneAsync(RegistryAddition addition)
        {
            var (status, faults) = await engine.RegisterAsync(addition, stopping);
            if (status != RegistryStatus.Added) throw new InvalidOperationException(string.Join(" ", faults));
        }
    }
}

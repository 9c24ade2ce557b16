using System.Text.Json;
using Meters.Control.Policies;
using Meters.Field;
using Meters.Host.Api;
using Meters.Host.Demo;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>A simulated field and its customers into a running service, as anybody would: over HTTP.</summary>
public sealed class FieldRegistration(ServiceClient service, DemoPlan plan)
{
    /// <summary>
    /// Tariffs, a policy, concentrators, accounts and meters; what stands there already changes nothing.
    /// </summary>
    public async Task AddAsync(SimulatedField field, CancellationToken stopping)
    {
        foreach (var (id, json) in DemoPlan.TariffJson)
        {
            using var tariff = JsonDocument.Parse(json);
            await AddVersionAsync(
                "/tariffs", new VersionRequest(id, 1, "2012-06-30T16:00:00Z", tariff.RootElement), stopping);
        }

        using var policy = JsonDocument.Parse(ShippedPolicies.Json(DemoPlan.Policy));
        await AddVersionAsync(
            "/policies", new VersionRequest(DemoPlan.Policy, 1, "2000-01-01T00:00:00Z", policy.RootElement), stopping);
        await UploadAsync("concentrators", [.. field.Terminals.Select(terminal => new ConcentratorRequest(
            terminal.Address.ToString(), terminal.Name, terminal.Zone, terminal.Feeder))], stopping);
        await UploadAsync("accounts", [.. plan.Customers.Select(DemoPlan.RecordOf).Select(account => new AccountRequest(
            account.Id.Value, account.Name, account.Currency, account.Tariff, account.Policy, account.SanctionedWatts,
            account.Phone, account.Language, account.NeverCut))], stopping);
        await UploadAsync("meters", [.. field.Meters.Select(meter => new MeterRequest(
            meter.Id.Value, meter.Address.ToString(), meter.Terminal.ToString(), meter.Point,
            plan.Customers[meter.Index].Account.Value, meter.Port, meter.Multiplier, meter.HasRelay))], stopping);
    }

    /// <summary>Everybody's first purchase, under a key of this seed: once, however often it runs.</summary>
    public async Task<int> PayAsync(long seed, CancellationToken stopping)
    {
        var posted = 0;
        foreach (var some in plan.Customers.Chunk(PaymentUpload.AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(customer => service.PostAsync(
                "/payments",
                new PaymentRequest(
                    customer.Account.Value, Decimals.Format(customer.Opening.Minor, 2), "CNY", "counter",
                    $"simulate-{seed}-{customer.Account}", "first purchase"),
                stopping)));
            foreach (var answer in answers) Expect("a first purchase", answer);
            posted += answers.Count(answer => answer.Status == 201);
        }

        return posted;
    }

    private async Task AddVersionAsync(string path, VersionRequest version, CancellationToken stopping) =>
        Expect($"{path} {version.Id}", await service.PostAsync(path, version, stopping));

    private async Task UploadAsync<T>(string kind, IReadOnlyList<T> records, CancellationToken stopping)
    {
        foreach (var (_, body) in RegistryUpload.Parts(records))
        {
            Expect(kind, await service.PostTextAsync("/" + kind, body, stopping));
        }
    }

    /// <exception cref="HttpRequestException">The service is away.</exception>
    /// <exception cref="InvalidOperationException">It refused.</exception>
    public static void Expect(string what, ServiceAnswer answer)
    {
        if (answer.IsGood) return;
        var sentence = $"{what}: {string.Join(' ', answer.Faults.Take(3))}";
        if (answer.IsAway) throw new HttpRequestException(sentence);
        throw new InvalidOperationException(sentence);
    }
}

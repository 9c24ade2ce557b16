using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class RegistrationTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("flat", 2, "CNY", "2012-07-01")] // Begins when version 1 begins.
    [InlineData("flat", 2, "EUR", "2026-01-01")] // Another currency.
    [InlineData("flat", 3, "CNY", "2026-01-01")] // The document says version 2.
    [InlineData("other", 2, "CNY", "2026-01-01")] // The document says flat.
    public async Task A_tariff_version_that_does_not_fit_is_refused_before_it_is_stored(
        string id, int version, string currency, string from)
    {
        await using var service = await SmallService.StartAsync();
        var json = DemoPlan.TariffJson["flat"]
            .Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal)
            .Replace("CNY", currency, StringComparison.Ordinal)
            .Replace("2012-07-01", from, StringComparison.Ordinal);
        var (status, faults) = await service.Engine.RegisterAsync(
            new() { Tariffs = [SmallService.TariffOf(id, version, json)] }, Stopping);
        Assert.NotEqual(RegistryStatus.Added, status);
        Assert.NotEmpty(faults);
        await using var again = await MetersEngine.StartAsync(
            SmallService.SetupOf(service.Inner, service.Clock), Stopping);
        Assert.NotNull(await again.FactsAsync(SmallService.Account, Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_who_goes_away_in_the_middle_leaves_nothing_half_registered()
    {
        await using var service = await SmallService.StartAsync();
        using var caller = new CancellationTokenSource();
        service.Hooks.At("IRegistryStore.AddAsync", Moment.After, () => caller.CancelAsync());
        var account = new AccountId(777);
        var terminal = TerminalAddress.Of(3301, 2);
        try
        {
            await service.Engine.RegisterAsync(
                new()
                {
                    Terminals = [new(terminal, "T2", "+08:00", "F1")],
                    Accounts = [SmallService.AccountOf(account)],
                    Meters = [new(new(2_002), new(260_300_000_002), terminal, 1, 31, 1, account, true)],
                },
                caller.Token);
        }
        catch (OperationCanceledException)
        {
            // Nobody is there to hear it.
        }

        Assert.NotNull(await service.Engine.FactsAsync(account, Stopping));
        Assert.True(service.Engine.Registry.TryFind(terminal, out var entry));
        Assert.True(entry.TryMeterOfPoint(1, out _));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_shard_loads_anew_while_an_account_is_being_registered()
    {
        await using var service = await SmallService.StartAsync();
        await service.ConnectAsync();
        var stored = new TaskCompletionSource();
        service.Hooks.Break("IShardStore.CommitAsync", Moment.Before);

        // Stored by the registrar, not yet known to this process.
        service.Hooks.At("IShardStore.LoadProgressAsync", Moment.After, async () =>
        {
            await service.Inner.Registry.AddAsync(new() { Accounts = [SmallService.AccountOf(new(888))] }, Stopping);
            stored.SetResult();
        });
        await service.PushAsync(1, SmallService.Start, new(1_000), sequence: 2);
        await stored.Task;
        await service.HeardAsync(Ingest.Gdw3761.Afn.Confirm, 2);
        Assert.Empty(service.Failures);
    }
}

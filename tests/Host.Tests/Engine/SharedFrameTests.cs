using Meters.Ingest.Gdw3761;
using Meters.Storage;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class SharedFrameTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(true)] // One account, two concentrators.
    [InlineData(false)] // Accounts first, meters later: the account's shard is not its concentrator's.
    public async Task A_frame_whose_meters_belong_to_another_shard_is_stored_and_confirmed(bool together)
    {
        await using var database = await ScratchDatabase.CreateAsync(
            Needs.Postgres(), $"meters_shared_{Environment.ProcessId}_{(together ? 1 : 0)}", Stopping);
        await using var service = await SmallService.StartAsync(connection: database.Connection);
        var registry = service.Engine.Registry;
        var home = registry.ShardOf(SmallService.Terminal, 2);
        var far = Enumerable.Range(2, 100).Select(i => TerminalAddress.Of(3301, i))
            .First(t => registry.ShardOf(t, 2) != home);
        var account = Enumerable.Range(600, 100).Select(i => new AccountId(i))
            .First(a => registry.ShardFor(null, a, 2) != home);
        var near = new MeterRecord(new(2_002), new(260_300_000_012), SmallService.Terminal, 2, 31, 1, account, false);
        var other = new MeterRecord(new(2_001), new(260_300_000_011), far, 1, 31, 1, account, true);
        RegistryAddition terminals = new() { Terminals = [new(far, "T2", "+08:00", "F1")] };
        RegistryAddition accounts = new() { Accounts = [SmallService.AccountOf(account)] };
        await AddAsync(together ? terminals with { Accounts = accounts.Accounts, Meters = [other, near] } : terminals);
        if (!together)
        {
            await AddAsync(accounts);
            await AddAsync(new() { Meters = [near] });
        }

        await service.ConnectAsync();
        await service.PushAsync(2, SmallService.Start, new(1_000), sequence: 2);
        await service.HeardAsync(Afn.Confirm, 2);
        Assert.Empty(service.Failures);
        Assert.Equal(1, (await service.Inner.Queries.TotalsAsync(Stopping)).Frames);

        async Task AddAsync(RegistryAddition addition)
        {
            var (status, faults) = await service.Engine.RegisterAsync(addition, Stopping);
            Assert.Equal((RegistryStatus.Added, ""), (status, string.Join(" ", faults)));
        }
    }
}

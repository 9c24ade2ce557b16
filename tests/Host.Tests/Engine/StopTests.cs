using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class StopTests
{
    private static readonly WorldOptions One = new() { Terminals = 1, HomesPerTerminal = 2 };

    [Fact(Timeout = 60_000)]
    public Task Another_owner_of_the_shard_ends_the_writer_and_nobody_waits_for_it() => Seeds.RunAsync(20,
        async random =>
    {
        var context = new DeterministicContext(random.Next());
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(One);
            await world.OpenHomesAsync(context.Wire, _ => 1_000);
            await world.Store.TakeShardAsync(0, CancellationToken.None);
            var paying = world.Homes.Select(h => world.PayAsync(h, 500, $"late-{h.Account}")).ToList();
            var asking = world.Engine.FactsAsync(world.Homes[0].Account, CancellationToken.None);
            var closing = world.Engine.SnapshotAsync(CancellationToken.None);
            foreach (var one in paying) await Assert.ThrowsAsync<StoreUnavailableException>(() => one);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => asking);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => closing);
            Assert.IsType<ShardFencedException>(Assert.Single(world.Failures));
            await Assert.ThrowsAsync<StoreUnavailableException>(
                () => world.PayAsync(world.Homes[0], 500, "too-late"));
            await world.Engine.StopAsync(snapshot: true, CancellationToken.None);
            var totals = await world.Store.Queries.TotalsAsync(CancellationToken.None);
            Assert.Equal(2, totals.Payments);
        });
    });

    [Fact(Timeout = 60_000)]
    public async Task A_store_that_is_away_does_not_keep_the_service_from_stopping()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(One);
            await world.OpenHomesAsync(context.Wire, _ => 1_000);
            world.Engine.RunControl();
            world.Store.Fault = (_, _) => throw new StoreUnavailableException("away");
            var began = context.Wire.GetTimestamp();
            await world.Engine.StopAsync(snapshot: true, CancellationToken.None);
            Assert.InRange(context.Wire.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromMinutes(2));
            world.Store.Fault = null;
            Assert.Empty(world.Failures);
            await world.StartAsync(context.Wire);
            await world.CheckAsync();
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_stop_with_a_snapshot_the_next_service_stands_where_this_one_stood()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(One);
            await world.OpenHomesAsync(context.Wire, _ => 1_000);
            var before = await world.ExportAsync();
            await world.Engine.StopAsync(snapshot: true, CancellationToken.None);
            await world.StartAsync(context.Wire);
            Assert.Equal(before, await world.ExportAsync());
            await world.CheckAsync();
        });
    }
}

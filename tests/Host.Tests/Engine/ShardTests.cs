using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>
/// Two writers, on PostgreSQL, where a store may have more than one. Real threads and real time here.
/// </summary>
public class ShardTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_frame_with_meters_of_two_shards_is_confirmed_when_both_have_it()
    {
        await using var database = await TestDatabase.CreateAsync(Needs.Postgres());
        await using var world = await World.OpenAsync(
            new() { Terminals = 1, HomesPerTerminal = 4, Connection = database.Connection });
        var wire = TimeProvider.System;
        await world.StartAsync(wire);

        // Accounts that come before their meters are placed by their own number: some here, some there.
        await world.RegisterAccountsFirstAsync();
        var shards = world.Homes.Select(
            h => world.Engine.TryFindAccount(h.Account, out var record) ? record.Shard : -1).ToList();
        Assert.Equal([0, 1], shards.Distinct().Order());
        var terminal = world.Terminals[0];
        await terminal.ConnectAsync(world.Engine);
        foreach (var home in world.Homes) await world.PayAsync(home, 1_000, $"two-{home.Account}");
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var early = new List<int>();
        world.Store.Gate = async (shard, commit) =>
        {
            if (shard != 1 || commit.Readings.Count == 0) return;
            await slow.Task; // One shard is done long before the other.
        };
        world.Store.Committed = commit =>
        {
            lock (early) early.Add(commit.Readings.Count);
        };
        Assert.True(world.PushHour(terminal, _ => true));
        await UntilAsync(world, () => early.Sum() == shards.Count(s => s == 0));
        Assert.Equal(1, terminal.Unconfirmed);
        slow.SetResult();
        await UntilAsync(world, () => terminal.Unconfirmed == 0);
        Assert.Equal(4, early.Sum());
        for (var hour = 1; hour <= 3; hour++)
        {
            world.Clock.MoveTo(World.Start + TimeSpan.FromHours(hour));
            foreach (var home in world.Homes) World.Use(home, 50);
            Assert.True(world.PushHour(terminal, _ => true));
            await UntilAsync(world, () => terminal.Unconfirmed == 0);
        }

        await world.CheckAsync();
        await world.Engine.StopAsync(snapshot: true, CancellationToken.None);
        await world.StartAsync(wire);
        await world.CheckAsync();
        Assert.Equal(StoreKind.PostgreSql, world.Store.Kind);
        await world.Engine.StopAsync(snapshot: false, CancellationToken.None);
    }

    private static async Task UntilAsync(World world, Func<bool> holds)
    {
        while (!holds())
        {
            Assert.Empty(world.Failures);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

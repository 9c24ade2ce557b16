using Meters.Storage.Contract;
using Meters.Storage.Memory;
using Meters.Storage.Tests.Contract;

namespace Meters.Storage.Tests;

/// <summary>Control's contract on the store in memory that simulations run on.</summary>
public sealed class MemoryStoreTests : ControlStoreContract
{
    protected override bool CanReopen => false;

    protected override bool CanShare => false;

    public override ValueTask InitializeAsync()
    {
        Store = new MemoryStore();
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => Store.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task An_earlier_owner_of_a_shard_is_fenced()
    {
        var first = await TownAsync();
        await Store.TakeShardAsync(0, Stopping);
        await Assert.ThrowsAsync<ShardFencedException>(() => first.CommitAsync(commit => commit.Wake.Add(new(1))));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_not_Controls_is_refused_not_forgotten()
    {
        var shard = await TownAsync();
        Assert.Equal(StoreKind.Memory, Store.Kind);
        Assert.Throws<NotSupportedException>(() => Store.Ledger);
        await Assert.ThrowsAsync<NotSupportedException>(() => shard.LoadProgressAsync(Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_so_many_final_rows_of_an_account_are_kept()
    {
        await Store.DisposeAsync();
        Store = new MemoryStore(rowsOfAccountMax: 3);
        await TownAsync();
        for (var n = 0; n < 9; n++)
        {
            var added = Assert.Single(await Store.Control.AddCommandsAsync(
                [Sample.Command(1, Meters.Control.Commands.CommandKind.Trip)], Stopping));
            Assert.True(await Store.Control.MoveCommandAsync(
                new(added.Id, added.State, Meters.Control.Commands.CommandState.Failed, Sample.T0, Sample.T0, ""),
                Stopping));
        }

        Assert.Equal([9, 8, 7], (await Store.Queries.CommandsAsync(new(1), 99, Stopping)).Select(row => row.Id.Value));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryStore(0));
    }

    private protected override Task ReopenAsync() => throw new NotSupportedException("Gone when it is closed.");

    private protected override Task<IStore> OpenAnotherAsync() => throw new NotSupportedException("One process.");
}

using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

/// <summary>
/// What every store must do for Control, one in memory included. Each test has a fresh, empty store; <see
/// cref="ReopenAsync"/> closes it and opens it again, as a restart does.
/// </summary>
public abstract partial class ControlStoreContract : IAsyncLifetime
{
    /// <summary>Milliseconds; a test that takes this long hangs.</summary>
    private protected const int Patience = 60_000;

    private protected IStore Store { get; set; } = null!;

    private protected static CancellationToken Stopping => TestContext.Current.CancellationToken;

    /// <summary>False where closing is the end of it.</summary>
    protected virtual bool CanReopen => true;

    /// <summary>Whether two processes may have it open at once.</summary>
    protected virtual bool CanShare => true;

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    private protected abstract Task ReopenAsync();

    /// <summary>The same store, opened once more.</summary>
    private protected abstract Task<IStore> OpenAnotherAsync();

    /// <summary>Registers accounts 1 to n with a meter each and takes shard 0.</summary>
    private protected async Task<IShardStore> TownAsync(int accounts = 3)
    {
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(Sample.Town(accounts), Stopping));
        return await Store.TakeShardAsync(0, Stopping);
    }
}

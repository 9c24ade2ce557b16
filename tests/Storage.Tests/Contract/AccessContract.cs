using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static ApiKeyRecord Key(string name, byte hash) =>
        new(name, Enumerable.Repeat(hash, 32).ToArray(), Sample.Clerk, "cashier,reader", Sample.T0, null);

    [Fact(Timeout = Patience)]
    public async Task A_key_is_found_by_its_hash_and_can_be_revoked()
    {
        Assert.True(await Store.Access.AddKeyAsync(Key("till", 1), Stopping));
        if (CanReopen) await ReopenAsync();
        var found = await Store.Access.FindKeyAsync(Key("till", 1).Hash, Stopping);
        Assert.NotNull(found);
        Assert.Equal(Key("till", 1).Hash.ToArray(), found.Hash.ToArray());
        Assert.Equal(Key("till", 1) with { Hash = default }, found with { Hash = default });

        Assert.True(await Store.Access.RevokeKeyAsync("till", Sample.Hour(1), Stopping));
        Assert.True(await Store.Access.RevokeKeyAsync("till", Sample.Hour(2), Stopping));
        Assert.Equal(Sample.Hour(1), (await Store.Access.FindKeyAsync(Key("till", 1).Hash, Stopping))?.RevokedAt);
    }

    [Fact(Timeout = Patience)]
    public async Task A_hash_or_a_name_is_taken_once()
    {
        Assert.True(await Store.Access.AddKeyAsync(Key("a", 1), Stopping));
        Assert.False(await Store.Access.AddKeyAsync(Key("b", 1), Stopping));
        Assert.False(await Store.Access.AddKeyAsync(Key("a", 2), Stopping));
        Assert.True(await Store.Access.AddKeyAsync(Key("c", 2), Stopping));
        Assert.Equal(["a", "c"], (await Store.Access.KeysAsync(Stopping)).Select(key => key.Name));
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_no_key_is_not_found()
    {
        Assert.Null(await Store.Access.FindKeyAsync(new byte[32], Stopping));
        Assert.False(await Store.Access.RevokeKeyAsync("nobody", Sample.T0, Stopping));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => Store.Access.AddKeyAsync(Key("short", 1) with { Hash = new byte[31] }, Stopping));
    }
}

using Meters.Storage.Contract;

namespace Meters.Storage.Tests;

/// <summary>Connection texts that are no good.</summary>
public sealed class StoresTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("sqlite:")]
    [InlineData("mysql:server;Password=secret")]
    [InlineData("postgres:Host=localhost;NoSuchWord=1")]
    public async Task A_text_that_names_no_store_is_refused_without_showing_it(string connection)
    {
        var fault = await Assert.ThrowsAnyAsync<ArgumentException>(() => Stores.OpenAsync(connection, Stopping));
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Stores.ExistsAsync(connection, Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        const string Nowhere = "postgres:Host=127.0.0.1;Port=1;Username=nobody;Timeout=5";
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Stores.OpenAsync(Nowhere, Stopping));
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => Stores.ExistsAsync(Nowhere["postgres:".Length..], Stopping));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_store_in_memory_never_exists_and_looking_for_one_makes_no_folder()
    {
        Assert.False(await Stores.ExistsAsync("sqlite::memory:", Stopping));
        var folder = Path.Combine(Path.GetTempPath(), "meters-no-such-folder");
        Assert.False(await Stores.ExistsAsync($"sqlite:{folder}", Stopping));
        Assert.False(Directory.Exists(folder));
    }
}

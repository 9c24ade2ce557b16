using System.Globalization;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

/// <summary>
/// What every store must do, whatever is under it. Each test has a fresh, empty store; <see cref="ReopenAsync"/> closes
/// it and opens it again, as a restart does.
/// </summary>
public abstract partial class StoreContract : ControlStoreContract
{
    private readonly List<IStore> _others = [];

    /// <summary>Connection text of a store that is not there yet, or is empty.</summary>
    protected abstract Task<string> NewAsync();

    protected abstract Task RemoveAsync();

    /// <summary>
    /// Runs a statement beside the store, as a person with a database tool would; gives the first value back.
    /// </summary>
    protected abstract Task<string> AskAsync(string sql);

    protected abstract StoreKind Kind { get; }

    protected string Connection { get; private set; } = "";

    protected virtual StoreOptions Options => new();

    public override async ValueTask InitializeAsync()
    {
        Connection = await NewAsync();
        Store = await Stores.OpenAsync(Connection, Options, Stopping);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var other in _others) await other.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    private protected override async Task ReopenAsync()
    {
        if (!CanReopen) Assert.Skip("A store in memory ends when it is closed.");
        await Store.DisposeAsync();
        Store = await Stores.OpenAsync(Connection, Options, Stopping);
    }

    private protected override async Task<IStore> OpenAnotherAsync()
    {
        if (!CanShare) Assert.Skip("A store in memory has one process.");
        var other = await Stores.OpenAsync(Connection, Options, Stopping);
        _others.Add(other);
        return other;
    }

    [Fact(Timeout = Patience)]
    public void The_kind_says_what_is_used() => Assert.Equal(Kind, Store.Kind);

    [Fact(Timeout = Patience)]
    public Task A_ping_reaches_it() => Store.PingAsync(Stopping);

    [Fact(Timeout = Patience)]
    public async Task Opening_again_changes_nothing()
    {
        await TownAsync();
        await ReopenAsync();
        await ReopenAsync();
        Assert.Equal(3, (await Store.Registry.LoadAsync(Stopping)).Accounts.Count);
    }

    [Fact(Timeout = Patience)]
    public async Task A_store_exists_when_something_is_in_it()
    {
        if (!CanReopen) Assert.Skip("A store in memory never exists beforehand.");
        Assert.False(await Stores.ExistsAsync(Connection, Stopping));
        await TownAsync();
        Assert.True(await Stores.ExistsAsync(Connection, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Two_processes_that_start_at_once_make_one_schema()
    {
        if (!CanShare) Assert.Skip("A store in memory has one process.");
        await Store.DisposeAsync();
        await RemoveAsync();
        Connection = await NewAsync();
        _others.AddRange(await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => Task.Run(() => Stores.OpenAsync(Connection, Options, Stopping)))));
        foreach (var store in _others) await store.PingAsync(Stopping);
        Store = _others[0];
        await TownAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task A_newer_schema_is_refused()
    {
        if (!CanReopen) Assert.Skip("A store in memory is always new.");
        await AskAsync("INSERT INTO schema_version (version) VALUES (1000)");
        await Store.DisposeAsync();
        var fault = await Assert.ThrowsAsync<SchemaTooNewException>(
            () => Stores.OpenAsync(Connection, Options, Stopping));
        Assert.Contains("1000", fault.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = Patience)]
    public async Task A_migration_that_was_interrupted_goes_on_where_it_stopped()
    {
        if (!CanReopen) Assert.Skip("A store in memory is always new.");
        var dialect = Kind == StoreKind.Sqlite ? "Sqlite" : "Postgres";
        var scripts = Directory.GetFiles(Path.Combine(Needs.Root(), "src", "Storage", "Migrations", dialect));
        var first = scripts.Order(StringComparer.Ordinal).First();
        await Store.DisposeAsync();
        await RemoveAsync();
        Connection = await NewAsync();
        await AskAsync(await File.ReadAllTextAsync(first, Stopping));
        await AskAsync("CREATE TABLE schema_version (version bigint PRIMARY KEY)");
        await AskAsync("INSERT INTO schema_version (version) VALUES (1)");
        Store = await Stores.OpenAsync(Connection, Options, Stopping);
        await TownAsync();
        Assert.NotNull(await Store.Queries.BalanceAsync(new(1), Stopping));
        Assert.Equal(
            scripts.Length.ToString(CultureInfo.InvariantCulture),
            await AskAsync("SELECT max(version) FROM schema_version"));
    }

    [Fact(Timeout = Patience)]
    public async Task People_read_plain_rows_while_the_service_runs()
    {
        if (!CanReopen) Assert.Skip("A store in memory has no other reader.");
        var shard = await TownAsync();
        var export = Sample.Channel(2, RegisterKind.ReverseActive);
        await shard.CommitAsync(commit => commit.Readings.AddRange(
        [
            Sample.Reading(export, Sample.T0, 12_345, -15_000_000_001),
            Sample.Reading(Sample.Channel(2), Sample.T0, 5, 1),
        ]));
        Assert.Equal(
            "2 reverse active 1.2345 -1.5000000001 actual 7",
            await AskAsync(
                """
                SELECT meter_id || ' ' || register_kind || ' ' || kwh || ' ' || charge_minor
                    || ' ' || quality || ' ' || frame_id
                FROM reading_view WHERE register_kind LIKE 'reverse%'
                """));
        Assert.Equal(
            "1 CNY", await AskAsync("SELECT balance || ' ' || currency FROM account_balance WHERE account = 2"));
    }
}

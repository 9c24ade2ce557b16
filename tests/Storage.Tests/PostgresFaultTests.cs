using System.Globalization;
using Meters.Storage.Contract;
using Npgsql;

namespace Meters.Storage.Tests;

/// <summary>What goes wrong between the program and its server.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private const int Patience = 60_000;

    private readonly string _name = $"meters_faults_{Environment.ProcessId}_{Interlocked.Increment(ref _last)}";
    private static int _last;

    private NpgsqlDataSource _person = null!;
    private IStore _store = null!;

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    private string Text(string options = "") => new NpgsqlConnectionStringBuilder(Needs.Postgres())
    {
        SearchPath = _name,
        ApplicationName = _name,
        MaxPoolSize = 12,
        Options = options,
    }.ToString();

    public async ValueTask InitializeAsync()
    {
        _person = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Needs.Postgres()) { SearchPath = _name });
        await AskAsync($"DROP SCHEMA IF EXISTS {_name} CASCADE; CREATE SCHEMA {_name}");
        _store = await Stores.OpenAsync(Text(), new() { PlainPostgreSql = true }, Stopping);
        await _store.Registry.AddAsync(Sample.Town(3), Stopping);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is null) return;
        await _store.DisposeAsync();
        await AskAsync($"DROP SCHEMA {_name} CASCADE");
        await _person.DisposeAsync();
    }

    private async Task<string> AskAsync(string sql)
    {
        await using var command = _person.CreateCommand(sql);
        var value = await command.ExecuteScalarAsync(CancellationToken.None);
        return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Stopping);
    }

    private Task<string> CutConnectionsAsync() => AskAsync(
        $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{_name}'");

    /// <summary>Returns once a connection of the store waits for a lock.</summary>
    private async Task WaitsForLockAsync()
    {
        var sql =
            $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{_name}' AND wait_event_type = 'Lock'";
        while (await AskAsync(sql) == "0") Stopping.ThrowIfCancellationRequested();
    }

    [Fact(Timeout = Patience)]
    public async Task A_lost_connection_is_unavailable_and_the_next_call_connects_again()
    {
        var shard = await _store.TakeShardAsync(0, Stopping);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _store.PingAsync(Stopping)));
        await shard.CommitAsync(commit => commit.Frames.Add(Sample.Frame(1)));
        await CutConnectionsAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => shard.CommitAsync(commit => commit.Frames.Add(Sample.Frame(2))));
        Assert.Equal((null, 0L), await shard.LoadProgressAsync(Stopping));
        await shard.CommitAsync(commit => commit.Frames.Add(Sample.Frame(3)));
        Assert.Equal("2", await AskAsync("SELECT count(*) FROM raw_frame"));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _store.PingAsync(Stopping)));
        await CutConnectionsAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.Control.NextDueAsync(Stopping));
        Assert.Null(await _store.Control.NextDueAsync(Stopping));
        await _store.PingAsync(Stopping);
    }

    [Fact(Timeout = Patience)]
    public async Task A_shard_does_not_wait_for_another_shard_s_commit()
    {
        await _store.TakeShardAsync(0, Stopping);
        var one = await _store.TakeShardAsync(1, Stopping);
        await using var commit = await _person.OpenConnectionAsync(Stopping);
        await using var transaction = await commit.BeginTransactionAsync(Stopping);
        await RunAsync(commit, "SELECT 1 FROM shard WHERE shard = 0 FOR UPDATE");
        await one.CommitAsync(rows =>
        {
            rows.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.T0, 1));
            (rows.ClosesDay, rows.ClosesThrough) = (Sample.Day0, Sample.Hour(24));
        });
        Assert.Equal("1", await AskAsync("SELECT count(*) FROM reading"));
    }

    [Fact(Timeout = Patience)]
    public async Task After_a_commit_broke_off_reading_waits_until_the_server_has_ended_it()
    {
        var shard = await _store.TakeShardAsync(0, Stopping);
        await shard.CommitAsync(rows => rows.Frames.Add(Sample.Frame(1)));
        await CutConnectionsAsync();
        await Assert.ThrowsAsync<StoreUnavailableException>(
            () => shard.CommitAsync(rows => rows.Frames.Add(Sample.Frame(2))));

        // Stands for the commit at the server, which has not noticed yet that its client is gone.
        await using var server = await _person.OpenConnectionAsync(Stopping);
        await using var late = await server.BeginTransactionAsync(Stopping);
        await RunAsync(server, "SELECT 1 FROM shard WHERE shard = 0 FOR NO KEY UPDATE");
        await RunAsync(server, "UPDATE shard SET closed_day = '2026-03-01' WHERE shard = 0");
        var progress = shard.LoadProgressAsync(Stopping);
        await WaitsForLockAsync();
        Assert.False(progress.IsCompleted);
        await late.CommitAsync(Stopping);
        Assert.Equal(Sample.Day0, (await progress).ClosedThrough);
    }

    [Fact(Timeout = Patience)]
    public async Task A_takeover_waits_for_the_commit_under_way_and_fences_the_next()
    {
        var first = await _store.TakeShardAsync(0, Stopping);
        await using var server = await _person.OpenConnectionAsync(Stopping);
        await using var commit = await server.BeginTransactionAsync(Stopping);
        await RunAsync(server, "SELECT 1 FROM shard WHERE shard = 0 FOR NO KEY UPDATE");
        var takeover = _store.TakeShardAsync(0, Stopping);
        await WaitsForLockAsync();
        Assert.False(takeover.IsCompleted);
        await commit.CommitAsync(Stopping);
        await takeover;
        await Assert.ThrowsAsync<ShardFencedException>(() => first.CommitAsync(_ => { }));
    }

    [Fact(Timeout = Patience)]
    public async Task A_cancelled_commit_leaves_nothing_and_the_next_one_works()
    {
        var shard = await _store.TakeShardAsync(0, Stopping);
        await using var server = await _person.OpenConnectionAsync(Stopping);
        await using var other = await server.BeginTransactionAsync(Stopping);
        await RunAsync(server, "SELECT 1 FROM shard WHERE shard = 0 FOR UPDATE");
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Stopping);
        var rows = new ShardCommit();
        rows.Frames.Add(Sample.Frame(1));
        var commit = shard.CommitAsync(rows, impatient.Token);
        await WaitsForLockAsync();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit);
        await other.RollbackAsync(Stopping);
        Assert.Equal("0", await AskAsync("SELECT count(*) FROM raw_frame"));
        await shard.CommitAsync(rows, Stopping);
        Assert.Equal("1", await AskAsync("SELECT count(*) FROM raw_frame"));
    }

    [Theory(Timeout = Patience)]
    [InlineData("off", "on")]
    [InlineData("local", "on")]
    [InlineData("remote_write", "remote_write")]
    [InlineData("remote_apply", "remote_apply")]
    public async Task A_commit_is_durable_whatever_the_server_is_set_to(string setting, string used)
    {
        await AskAsync(
            """
            CREATE TABLE seen (setting text);
            CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS
                $$BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END$$;
            CREATE TRIGGER see AFTER INSERT ON raw_frame EXECUTE FUNCTION see();
            """);
        await using var store = await Stores.OpenAsync(
            Text($"-c synchronous_commit={setting}"), new() { PlainPostgreSql = true }, Stopping);
        var shard = await store.TakeShardAsync(0, Stopping);
        await shard.CommitAsync(commit => commit.Frames.Add(Sample.Frame(1)));
        Assert.Equal(used, await AskAsync("SELECT setting FROM seen"));
    }
}

using System.Globalization;
using Meters.Storage.Contract;
using Meters.Storage.Tests.Contract;
using Npgsql;

namespace Meters.Storage.Tests;

/// <summary>
/// The contract on a server: each store in a schema of its own, which is quicker than a database of its own.
/// </summary>
public abstract class PostgresContract : StoreContract
{
    private static int _last;

    private readonly List<string> _schemas = [];

    protected abstract string Server { get; }

    protected override async Task<string> NewAsync()
    {
        var schema = $"meters_{Environment.ProcessId}_{Interlocked.Increment(ref _last)}";
        _schemas.Add(schema);
        await AskAsync(Server, $"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        return "postgres:" + new NpgsqlConnectionStringBuilder(Server) { SearchPath = schema, MaxPoolSize = 12 };
    }

    protected override async Task RemoveAsync()
    {
        foreach (var schema in _schemas) await AskAsync(Server, $"DROP SCHEMA IF EXISTS {schema} CASCADE");
    }

    protected override Task<string> AskAsync(string sql) => AskAsync(Connection["postgres:".Length..], sql);

    private protected static async Task<string> AskAsync(string connectionText, string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionText) { Pooling = false, ApplicationName = "a person" });
        await using var command = source.CreateCommand(sql);
        var value = await command.ExecuteScalarAsync(CancellationToken.None);
        return Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
    }
}

/// <summary>The contract on plain PostgreSQL.</summary>
public sealed class PlainPostgresTests : PostgresContract
{
    protected override string Server => Needs.Postgres();

    protected override StoreKind Kind => StoreKind.PostgreSql;

    protected override StoreOptions Options => new() { PlainPostgreSql = true };
}

/// <summary>The contract on TimescaleDB.</summary>
public sealed class TimescaleTests : PostgresContract
{
    protected override string Server => Needs.Timescale();

    protected override StoreKind Kind => StoreKind.TimescaleDb;

    [Fact(Timeout = 60_000)]
    public async Task A_day_s_chunk_is_there_before_the_copy_and_no_row_is_left_of_its_making()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Readings.AddRange(
            new[] { -25, -24, 0, 5, 24 }.Select(hour => Sample.Reading(Sample.Channel(1), Sample.Hour(hour), 1))));
        await using (var other = await OpenAnotherAsync())
        {
            var again = await other.TakeShardAsync(0, Stopping);
            await again.CommitAsync(commit => commit.Readings.Add(Sample.Reading(Sample.Channel(2), Sample.T0, 1)));
        }

        Assert.Equal("6", await AskAsync("SELECT count(*) FROM reading"));
        Assert.Equal("4", await AskAsync("SELECT count(*) FROM public.show_chunks('reading')"));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_can_be_left_alone()
    {
        await using var store = await Stores.OpenAsync(await NewAsync(), new() { PlainPostgreSql = true }, Stopping);
        Assert.Equal(StoreKind.PostgreSql, store.Kind);
    }
}

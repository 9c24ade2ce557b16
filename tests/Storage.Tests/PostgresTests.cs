using Meters.Storage.Contract;
using Meters.Storage.Tests.Contract;
using Npgsql;

namespace Meters.Storage.Tests;

/// <summary>The contract on a server: each store in a schema of its own, which is quicker than a database of its own.</summary>
public abstract class PostgresContract : StoreContract
{
    private static int _last;

    private readonly List<string> _schemas = [];

    protected abstract string Server { get; }

    protected override async Task<string> NewAsync()
    {
        var schema = $"meters_{Environment.ProcessId}_{Interlocked.Increment(ref _last)}";
        _schemas.Add(schema);
        await ExecuteAsync(Server, $"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        return "postgres:" + new NpgsqlConnectionStringBuilder(Server) { SearchPath = schema, MaxPoolSize = 12 };
    }

    protected override async Task RemoveAsync()
    {
        foreach (var schema in _schemas) await ExecuteAsync(Server, $"DROP SCHEMA IF EXISTS {schema} CASCADE");
    }

    internal static async Task ExecuteAsync(string connectionText, string sql)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(connectionText) { Pooling = false, IncludeErrorDetail = true });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
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
}

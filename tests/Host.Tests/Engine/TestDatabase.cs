using Npgsql;

namespace Meters.Host.Tests.Engine;

/// <summary>A database of its own on a test server, gone when the test is over.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static int _last;

    private readonly string _server;
    private readonly string _name;

    private TestDatabase(string server, string name) => (_server, _name) = (server, name);

    /// <summary>As the product's settings name it.</summary>
    public string Connection =>
        "postgres:" + new NpgsqlConnectionStringBuilder(_server) { Database = _name, MaxPoolSize = 20 };

    public static async Task<TestDatabase> CreateAsync(string server)
    {
        var name = $"meters_host_{Environment.ProcessId}_{Interlocked.Increment(ref _last)}";
        await ExecuteAsync(server, $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        return new(server, name);
    }

    public async ValueTask DisposeAsync() =>
        await ExecuteAsync(_server, $"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");

    private static async Task ExecuteAsync(string server, string sql)
    {
        // Making and dropping a database waits for a checkpoint, which takes its time beside other tests.
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(server) { Pooling = false, CommandTimeout = 180 });
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}

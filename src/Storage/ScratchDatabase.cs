using Npgsql;

namespace Meters.Storage;

/// <summary>
/// A fresh database on a PostgreSQL server, dropped when done: for benchmarks and trials that must not touch anybody's
/// data. Also says how psql reaches it, so that a baseline can be measured in the same run.
/// </summary>
public sealed class ScratchDatabase : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly NpgsqlConnectionStringBuilder _own;

    private ScratchDatabase(NpgsqlConnectionStringBuilder server, NpgsqlConnectionStringBuilder own) =>
        (_server, _own) = (server, own);

    /// <summary>For <see cref="Stores.OpenAsync(string, CancellationToken)"/>.</summary>
    public string Connection => "postgres:" + _own;

    /// <summary>libpq's environment: what psql needs to reach this database, password included.</summary>
    public IReadOnlyDictionary<string, string> PsqlEnvironment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PGHOST"] = _own.Host ?? "",
        ["PGPORT"] = _own.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["PGUSER"] = _own.Username ?? "",
        ["PGPASSWORD"] = _own.Password ?? "",
        ["PGDATABASE"] = _own.Database ?? "",
    };

    /// <param name="server">Npgsql connection string of a user who may create databases, "postgres:" in front or
    /// not.</param>
    /// <param name="name">Letters, digits and underscores; an existing database of that name is dropped.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The name has other characters.</exception>
    public static async Task<ScratchDatabase> CreateAsync(string server, string name, CancellationToken stopping)
    {
        const string Prefix = "postgres:";
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw new ArgumentException("Not a plain name.", nameof(name));
        }

        var text = server.StartsWith(Prefix, StringComparison.Ordinal) ? server[Prefix.Length..] : server;
        var scratch = new ScratchDatabase(new(text), new(text) { Database = name });
        await scratch.ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", stopping);
        await scratch.ExecuteAsync($"CREATE DATABASE {name}", stopping);
        return scratch;
    }

    public async ValueTask DisposeAsync() =>
        await ExecuteAsync($"DROP DATABASE IF EXISTS {_own.Database} WITH (FORCE)", CancellationToken.None);

    private async Task ExecuteAsync(string sql, CancellationToken stopping)
    {
        await using var source = NpgsqlDataSource.Create(_server);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 180;
        await command.ExecuteNonQueryAsync(stopping);
    }
}

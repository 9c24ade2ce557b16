using Meters.Storage.Contract;
using Meters.Storage.Postgres;
using Meters.Storage.Sql;
using Meters.Storage.Sqlite;

namespace Meters.Storage;

/// <summary>Opens a store by its connection text, made ready: schema created or brought up to date.</summary>
public static class Stores
{
    private const string SqlitePrefix = "sqlite:";
    private const string PostgresPrefix = "postgres:";

    /// <summary>File of an SQLite store within its folder.</summary>
    public const string SqliteFileName = "meters.db";

    public static Task<IStore> OpenAsync(string connection, CancellationToken stopping) =>
        OpenAsync(connection, new(), stopping);

    /// <param name="connection">
    /// <c>sqlite:FOLDER</c> (made if it is not there), <c>sqlite::memory:</c> (a new one at every call, gone with its
    /// store), <c>postgres:</c> and Npgsql's connection string, or that string alone. Npgsql's <c>Search Path</c> names
    /// the schema, which must exist.
    /// </param>
    /// <param name="options">What else there is to choose.</param>
    /// <param name="stopping">Ends the attempt.</param>
    /// <exception cref="ArgumentException">The text names no store.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="SchemaTooNewException">A newer version of this program wrote it.</exception>
    public static async Task<IStore> OpenAsync(string connection, StoreOptions options, CancellationToken stopping)
    {
        var database = Connect(connection, options);
        try
        {
            await Migrator.RunAsync(database, stopping);
            await database.PrepareAsync(stopping);
            return new SqlStore(database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>A store that exists, for reading only: nothing is made, brought up to date or changed.</summary>
    /// <exception cref="ArgumentException">The text names no store, or one that is not there.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    /// <exception cref="SchemaTooNewException">It has another schema than this program's.</exception>
    public static async Task<IStore> OpenReadOnlyAsync(string connection, CancellationToken stopping)
    {
        var database = ConnectReadOnly(connection);
        try
        {
            await Migrator.DemandCurrentAsync(database, stopping);
            return new SqlStore(database);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the store holds something already: readings, or anything registered. Creates nothing.</summary>
    /// <exception cref="ArgumentException">The text names no store.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached.</exception>
    public static async Task<bool> ExistsAsync(string connection, CancellationToken stopping)
    {
        if (SqliteFolder(connection) is { } folder)
        {
            return folder != ":memory:" && File.Exists(Path.Combine(folder, SqliteFileName))
                && await SqliteDatabase.HasDataAsync(Path.Combine(folder, SqliteFileName), stopping);
        }

        if (PostgresText(connection) is not { } text) throw Unknown(connection);
        await using var database = PostgresDatabase.Open(text, new());
        return await database.HasDataAsync(stopping);
    }

    private static SqlDatabase Connect(string connection, StoreOptions options)
    {
        if (SqliteFolder(connection) is { } folder)
        {
            if (folder == ":memory:") return SqliteDatabase.OpenMemory();
            Directory.CreateDirectory(folder);
            return SqliteDatabase.OpenFile(Path.Combine(folder, SqliteFileName));
        }

        return PostgresText(connection) is { } text ? PostgresDatabase.Open(text, options) : throw Unknown(connection);
    }

    private static SqlDatabase ConnectReadOnly(string connection)
    {
        if (SqliteFolder(connection) is { } folder)
        {
            var file = Path.Combine(folder, SqliteFileName);
            if (!File.Exists(file)) throw new ArgumentException($"There is no store in {folder}.", nameof(connection));
            return SqliteDatabase.OpenReadOnly(file);
        }

        if (PostgresText(connection) is not { } text) throw Unknown(connection);
        return PostgresDatabase.Open(text, new(), readOnly: true);
    }

    private static string? SqliteFolder(string connection) =>
        connection.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase)
            && connection.Length > SqlitePrefix.Length
            ? connection[SqlitePrefix.Length..]
            : null;

    private static string? PostgresText(string connection)
    {
        if (connection.StartsWith(PostgresPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return connection[PostgresPrefix.Length..];
        }

        return connection.Contains("Host=", StringComparison.OrdinalIgnoreCase) ? connection : null;
    }

    private static ArgumentException Unknown(string connection)
    {
        var kind = connection.Split(':', '=', ';')[0]; // Never the whole text: it may hold a password.
        return new($"'{kind}...' is no store: use sqlite:FOLDER or postgres:Host=...;Database=...", nameof(connection));
    }
}

/// <summary>Choices at opening that are not part of the connection.</summary>
public sealed record StoreOptions
{
    /// <summary>Leave TimescaleDB alone also where the server has it.</summary>
    public bool PlainPostgreSql { get; init; }
}

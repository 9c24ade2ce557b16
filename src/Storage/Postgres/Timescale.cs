using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>
/// Readings as a hypertable by day, where the server has TimescaleDB. Only what its Apache edition has; nothing is ever
/// read from an aggregate of it.
/// </summary>
internal static class Timescale
{
    /// <summary>
    /// Adds the extension to the database if the server has it loaded and allows it; else leaves things as they are.
    /// </summary>
    public static async Task TryInstallAsync(PostgresDatabase database, CancellationToken stopping)
    {
        // Its settings are there only when the library is loaded; without it CREATE EXTENSION ends the connection.
        var isLoaded = await database.ReadAsync(
            session => session.NumberAsync(
                """
                SELECT 1 FROM pg_available_extensions
                WHERE name = 'timescaledb' AND installed_version IS NULL
                    AND EXISTS (SELECT 1 FROM pg_settings WHERE name LIKE 'timescaledb.%')
                """),
            stopping);
        if (isLoaded is null) return;
        try
        {
            await database.WriteAsync(
                async session =>
                {
                    await session.ExecuteAsync(session.Dialect.LockSchema);
                    return await session.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS timescaledb SCHEMA public");
                },
                stopping);
        }
        catch (PostgresException fault) when (fault.SqlState == PostgresFaults.NotAllowed)
        {
            // An administrator may add it later; until there are readings, the next start takes it up.
        }
    }

    /// <returns>Whether readings are a hypertable.</returns>
    public static async Task<bool> UseAsync(SqlSession session, bool mayCreate)
    {
        await session.ExecuteAsync(session.Dialect.LockSchema);
        var schema = await session.FindAsync(
            """
            SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'timescaledb'
            """,
            row => row.Text(0));
        if (schema is null) return false;
        var isThere = await session.NumberAsync(
            """
            SELECT count(*) FROM timescaledb_information.hypertables h
            WHERE h.hypertable_name = 'reading' AND to_regclass('reading') =
                to_regclass(quote_ident(h.hypertable_schema) || '.reading')
            """);
        if (isThere > 0) return true;
        if (!mayCreate || await session.NumberAsync("SELECT 1 FROM reading LIMIT 1") is not null) return false;

        // The default index on time alone would cost a factor of three at ingest; the key is all that is asked for.
        await session.ExecuteAsync(
            $"""
            SELECT {schema}.create_hypertable(
                'reading', 'at', chunk_time_interval => interval '1 day', create_default_indexes => false)
            """);
        return true;
    }
}

/// <summary>
/// Days whose chunk exists. A chunk that a long COPY makes holds up every other writer until its commit, so it is made
/// before, in a transaction of its own.
/// </summary>
internal sealed class KnownChunks
{
    /// <summary>Days remembered; beyond it all are forgotten, at the cost of asking again.</summary>
    private const int DaysMax = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<long> _days = [];

    public bool Contains(long day)
    {
        lock (_lock) return _days.Contains(day);
    }

    public void Add(long day)
    {
        lock (_lock)
        {
            if (_days.Count >= DaysMax) _days.Clear();
            _days.Add(day);
        }
    }
}

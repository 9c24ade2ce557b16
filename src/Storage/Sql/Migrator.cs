using System.Globalization;
using System.Reflection;
using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>
/// Numbered, forward-only migrations, each one transaction under the schema's lock: two processes that start at once
/// take turns, and a start that was interrupted goes on where it stopped.
/// </summary>
internal static class Migrator
{
    public static async Task RunAsync(SqlDatabase database, CancellationToken stopping)
    {
        var scripts = ScriptsOf(database.Dialect.Name);
        while (await database.WriteAsync(session => StepAsync(session, scripts), stopping))
        {
        }
    }

    /// <summary>For who may only read: the store must have exactly this program's schema.</summary>
    /// <exception cref="SchemaTooNewException">It has another.</exception>
    public static async Task DemandCurrentAsync(SqlDatabase database, CancellationToken stopping)
    {
        var known = ScriptsOf(database.Dialect.Name).Count;
        var version = await database.SnapshotAsync(
            session => session.NumberAsync("SELECT max(version) FROM schema_version"), stopping);
        if (version == known) return;
        throw new SchemaTooNewException(
            $"The store has schema {version}, this program reads {known}: use the program that runs on it.");
    }

    /// <returns>True while more may follow.</returns>
    private static async Task<bool> StepAsync(SqlSession session, List<string> scripts)
    {
        if (session.Dialect.LockSchema.Length > 0) await session.ExecuteAsync(session.Dialect.LockSchema);
        await session.ExecuteAsync("CREATE TABLE IF NOT EXISTS schema_version (version bigint PRIMARY KEY)");
        var version = await session.NumberAsync("SELECT max(version) FROM schema_version") ?? 0;
        if (version > scripts.Count)
        {
            throw new SchemaTooNewException(
                $"The store has schema {version}, this program knows up to {scripts.Count}: use a newer program.");
        }

        if (version == scripts.Count) return false;
        await session.ExecuteAsync(scripts[(int)version]);
        await session.ExecuteAsync("INSERT INTO schema_version (version) VALUES ($1)", version + 1);
        return true;
    }

    private static List<string> ScriptsOf(string dialect)
    {
        var scripts = new List<string>();
        while (Read(string.Create(CultureInfo.InvariantCulture, $"{dialect}/{scripts.Count + 1:D3}.sql")) is { } script)
        {
            scripts.Add(script);
        }

        return scripts;
    }

    private static string? Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

using Meters.Billing.Journal;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Meters.Units;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>Proofs of the readings of closed days, within the commit that wrote the last of them.</summary>
internal sealed class PostgresDays(
    PostgresDatabase database, NpgsqlConnection connection, NpgsqlTransaction transaction)
{
    private static readonly string ChangedDays =
        $"""
        SELECT w.n, r.channel, r.at, r.register, r.charge, r.quality
        FROM unnest($1, $2, $3) WITH ORDINALITY AS w (account, low, high, n)
        JOIN meter m ON m.account = w.account
        CROSS JOIN ({ShardReads.Registers}) AS k
        CROSS JOIN LATERAL (
            SELECT * FROM reading x
            WHERE x.channel = m.id * 16 + k.kind AND x.at > w.low AND x.at <= w.high AND x.at > $4 AND x.at <= $5
            ORDER BY x.at
        ) AS r
        ORDER BY w.n, r.channel, r.at
        """;

    /// <param name="commit">Written already, but for its links.</param>
    /// <param name="journal">Takes the links.</param>
    /// <param name="shard">The commit's.</param>
    /// <param name="closed">End of the day closed before.</param>
    /// <param name="stopping">Breaks it off.</param>
    public async Task AddAsync(
        ShardCommit commit, ShardJournal journal, int shard, Instant closed, CancellationToken stopping)
    {
        if (commit.DayCharges.Count > 0 && commit.ClosesThrough is { } through)
        {
            var session = new SqlSession(connection, transaction, database.Dialect, stopping);
            var sql = database.Chunks is null
                ? PostgresDialect.PlainClosedDayReadings(ShardReads.Registers)
                : database.Dialect.ClosedDayReadings(ShardReads.Registers);
            journal.AddLines(
                commit, closed, await DayProofs.OfShardAsync(session, sql, (shard, closed, through), stopping));
        }

        if (commit.ChangedDays.Count > 0) await AddChangedAsync(commit.ChangedDays, journal, stopping);
    }

    private async Task AddChangedAsync(List<DayWindow> windows, ShardJournal journal, CancellationToken stopping)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            ChangedDays,
            Columns.Longs(windows, window => window.Account.Value),
            Columns.Instants(windows, window => window.From),
            Columns.Instants(windows, window => window.Through),
            Columns.Of(windows.Min(window => window.From)), // The bounds spare all chunks of other days.
            Columns.Of(windows.Max(window => window.Through)));
        await using var reader = await batch.ExecuteReaderAsync(stopping);
        var row = new SqlRow(reader, database.Dialect);
        var writer = new DayProofWriter();
        var next = 0;
        while (await reader.ReadAsync(stopping))
        {
            var (number, reading) = DayProofs.Map(row);
            while (next < number - 1) Take();
            writer.Add(reading);
        }

        while (next < windows.Count) Take();

        void Take()
        {
            var window = windows[next++];
            journal.Add(window, writer.Take(window.From, window.Through));
        }
    }
}

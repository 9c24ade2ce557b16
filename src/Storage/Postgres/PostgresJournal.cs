using Meters.Storage.Sql;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>The links of a commit, and the shard's head with them.</summary>
internal static class PostgresJournal
{
    /// <summary>The links of a commit that had to read rows back first.</summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ShardJournal journal,
        int shard,
        CancellationToken stopping)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        Add(batch, journal, shard);
        await batch.ExecuteNonQueryAsync(stopping);
    }

    public static void Add(NpgsqlBatch batch, ShardJournal journal, int shard)
    {
        if (journal.Links is not { Count: > 0 } links) return;
        batch.Add(
            $"""
            INSERT INTO journal ({ShardJournal.Columns})
            SELECT $1, seq, kind, subject, day, key, proof, tag, hash
            FROM unnest($2, $3, $4, $5, $6, $7, $8, $9)
                AS link (seq, kind, subject, day, key, proof, tag, hash)
            """,
            Columns.Of(shard),
            Columns.Longs(links, link => link.Seq),
            Columns.Shorts(links, link => (short)link.Kind),
            Columns.Longs(links, link => link.Subject),
            Columns.Days(links, link => link.Day),
            Columns.Texts(links, link => link.Key),
            Columns.Blobs(links, link => link.Proof),
            Columns.Longs(links, link => (long)link.Tag),
            Columns.Blobs(links, link => link.Hash));
        batch.Add(
            "UPDATE shard SET journal_seq = $2, journal_hash = $3 WHERE shard = $1",
            Columns.Of(shard),
            Columns.Of(journal.Seq),
            Columns.Of(journal.Head));
    }
}

using Meters.Billing.Journal;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// Reads the rows of closed days back and makes their proofs; never more than one account's rows at once.
/// </summary>
internal static class DayProofs
{
    /// <summary>Of all accounts of a shard that have readings in the window, by account.</summary>
    /// <param name="session">The commit's own.</param>
    /// <param name="sql">Account, then a reading; $1 shard, $2 and $3 the window; in order of all three.</param>
    /// <param name="window">Shard and the two ends.</param>
    /// <param name="stopping">Breaks it off.</param>
    public static async Task<Dictionary<long, DayProof>> OfShardAsync(
        SqlSession session, string sql, (int Shard, Instant From, Instant Through) window, CancellationToken stopping)
    {
        var proofs = new Dictionary<long, DayProof>();
        var writer = new DayProofWriter();
        var (account, any) = (0L, false);
        await foreach (var row in session.StreamAsync(
            sql, Map, stopping, window.Shard, window.From, window.Through))
        {
            if (any && row.Group != account) Take();
            (account, any) = (row.Group, true);
            writer.Add(row.Reading);
        }

        if (any) Take();
        return proofs;

        void Take() => proofs.Add(account, writer.Take(window.From, window.Through));
    }

    /// <summary>A number that rows belong together by, and a row.</summary>
    public static (long Group, RatedReading Reading) Map(SqlRow row) => (
        row.Long(0),
        new(
            new(new(row.Long(1)), row.Instant(2), new(row.Long(3)), (ReadingQuality)row.Byte(5), default),
            row.Long(4)));
}

using Meters.Billing.Journal;
using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

internal sealed class JournalStore(SqlDatabase database) : IJournalStore
{
    public const string HeadsText = "SELECT shard, journal_seq, journal_hash, closes_through FROM shard ORDER BY shard";

    public async Task<IReadOnlyList<ShardHead>> HeadsAsync(CancellationToken stopping) =>
        await database.QueryAsync(HeadsText, HeadOf, stopping);

    public Task<T> AuditAsync<T>(Func<IAuditSource, Task<T>> work, CancellationToken stopping) =>
        database.SnapshotAsync(session => work(new AuditSource(session, stopping)), stopping);

    public static ShardHead HeadOf(SqlRow row) =>
        new(row.Int(0), row.Long(1), row.BytesOrNull(2) ?? JournalChain.Start, row.InstantOrNull(3));
}

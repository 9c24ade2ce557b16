using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Meters.Units;
using Microsoft.Data.Sqlite;

namespace Meters.Storage.Sqlite;

internal sealed class SqliteShardStore(SqliteDatabase database, int shard, long epoch) : IShardStore
{
    private readonly ShardReads _reads = new(database, shard);

    public int Shard => shard;

    public long Epoch => epoch;

    public async Task CommitAsync(ShardCommit commit, CancellationToken stopping)
    {
        CommitChecks.Check(commit, shard);
        try
        {
            await database.WriteAsync(
                async session =>
                {
                    var owner = await session.NumberAsync("SELECT epoch FROM shard WHERE shard = $1", shard);
                    if (owner != epoch) throw new ShardFencedException(CommitChecks.Fenced(shard, epoch));
                    new SqliteCommit(database.Statements, shard).Write(commit);
                    return 0;
                },
                stopping);
        }
        catch (SqliteException fault) when (fault.Message.Contains("payment.key", StringComparison.Ordinal))
        {
            throw new PaymentKeyRaceException("A payment key of this commit is posted already.", fault);
        }
    }

    public IAsyncEnumerable<AccountImage> LoadAccountsAsync(CancellationToken stopping) =>
        _reads.AccountsAsync(stopping);

    public IAsyncEnumerable<ChannelSnapshot> LoadChannelsAsync(CancellationToken stopping) =>
        _reads.ChannelsAsync(stopping);

    public IAsyncEnumerable<RatedReading> LoadReadingsAfterSnapshotAsync(CancellationToken stopping) =>
        _reads.ReadingsAfterSnapshotAsync(stopping);

    public IAsyncEnumerable<(ChannelId Channel, Instant At)> LoadUnratedAsync(CancellationToken stopping) =>
        _reads.UnratedAsync(stopping);

    public Task<(ServiceDay? ClosedThrough, long LastEntryId)> LoadProgressAsync(CancellationToken stopping) =>
        _reads.ProgressAsync(stopping);

    public Task<IReadOnlyList<RatedReading>> ReadChannelAsync(
        ChannelId channel, Instant from, Instant to, CancellationToken stopping) =>
        _reads.ChannelAsync(channel, from, to, stopping);

    public Task<IReadOnlyList<PaymentRecord>> FindPaymentsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping) => _reads.PaymentsAsync(keys, stopping);

    public Task<KeptFrames> FindKeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping) =>
        _reads.KeptAsync(frames, stopping);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

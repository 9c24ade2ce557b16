using Meters.Billing.Accounts;
using Meters.Billing.Journal;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
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
                    var (owner, seq, head, closed) = await OwnerAsync(session);
                    if (owner != epoch) throw new ShardFencedException(CommitChecks.Fenced(shard, epoch));
                    await WorkCommit.WriteAsync(session, commit.Work, commit.At);

                    var journal = new ShardJournal(shard, seq, head, commit);
                    var writer = new SqliteCommit(database.Statements, shard);
                    writer.Write(commit, journal.FirstCorrection);
                    if (ShardJournal.NeedsRows(commit)) await AddDaysAsync(session, commit, journal, closed, stopping);
                    writer.Write(journal);
                    return 0;
                },
                stopping);
        }
        catch (SqliteException fault) when (IsKey(fault))
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

    public Task<AccountDays> ReadDaysAsync(AccountId account, ServiceDay from, CancellationToken stopping) =>
        _reads.DaysAsync(account, from, stopping);

    public Task<IReadOnlyList<PaymentRecord>> FindPaymentsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping) => _reads.PaymentsAsync(keys, stopping);

    public Task<IReadOnlyList<OperationRecord>> FindOperationsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping) => _reads.OperationsAsync("key", keys, stopping);

    public Task<IReadOnlyList<OperationRecord>> FindOperationsOnAsync(
        IReadOnlyList<string> payments, CancellationToken stopping) =>
        _reads.OperationsAsync("state <> 4 AND target", payments, stopping);

    public Task<IReadOnlyList<LedgerEntry>> FindGroupAsync(long group, CancellationToken stopping) =>
        _reads.GroupAsync(group, stopping);

    public Task<SubAccountImages> LoadSubAccountsAsync(ServiceDay recoveredFrom, CancellationToken stopping) =>
        _reads.SubAccountsAsync(recoveredFrom, stopping);

    public Task<LateFeeImages> LoadLateFeesAsync(CancellationToken stopping) => _reads.LateFeesAsync(stopping);

    public Task<KeptFrames> FindKeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping) =>
        _reads.KeptAsync(frames, stopping);

    private async Task<(long Epoch, long Seq, byte[]? Head, Instant? Closed)> OwnerAsync(SqlSession session)
    {
        var found = await session.QueryAsync<(long, long, byte[]?, Instant?)>(
            "SELECT epoch, journal_seq, journal_hash, closes_through FROM shard WHERE shard = $1",
            row => (row.Long(0), row.Long(1), row.BytesOrNull(2), row.InstantOrNull(3)),
            shard);
        return found.Count == 0 ? default : found[0];
    }

    /// <summary>Proofs of the readings of closed days, once they are written.</summary>
    private async Task AddDaysAsync(
        SqlSession session, ShardCommit commit, ShardJournal journal, Instant? closed, CancellationToken stopping)
    {
        if (commit.DayCharges.Count > 0 && commit.ClosesThrough is { } through)
        {
            var from = closed ?? Instant.Epoch;
            var sql = database.Dialect.ClosedDayReadings(ShardReads.Registers);
            journal.AddLines(
                commit, from, await DayProofs.OfShardAsync(session, sql, (shard, from, through), stopping));
        }

        var writer = new DayProofWriter();
        foreach (var changed in commit.ChangedDays)
        {
            await foreach (var row in session.StreamAsync(
                $"""
                SELECT 0, r.channel, r.at, r.register, r.charge, r.quality
                FROM meter m
                CROSS JOIN ({ShardReads.Registers}) AS k
                CROSS JOIN reading r ON r.channel = m.id * 16 + k.kind AND r.at > $2 AND r.at <= $3
                WHERE m.account = $1
                ORDER BY r.channel, r.at
                """,
                DayProofs.Map,
                stopping,
                changed.Account.Value,
                changed.From,
                changed.Through))
            {
                writer.Add(row.Reading);
            }

            journal.Add(changed, writer.Take(changed.From, changed.Through));
        }
    }
    private static bool IsKey(SqliteException fault) =>
        fault.Message.Contains("payment.key", StringComparison.Ordinal)
        || fault.Message.Contains("operation.key", StringComparison.Ordinal)
        || fault.Message.Contains("operation.target", StringComparison.Ordinal);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

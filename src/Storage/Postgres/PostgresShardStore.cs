using System.Runtime.CompilerServices;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Meters.Units;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>
/// The writer of one shard on a connection of its own. Each commit locks only the shard's own row, so that shards never
/// wait for each other; whoever takes the shard over waits for a commit that is under way.
/// </summary>
internal sealed class PostgresShardStore(PostgresDatabase database, int shard, long epoch) : IShardStore
{
    private readonly ShardReads _reads = new(database, shard);
    private readonly BinaryCopy _copy = new();
    private NpgsqlConnection? _connection;

    /// <summary>
    /// End of the shard's chain and of its last closed day, as they are stored; null while not known. Only this writer
    /// moves them, and a commit of another epoch never gets past the shard's row.
    /// </summary>
    private ShardEnd? _end;

    /// <summary>A commit broke off: it may still be under way at the server.</summary>
    private bool _isUnsettled;

    public int Shard => shard;

    public long Epoch => epoch;

    public async Task CommitAsync(ShardCommit commit, CancellationToken stopping)
    {
        CommitChecks.Check(commit, shard);
        await SettleAsync(stopping);
        try
        {
            _connection ??= await database.ConnectAsync(stopping);
            await PrepareChunksAsync(_connection, commit.Readings, stopping);
            var end = _end ?? await ReadEndAsync(_connection, stopping);
            _end = null;
            _end = await WriteAsync(_connection, commit, end, stopping);
        }
        catch (PostgresException fault) when (IsPaymentKey(fault))
        {
            throw new PaymentKeyRaceException("A payment key of this commit is posted already.", fault);
        }
        catch (Exception fault) when (PostgresFaults.IsOutside(fault))
        {
            await DropAsync();
            throw database.Unavailable(fault);
        }
        catch (Exception fault) when (fault is not (PostgresException or ShardFencedException or InvalidDataException))
        {
            await DropAsync(); // Also a cancelled call: what state the connection is in, nobody knows.
            throw;
        }
    }

    public async IAsyncEnumerable<AccountImage> LoadAccountsAsync(
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await SettleAsync(stopping);
        await foreach (var image in _reads.AccountsAsync(stopping)) yield return image;
    }

    public async IAsyncEnumerable<ChannelSnapshot> LoadChannelsAsync(
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await SettleAsync(stopping);
        await foreach (var snapshot in _reads.ChannelsAsync(stopping)) yield return snapshot;
    }

    public async IAsyncEnumerable<RatedReading> LoadReadingsAfterSnapshotAsync(
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await SettleAsync(stopping);
        await foreach (var reading in _reads.ReadingsAfterSnapshotAsync(stopping)) yield return reading;
    }

    public async IAsyncEnumerable<(ChannelId Channel, Instant At)> LoadUnratedAsync(
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await SettleAsync(stopping);
        await foreach (var unrated in _reads.UnratedAsync(stopping)) yield return unrated;
    }

    public async Task<(ServiceDay? ClosedThrough, long LastEntryId)> LoadProgressAsync(CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.ProgressAsync(stopping);
    }

    public async Task<IReadOnlyList<RatedReading>> ReadChannelAsync(
        ChannelId channel, Instant from, Instant to, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.ChannelAsync(channel, from, to, stopping);
    }

    public async Task<AccountDays> ReadDaysAsync(AccountId account, ServiceDay from, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.DaysAsync(account, from, stopping);
    }

    public async Task<IReadOnlyList<PaymentRecord>> FindPaymentsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.PaymentsAsync(keys, stopping);
    }

    public async Task<IReadOnlyList<OperationRecord>> FindOperationsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.OperationsAsync("key", keys, stopping);
    }

    public async Task<IReadOnlyList<OperationRecord>> FindOperationsOnAsync(
        IReadOnlyList<string> payments, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.OperationsAsync("state <> 4 AND target", payments, stopping);
    }

    public async Task<IReadOnlyList<LedgerEntry>> FindGroupAsync(long group, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.GroupAsync(group, stopping);
    }

    public async Task<SubAccountImages> LoadSubAccountsAsync(ServiceDay recoveredFrom, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.SubAccountsAsync(recoveredFrom, stopping);
    }

    public async Task<LateFeeImages> LoadLateFeesAsync(CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.LateFeesAsync(stopping);
    }

    public async Task<KeptFrames> FindKeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping)
    {
        await SettleAsync(stopping);
        return await _reads.KeptAsync(frames, stopping);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection) await connection.DisposeAsync();
        _connection = null;
    }

    private static bool IsPaymentKey(PostgresException fault) =>
        fault.SqlState == PostgresFaults.Duplicate
        && fault.ConstraintName is "payment_pkey" or "operation_pkey" or "operation_target";

    private async Task<ShardEnd> WriteAsync(
        NpgsqlConnection connection, ShardCommit commit, ShardEnd end, CancellationToken stopping)
    {
        var journal = new ShardJournal(shard, end.Seq, end.Head, commit);
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        await PostgresCommit.WriteRowsAsync(connection, transaction, commit, journal, shard, epoch, stopping);
        if (commit.Frames.Count > 0) await ReadingCopy.CopyAsync(_copy, connection, commit.Frames, stopping);
        if (commit.Readings.Count > 0) await ReadingCopy.CopyAsync(_copy, connection, commit.Readings, stopping);
        if (commit.Replacements.Count > 0)
        {
            await PostgresCommit.ReplaceReadingsAsync(connection, transaction, commit.Replacements, stopping);
        }

        if (commit.ChargeChanges.Count > 0)
        {
            await PostgresCommit.ChangeChargesAsync(connection, transaction, commit.ChargeChanges, stopping);
        }

        var session = new SqlSession(connection, transaction, database.Dialect, stopping);
        await WorkCommit.WriteAsync(session, commit.Work, commit.At);

        if (ShardJournal.NeedsRows(commit))
        {
            var days = new PostgresDays(database, connection, transaction);
            await days.AddAsync(commit, journal, shard, end.Closed ?? Instant.Epoch, stopping);
            await PostgresJournal.WriteAsync(connection, transaction, journal, shard, stopping);
        }

        await transaction.CommitAsync(CancellationToken.None); // Cancelled half-way, the outcome would be unknown.
        return new(journal.Seq, journal.Head, commit.ClosesThrough ?? end.Closed);
    }

    private async Task<ShardEnd> ReadEndAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var session = new SqlSession(connection, null, database.Dialect, stopping);
        var found = await session.QueryAsync(
            "SELECT journal_seq, journal_hash, closes_through FROM shard WHERE shard = $1",
            row => new ShardEnd(row.Long(0), row.BytesOrNull(1), row.InstantOrNull(2)),
            shard);
        return found[0];
    }

    /// <summary>
    /// After a commit broke off, waits until the server has ended it, one way or the other: it holds the lock on the
    /// shard's row until then. Only after that is what can be read the whole truth.
    /// </summary>
    private async Task SettleAsync(CancellationToken stopping)
    {
        if (!_isUnsettled) return;
        var owner = await database.WriteAsync(
            session => session.NumberAsync("SELECT epoch FROM shard WHERE shard = $1 FOR NO KEY UPDATE", shard),
            stopping);
        if (owner != epoch) throw new ShardFencedException(CommitChecks.Fenced(shard, epoch));
        _isUnsettled = false;
    }

    private async Task DropAsync()
    {
        _isUnsettled = true;
        if (_connection is not { } connection) return;
        _connection = null;
        await connection.DisposeAsync();
    }

    /// <summary>Makes the chunks of days that are new, before the transaction that fills them.</summary>
    private async Task PrepareChunksAsync(
        NpgsqlConnection connection, List<RatedReading> readings, CancellationToken stopping)
    {
        if (database.Chunks is not { } chunks) return;
        var last = long.MinValue;
        foreach (var rated in readings)
        {
            var day = FloorDay(rated.Reading.At);
            if (day == last) continue;
            last = day;
            if (chunks.Contains(day)) continue;

            // A row put in and taken out again leaves the chunk. No meter has a negative number, no two shards the
            // same.
            await using var batch = new NpgsqlBatch(connection);
            var at = new Instant(day * Instant.MicrosPerDay);
            Add(batch, "INSERT INTO reading VALUES ($1, $2, 0, 0, 0, 0) ON CONFLICT DO NOTHING", -1L - shard, at);
            Add(batch, "DELETE FROM reading WHERE channel = $1 AND at = $2", -1L - shard, at);
            await batch.ExecuteNonQueryAsync(stopping);
            chunks.Add(day);
        }
    }

    private void Add(NpgsqlBatch batch, string sql, long channel, Instant at)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(database.Dialect.Parameter(1, channel));
        command.Parameters.Add(database.Dialect.Parameter(2, at));
        batch.BatchCommands.Add(command);
    }

    private static long FloorDay(Instant at)
    {
        var (day, rest) = Math.DivRem(at.UnixMicros, Instant.MicrosPerDay);
        return rest < 0 ? day - 1 : day;
    }

    private sealed record ShardEnd(long Seq, byte[]? Head, Instant? Closed);
}

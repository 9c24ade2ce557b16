using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>
/// What of a shard's commit concerns Control: payments void queued cuts and raise the fence, cases are woken. Readings,
/// entries and snapshots are not kept here: whoever wants them back asks a database.
/// </summary>
internal sealed class MemoryShardStore(MemoryState state, int shard, long epoch) : IShardStore
{
    public int Shard => shard;

    public long Epoch => epoch;

    public Task CommitAsync(ShardCommit commit, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            if (state.Epochs[shard] != epoch) throw new ShardFencedException($"Shard {shard} has a newer owner.");
            var paid = commit.Paid();
            state.Payments += commit.Payments.Count;
            foreach (var payment in commit.Payments) Note(payment);
            foreach (var account in commit.Wake.Union(paid)) state.Wake(account, commit.At);
            foreach (var account in paid) Void(account);
            return Task.CompletedTask;
        }
    }

    public IAsyncEnumerable<AccountImage> LoadAccountsAsync(CancellationToken stopping) => throw NotKept();

    public IAsyncEnumerable<ChannelSnapshot> LoadChannelsAsync(CancellationToken stopping) => throw NotKept();

    public IAsyncEnumerable<RatedReading> LoadReadingsAfterSnapshotAsync(CancellationToken stopping) => throw NotKept();

    public IAsyncEnumerable<(ChannelId Channel, Instant At)> LoadUnratedAsync(CancellationToken stopping) =>
        throw NotKept();

    public Task<(ServiceDay? ClosedThrough, long LastEntryId)> LoadProgressAsync(CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<RatedReading>> ReadChannelAsync(
        ChannelId channel, Instant from, Instant to, CancellationToken stopping) => throw NotKept();

    public Task<AccountDays> ReadDaysAsync(AccountId account, ServiceDay from, CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<PaymentRecord>> FindPaymentsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping) => throw NotKept();

    public Task<IReadOnlyList<OperationRecord>> FindOperationsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping) => throw NotKept();

    public Task<IReadOnlyList<OperationRecord>> FindOperationsOnAsync(
        IReadOnlyList<string> payments, CancellationToken stopping) => throw NotKept();

    public Task<IReadOnlyList<LedgerEntry>> FindGroupAsync(long group, CancellationToken stopping) => throw NotKept();

    public Task<SubAccountImages> LoadSubAccountsAsync(ServiceDay recoveredFrom, CancellationToken stopping) =>
        throw NotKept();

    public Task<LateFeeImages> LoadLateFeesAsync(CancellationToken stopping) => throw NotKept();

    public Task<KeptFrames> FindKeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping) =>
        throw NotKept();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NotSupportedException NotKept() => new("A store in memory keeps Control's rows only.");

    private void Note(PaymentRecord payment)
    {
        if (payment.Split.IsSuspense || !state.Accounts.TryGetValue(payment.Order.Account, out var rows)) return;
        rows.Add(new PaymentFact(payment.PostedAt, payment.Order.Amount));
    }

    private void Void(AccountId account)
    {
        if (!state.Accounts.TryGetValue(account, out var rows)) return;
        state.Put(rows, rows.Case with { Fence = rows.Case.Fence + 1 });
        var queued = rows.Active.FindAll(command => command is { Kind: CommandKind.Trip, Origin: CommandOrigin.Policy }
            && CommandLifecycle.IsUnsent(command.State));
        foreach (var command in queued) state.Put(command, command with { State = CommandState.Cancelled });
    }
}

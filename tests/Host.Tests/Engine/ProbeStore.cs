using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>
/// A store in front of the real one: pauses around every call, so that others get their turn there; can be away; and
/// keeps an eye on what must never happen. The real store behind it outlives an engine that is killed.
/// </summary>
internal sealed class ProbeStore(IStore inner) : IStore, IControlStore
{
    /// <summary>Called before (true) and after each call that a fault may hit; may throw.</summary>
    public Action<string, bool>? Fault { get; set; }

    /// <summary>Runs before the real compare-and-set, with no pause in between.</summary>
    public Func<DispatchAttempt, Task>? BeforeDispatch { get; set; }

    /// <summary>Runs after it, before the engine knows.</summary>
    public Action<DispatchAttempt, DispatchStatus>? AfterDispatch { get; set; }

    /// <summary>A commit waits here before it begins.</summary>
    public Func<int, ShardCommit, Task>? Gate { get; set; }

    /// <summary>Runs when a commit of a shard is durable, before the engine knows.</summary>
    public Action<ShardCommit>? Committed { get; set; }

    /// <summary>Trips that left although the durable balance did not allow it, and the like.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Every dispatch that succeeded, in order.</summary>
    public List<DispatchAttempt> Dispatched { get; } = [];

    public Dictionary<CommandId, Command> Commands { get; } = [];

    public StoreKind Kind => inner.Kind;

    public IRegistryStore Registry => inner.Registry;

    public IControlStore Control => this;

    public IGuardStore Guard => inner.Guard;

    public IQueryStore Queries => inner.Queries;

    public IJournalStore Journal => inner.Journal;

    public IAccessStore Access => inner.Access;

    public IReadingWorkStore Work => inner.Work;

    public ICompletenessStore Completeness => inner.Completeness;

    public IClockStore Clocks => inner.Clocks;

    public IChangeStore Changes => inner.Changes;

    public IHistoryStore Histories => inner.Histories;

    public ICustomerStore Customers => inner.Customers;

    public ILedgerStore Ledger => inner.Ledger;

    public INoticeStore Notices => inner.Notices;

    public IStandingStore Standings => inner.Standings;

    public async Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping) =>
        new Shard(this, await CallAsync("take", () => inner.TakeShardAsync(shard, stopping)));

    public Task PingAsync(CancellationToken stopping) => inner.PingAsync(stopping);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    public Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping) =>
        CallAsync("due", () => inner.Control.TakeDueAsync(now, max, stopping));

    public Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping) =>
        CallAsync("case", () => inner.Control.FindCaseAsync(account, stopping));

    public Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping) =>
        CallAsync("decide", () => inner.Control.CommitAsync(decisions, stopping));

    public Task<Instant?> NextDueAsync(CancellationToken stopping) => inner.Control.NextDueAsync(stopping);

    public async Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping)
    {
        var ready = await CallAsync("ready", () => inner.Control.ReadyCommandsAsync(now, max, stopping));
        foreach (var command in ready) Commands[command.Id] = command;
        return ready;
    }

    public Task<IReadOnlyList<CaseImage>> FindCasesAsync(
        IReadOnlyList<AccountId> accounts, CancellationToken stopping) =>
        CallAsync("case", () => inner.Control.FindCasesAsync(accounts, stopping));

    public Task<IReadOnlyList<DispatchOutcome>> DispatchAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping) =>
        CallAsync("dispatch", () => ProbeAsync(attempts, stopping));

    public Task PostponeAsync(
        IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later, CancellationToken stopping) =>
        CallAsync("later", async () =>
        {
            await inner.Control.PostponeAsync(later, stopping);
            return 0;
        });

    public Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping) =>
        CallAsync("move", () => inner.Control.MoveCommandAsync(move, stopping));

    public Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping) =>
        CallAsync("flight", () => inner.Control.InFlightAsync(stopping));

    public Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping) =>
        inner.Control.DispatchesSinceAsync(since, stopping);

    public Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands, CancellationToken stopping) =>
        inner.Control.AddCommandsAsync(commands, stopping);

    public Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping) =>
        CallAsync("notices", () => inner.Control.ReadyNoticesAsync(now, max, stopping));

    public Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping) =>
        CallAsync("notice", () => inner.Control.MoveNoticeAsync(move, stopping));

    public Task AddHoldAsync(Hold hold, CancellationToken stopping) => inner.Control.AddHoldAsync(hold, stopping);

    public Task<bool> LiftHoldAsync(
        AccountId account, HoldKind kind, PersonId by, Instant at, CancellationToken stopping) =>
        inner.Control.LiftHoldAsync(account, kind, by, at, stopping);

    public Task<IReadOnlyList<PersonId>> LiftersAsync(AccountId account, Instant since, CancellationToken stopping) =>
        inner.Control.LiftersAsync(account, since, stopping);

    private async Task<IReadOnlyList<DispatchOutcome>> ProbeAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping)
    {
        var balances = new List<Money?>();
        foreach (var attempt in attempts)
        {
            if (BeforeDispatch is { } before) await before(attempt);
        }

        foreach (var attempt in attempts)
        {
            var command = Commands.GetValueOrDefault(attempt.Command);
            balances.Add(command is null
                ? null
                : (await inner.Queries.BalanceAsync(command.Account, stopping))?.Balance);
        }

        var outcomes = await inner.Control.DispatchAsync(attempts, stopping);
        for (var i = 0; i < attempts.Count; i++) Check(attempts[i], outcomes[i].Status, balances[i]);
        return outcomes;
    }

    private void Check(DispatchAttempt attempt, DispatchStatus status, Money? durable)
    {
        var command = Commands.GetValueOrDefault(attempt.Command);
        if (status == DispatchStatus.Sent)
        {
            Dispatched.Add(attempt);
            var byPolicy = command is { Kind: CommandKind.Trip, Origin: CommandOrigin.Policy };
            if (byPolicy && durable is { } balance && balance >= Money.Zero)
            {
                Violations.Add($"Command {attempt.Command} cut {command!.Account} at a durable balance of {balance}.");
            }
        }

        AfterDispatch?.Invoke(attempt, status);
    }

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> work)
    {
        await Task.Yield();
        Fault?.Invoke(name, true);
        var result = await work();
        await Task.Yield();
        Fault?.Invoke(name, false);
        return result;
    }

    private sealed class Shard(ProbeStore store, IShardStore inner) : IShardStore
    {
        int IShardStore.Shard => inner.Shard;

        public long Epoch => inner.Epoch;

        public Task CommitAsync(ShardCommit commit, CancellationToken stopping) => store.CallAsync(
            "commit",
            async () =>
            {
                if (store.Gate is { } gate) await gate(inner.Shard, commit);
                await inner.CommitAsync(commit, stopping);
                store.Committed?.Invoke(commit);
                return 0;
            });

        public IAsyncEnumerable<AccountImage> LoadAccountsAsync(CancellationToken stopping) =>
            inner.LoadAccountsAsync(stopping);

        public IAsyncEnumerable<Billing.Accounts.ChannelSnapshot> LoadChannelsAsync(CancellationToken stopping) =>
            inner.LoadChannelsAsync(stopping);

        public IAsyncEnumerable<RatedReading> LoadReadingsAfterSnapshotAsync(CancellationToken stopping) =>
            inner.LoadReadingsAfterSnapshotAsync(stopping);

        public IAsyncEnumerable<(ChannelId Channel, Instant At)> LoadUnratedAsync(CancellationToken stopping) =>
            inner.LoadUnratedAsync(stopping);

        public Task<(ServiceDay? ClosedThrough, long LastEntryId)> LoadProgressAsync(CancellationToken stopping) =>
            store.CallAsync("load", () => inner.LoadProgressAsync(stopping));

        public Task<IReadOnlyList<RatedReading>> ReadChannelAsync(
            ChannelId channel, Instant from, Instant to, CancellationToken stopping) =>
            store.CallAsync("channel", () => inner.ReadChannelAsync(channel, from, to, stopping));

        public Task<AccountDays> ReadDaysAsync(AccountId account, ServiceDay from, CancellationToken stopping) =>
            store.CallAsync("days", () => inner.ReadDaysAsync(account, from, stopping));

        public Task<IReadOnlyList<PaymentRecord>> FindPaymentsAsync(
            IReadOnlyList<string> keys, CancellationToken stopping) =>
            store.CallAsync("payments", () => inner.FindPaymentsAsync(keys, stopping));

        public Task<IReadOnlyList<OperationRecord>> FindOperationsAsync(
            IReadOnlyList<string> keys, CancellationToken stopping) =>
            store.CallAsync("operations", () => inner.FindOperationsAsync(keys, stopping));

        public Task<IReadOnlyList<OperationRecord>> FindOperationsOnAsync(
            IReadOnlyList<string> payments, CancellationToken stopping) =>
            inner.FindOperationsOnAsync(payments, stopping);

        public Task<IReadOnlyList<LedgerEntry>> FindGroupAsync(long group, CancellationToken stopping) =>
            inner.FindGroupAsync(group, stopping);

        public Task<SubAccountImages> LoadSubAccountsAsync(ServiceDay recoveredFrom, CancellationToken stopping) =>
            inner.LoadSubAccountsAsync(recoveredFrom, stopping);

        public Task<LateFeeImages> LoadLateFeesAsync(CancellationToken stopping) =>
            inner.LoadLateFeesAsync(stopping);

        public Task<KeptFrames> FindKeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping) =>
            store.CallAsync("kept", () => inner.FindKeptAsync(frames, stopping));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench;

/// <summary>A control store with something around every call.</summary>
internal abstract class AroundControlStore(IControlStore inner) : IControlStore
{
    public Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping) =>
        Around(() => inner.TakeDueAsync(now, max, stopping));

    public Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping) =>
        Around(() => inner.FindCaseAsync(account, stopping));

    public Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping) => Around(() =>
    {
        Decided(decisions);
        return inner.CommitAsync(decisions, stopping);
    });

    public Task<Instant?> NextDueAsync(CancellationToken stopping) => Around(() => inner.NextDueAsync(stopping));

    public Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping) =>
        Around(() => inner.ReadyCommandsAsync(now, max, stopping));

    public Task<IReadOnlyList<CaseImage>> FindCasesAsync(
        IReadOnlyList<AccountId> accounts, CancellationToken stopping) =>
        Around(() => inner.FindCasesAsync(accounts, stopping));

    public Task<IReadOnlyList<DispatchOutcome>> DispatchAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping) => Around(async () =>
        {
            var outcomes = await inner.DispatchAsync(attempts, stopping);
            for (var i = 0; i < attempts.Count; i++) Dispatched(attempts[i], outcomes[i].Status);
            return outcomes;
        });

    public Task PostponeAsync(
        IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later, CancellationToken stopping) =>
        Around(async () =>
        {
            await inner.PostponeAsync(later, stopping);
            return true;
        });

    public Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping) =>
        Around(() => inner.MoveCommandAsync(move, stopping));

    public Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping) =>
        Around(() => inner.InFlightAsync(stopping));

    public Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping) =>
        Around(() => inner.DispatchesSinceAsync(since, stopping));

    public Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands, CancellationToken stopping) =>
        Around(() => inner.AddCommandsAsync(commands, stopping));

    public Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping) =>
        Around(() => inner.ReadyNoticesAsync(now, max, stopping));

    public Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping) => Around(async () =>
    {
        var moved = await inner.MoveNoticeAsync(move, stopping);
        if (moved) Moved(move);
        return moved;
    });

    public Task AddHoldAsync(Hold hold, CancellationToken stopping) => Around(async () =>
    {
        await inner.AddHoldAsync(hold, stopping);
        return true;
    });

    public Task<bool> LiftHoldAsync(
        AccountId account, HoldKind kind, PersonId by, Instant at, CancellationToken stopping) =>
        Around(() => inner.LiftHoldAsync(account, kind, by, at, stopping));

    public Task<IReadOnlyList<PersonId>> LiftersAsync(
        AccountId account, Instant since, CancellationToken stopping) =>
        Around(() => inner.LiftersAsync(account, since, stopping));

    /// <summary>Does the call, or something else.</summary>
    protected abstract Task<T> Around<T>(Func<Task<T>> call);

    /// <summary>Before decisions are stored.</summary>
    protected virtual void Decided(IReadOnlyList<CaseDecision> decisions)
    {
    }

    /// <summary>After the compare-and-set.</summary>
    protected virtual void Dispatched(DispatchAttempt attempt, DispatchStatus status)
    {
    }

    /// <summary>After a notice has moved.</summary>
    protected virtual void Moved(NoticeMove move)
    {
    }
}

/// <summary>A store with another view of Control's rows.</summary>
internal sealed class ControlViewStore(IStore inner, IControlStore control) : IStore
{
    public StoreKind Kind => inner.Kind;

    public IRegistryStore Registry => inner.Registry;

    public IControlStore Control => control;

    public IGuardStore Guard => inner.Guard;

    public IQueryStore Queries => inner.Queries;

    public ICustomerStore Customers => inner.Customers;

    public IAccessStore Access => inner.Access;

    public IReadingWorkStore Work => inner.Work;

    public IJournalStore Journal => inner.Journal;

    public ICompletenessStore Completeness => inner.Completeness;

    public IClockStore Clocks => inner.Clocks;

    public IChangeStore Changes => inner.Changes;

    public IHistoryStore Histories => inner.Histories;

    public ILedgerStore Ledger => inner.Ledger;

    public INoticeStore Notices => inner.Notices;

    public IStandingStore Standings => inner.Standings;

    public Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping) =>
        inner.TakeShardAsync(shard, stopping);

    public Task PingAsync(CancellationToken stopping) => inner.PingAsync(stopping);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

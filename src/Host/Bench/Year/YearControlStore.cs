using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Bench.Year;

/// <summary>
/// The control store as one life of the process sees it: after the process has died nothing is answered any more. What
/// is decided goes into the hash.
/// </summary>
internal sealed class YearControlStore(IControlStore inner, YearWorld world) : IControlStore
{
    public bool IsDead { get; set; }

    public Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping) =>
        Alive(() => inner.TakeDueAsync(now, max, stopping));

    public Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping) =>
        Alive(() => inner.FindCaseAsync(account, stopping));

    public Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping)
    {
        if (IsDead) return Never<int>();
        foreach (var decision in decisions) Note(decision);
        return inner.CommitAsync(decisions, stopping);
    }

    public Task<Instant?> NextDueAsync(CancellationToken stopping) => Alive(() => inner.NextDueAsync(stopping));

    public Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping) =>
        Alive(() => inner.ReadyCommandsAsync(now, max, stopping));

    public Task<DispatchStatus> TryDispatchAsync(DispatchAttempt attempt, CancellationToken stopping)
    {
        if (IsDead) return Never<DispatchStatus>();
        var status = inner.TryDispatchAsync(attempt, stopping);
        world.Counts.Mix(attempt.Command.Value);
        world.Counts.Mix((long)status.Result);
        return status;
    }

    public Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping) =>
        Alive(() => inner.MoveCommandAsync(move, stopping));

    public Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping) =>
        Alive(() => inner.InFlightAsync(stopping));

    public Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping) =>
        Alive(() => inner.DispatchesSinceAsync(since, stopping));

    public Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands, CancellationToken stopping) =>
        Alive(() => inner.AddCommandsAsync(commands, stopping));

    public Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping) =>
        Alive(() => inner.ReadyNoticesAsync(now, max, stopping));

    public Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping)
    {
        if (IsDead) return Never<bool>();
        var moved = inner.MoveNoticeAsync(move, stopping);
        if (Sync.Of(moved) && move.To == NoticeState.Failed) world.People.Failed(move.Notice);
        return moved;
    }

    public Task AddHoldAsync(Hold hold, CancellationToken stopping) =>
        IsDead ? Never<int>() : inner.AddHoldAsync(hold, stopping);

    public Task<bool> LiftHoldAsync(
        AccountId account, HoldKind kind, PersonId by, Instant at, CancellationToken stopping) =>
        Alive(() => inner.LiftHoldAsync(account, kind, by, at, stopping));

    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;

    private Task<T> Alive<T>(Func<Task<T>> call) => IsDead ? Never<T>() : call();

    private void Note(CaseDecision decision)
    {
        var counts = world.Counts;
        counts.Decisions++;
        counts.Mix(world.Now.UnixMicros);
        counts.Mix(decision.After.Account.Value);
        counts.Mix(decision.After.Rung + ((long)decision.After.Desired << 8));
        counts.Mix(decision.After.DueAt.UnixMicros);
        foreach (var command in decision.Commands) counts.Mix((long)command.Kind);
        foreach (var notice in decision.Notices) counts.Mix(notice.Text);
        if (decision.Decision is { } explained) counts.Mix(explained.Outcome);
        if (decision.Commands.Any(command => command.Kind == CommandKind.Trip))
        {
            world.People.CutIsComing(world.HomeOf(decision.After.Account));
        }
    }
}

/// <summary>The same store, with another view of Control's rows.</summary>
internal sealed class YearStore(IStore inner, IControlStore control) : IStore
{
    public StoreKind Kind => inner.Kind;

    public IRegistryStore Registry => inner.Registry;

    public IControlStore Control => control;

    public IQueryStore Queries => inner.Queries;

    public IAccessStore Access => inner.Access;

    public IReadingWorkStore Work => inner.Work;

    public IJournalStore Journal => inner.Journal;

    public ICompletenessStore Completeness => inner.Completeness;

    public IClockStore Clocks => inner.Clocks;

    public IChangeStore Changes => inner.Changes;

    public IHistoryStore Histories => inner.Histories;

    public ILedgerStore Ledger => inner.Ledger;

    public Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping) =>
        inner.TakeShardAsync(shard, stopping);

    public Task PingAsync(CancellationToken stopping) => inner.PingAsync(stopping);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

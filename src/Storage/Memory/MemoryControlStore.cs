using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>Control's rows in memory: every call is one transaction under one lock, done when it returns.</summary>
internal sealed class MemoryControlStore(MemoryState state) : IControlStore
{
    private const int NoticesMax = 50;
    private const int RowsMax = 100;

    public Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var due = new List<CaseImage>();
            foreach (var (at, account) in state.DueCases)
            {
                if (at > now || due.Count >= max) break;
                due.Add(ImageOf(state.Accounts[account], now));
            }

            return Task.FromResult<IReadOnlyList<CaseImage>>(due);
        }
    }

    public Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            return Task.FromResult(
                state.Accounts.TryGetValue(account, out var rows) ? ImageOf(rows, now: null) : null);
        }
    }

    public Task<IReadOnlyList<CaseImage>> FindCasesAsync(
        IReadOnlyList<AccountId> accounts, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            return Task.FromResult<IReadOnlyList<CaseImage>>(
            [
                .. accounts.Distinct().Order().Where(state.Accounts.ContainsKey)
                    .Select(account => ImageOf(state.Accounts[account], now: null)),
            ]);
        }
    }

    public Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping)
    {
        foreach (var (_, to) in decisions.SelectMany(decision => decision.Cancelled))
        {
            if (to is CommandState.Cancelled or CommandState.Superseded or CommandState.Expired) continue;
            throw new ArgumentException(
                $"A command can be cancelled, superseded or expired, not {to}.", nameof(decisions));
        }

        lock (state.Gate)
        {
            var stored = 0;
            foreach (var decision in decisions.OrderBy(decision => decision.After.Account))
            {
                if (!state.Accounts.TryGetValue(decision.After.Account, out var rows)) continue;
                if (rows.Case.Revision != decision.Before) continue;
                Store(rows, decision);
                stored++;
            }

            return Task.FromResult(stored);
        }
    }

    public Task<Instant?> NextDueAsync(CancellationToken stopping)
    {
        lock (state.Gate) return Task.FromResult(state.NextDue());
    }

    public Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var ready = new List<Command>();
            foreach (var queue in state.QueuedByPriority)
            {
                foreach (var (due, id) in queue)
                {
                    if (due > now || ready.Count >= max) break;
                    ready.Add(state.FindCommand(new(id))!);
                }
            }

            return Task.FromResult<IReadOnlyList<Command>>(ready);
        }
    }

    public Task<IReadOnlyList<DispatchOutcome>> DispatchAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping)
    {
        lock (state.Gate) return Task.FromResult(MemoryDispatch.Run(state, attempts));
    }

    public Task PostponeAsync(
        IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            foreach (var (id, dueAt, _) in later)
            {
                if (state.FindCommand(id) is not { State: CommandState.Queued } command) continue;
                state.Put(command, command with { DueAt = dueAt });
            }

            return Task.CompletedTask;
        }
    }

    public Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping)
    {
        if (IsFinal(move.From)) throw new ArgumentException($"{move.From} is final.", nameof(move));
        lock (state.Gate) return Task.FromResult(Move(move));
    }

    public Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping)
    {
        lock (state.Gate) return Task.FromResult<IReadOnlyList<Command>>([.. state.InFlight]);
    }

    public Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping)
    {
        lock (state.Gate) return Task.FromResult(state.Trips.Since(since));
    }

    public Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            foreach (var wake in commands.GroupBy(command => command.Account))
            {
                state.Wake(wake.Key, wake.Min(command => command.CreatedAt));
            }

            return Task.FromResult<IReadOnlyList<Command>>([.. commands.Select(state.Add).OfType<Command>()]);
        }
    }

    public Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var ready = state.DueNotices.TakeWhile(key => key.Due <= now).Take(max);
            return Task.FromResult<IReadOnlyList<Notice>>([.. ready.Select(key => state.FindNotice(new(key.Id))!)]);
        }
    }

    public Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            if (state.FindNotice(move.Notice) is not { } before || before.State != move.From)
            {
                return Task.FromResult(false);
            }

            if (move.IsFinal) state.Wake(before.Account, move.At);
            state.Put(before, move.Of(before));
            return Task.FromResult(true);
        }
    }

    public Task AddHoldAsync(Hold hold, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            state.Wake(hold.Account, hold.From);
            state.Accounts[hold.Account].Holds.Add(hold);
            return Task.CompletedTask;
        }
    }

    public Task<bool> LiftHoldAsync(
        AccountId account, HoldKind kind, PersonId by, Instant at, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            if (!state.Accounts.TryGetValue(account, out var rows)) return Task.FromResult(false);
            var lifted = rows.Holds.RemoveAll(hold => hold.Kind == kind && hold.Until > at) > 0;
            if (lifted) state.Wake(account, at);
            if (lifted) rows.Lifts.Add((by, at));
            return Task.FromResult(lifted);
        }
    }

    public Task<IReadOnlyList<PersonId>> LiftersAsync(AccountId account, Instant since, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var lifts = state.Accounts.TryGetValue(account, out var rows) ? rows.Lifts : [];
            return Task.FromResult<IReadOnlyList<PersonId>>(
                [.. lifts.Where(lift => lift.At >= since).Select(lift => lift.By).Distinct()]);
        }
    }

    private static bool IsFinal(CommandState state) => state is CommandState.Confirmed or CommandState.Failed
        or CommandState.TimedOut or CommandState.Expired or CommandState.Cancelled or CommandState.Superseded;

    private CaseImage ImageOf(AccountRows rows, Instant? now)
    {
        var notices = rows.Notices.Where(notice => notice.CreatedAt >= rows.LadderFrom)
            .OrderByDescending(notice => notice.CreatedAt).ThenByDescending(notice => notice.Id.Value)
            .Take(NoticesMax);
        var holds = rows.Holds.Where(hold => now is null || (hold.From <= now && now < hold.Until));
        var image = new CaseImage(rows.Case, [.. rows.Active], [.. rows.LastFinal], [.. notices], [.. holds])
        {
            Customer = rows.Customer,
            Moratoria = state.Moratoria.FindAll(one => one.Until > (now ?? Instant.Epoch)),
        };
        if (rows.Case.Rung == 0) return image;
        var from = rows.LadderFrom;
        return image with
        {
            Contacts = [.. rows.Contacts.Where(one => one.At >= from).OrderByDescending(one => one.At).Take(RowsMax)],
            Approvals = rows.Approvals.FindAll(one => one.At >= from),
            Payments = [.. Enumerable.Reverse(rows.Payments).Where(one => one.At >= from)],
        };
    }

    private void Store(AccountRows rows, CaseDecision decision)
    {
        var after = decision.After;
        if (after.Rung == 0) rows.LadderFrom = after.RungAt;
        state.Put(rows, after with { Revision = decision.Before + 1, Fence = rows.Case.Fence });
        foreach (var (id, to) in decision.Cancelled)
        {
            if (state.FindCommand(id) is not { } command || !CommandLifecycle.IsUnsent(command.State)) continue;
            state.Put(command, command with { State = to });
        }

        foreach (var command in decision.Commands) state.Add(command);
        foreach (var notice in decision.Notices) state.Add(notice);
        if (decision.Decision is { } explained) state.Add(explained);
    }

    private bool Move(CommandMove move)
    {
        if (state.FindCommand(move.Command) is not { } before || before.State != move.From) return false;
        if (IsFinal(move.To) || move.Proven is not null || move.AlarmOn is not null)
        {
            // What was proven raises the revision too, or a decision made on the older supply would overwrite it.
            state.Wake(before.Account, move.At);
        }

        state.Put(before, before with { State = move.To, DueAt = move.DueAt });
        var rows = state.Accounts[before.Account];
        if (move.Proven is { } proven) state.Put(rows, rows.Case with { Actual = proven, ActualAt = move.At });
        if (move.AlarmOn is { } alarmOn) state.Put(rows, rows.Case with { AlarmOn = alarmOn });
        return true;
    }
}

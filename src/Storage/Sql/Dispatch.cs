using System.Globalization;
using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// The last gate before the bytes leave. The row locks (cases, guard, commands, in that order) let any number of
/// processes race: a command is taken once, and trips in any window never exceed a cap of the guard.
/// </summary>
internal sealed class Dispatch
{
    private readonly SqlSession _session;
    private readonly IReadOnlyList<DispatchAttempt> _attempts;
    private readonly Dictionary<long, long> _fences = [];
    private readonly Dictionary<long, Candidate> _commands = [];
    private readonly List<(DispatchAttempt Attempt, Candidate Command)> _sent = [];
    private readonly List<(Candidate Command, CommandState To, string Detail)> _refused = [];
    private ILookup<long, (Instant From, Instant Until)> _holds = Enumerable.Empty<(Instant, Instant)>()
        .ToLookup(_ => 0L);
    private TripBudgets? _budgets;
    private bool _stopped;

    private Dispatch(SqlSession session, IReadOnlyList<DispatchAttempt> attempts) =>
        (_session, _attempts) = (session, attempts);

    private sealed record Candidate(
        long Id, AccountId Account, TerminalAddress Terminal, CommandKind Kind, CommandState State,
        CommandOrigin Origin, Instant ExpiresAt, long Fence, bool Released, int Attempts)
    {
        public CommandState State { get; set; } = State;
    }

    public static async Task<IReadOnlyList<DispatchOutcome>> RunAsync(
        SqlSession session, IReadOnlyList<DispatchAttempt> attempts)
    {
        if (attempts.Count == 0) return [];
        var dispatch = new Dispatch(session, attempts);
        await dispatch.LockAsync();
        var outcomes = attempts.Select(dispatch.Decide).ToArray();
        await dispatch.SaveAsync();
        return outcomes;
    }

    public static async Task<int> PostponeAsync(
        SqlSession session, IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later)
    {
        var moved = 0;
        foreach (var (command, dueAt, detail) in later.OrderBy(one => one.Command.Value))
        {
            moved += await session.ExecuteAsync(
                "UPDATE command SET due_at = $2, detail = $3 WHERE id = $1 AND state = 4",
                command.Value,
                dueAt,
                detail);
        }

        return moved;
    }

    private async Task LockAsync()
    {
        var ids = _attempts.Select(attempt => attempt.Command.Value).Distinct().ToArray();
        var any = _session.Dialect.AnyOf(1);
        var forUpdate = _session.Dialect.ForUpdate;

        // Account and kind of a command never change: they may be read before its lock is held.
        var targets = await _session.QueryAsync(
            $"SELECT id, account, kind FROM command WHERE id {any}",
            row => (Id: row.Long(0), Account: row.Long(1), Kind: (CommandKind)row.Byte(2)),
            ids);
        if (targets.Count == 0) return;
        var accounts = targets.Select(target => target.Account).Distinct().ToArray();
        foreach (var (account, fence) in await _session.QueryAsync(
            $"SELECT account, fence FROM control_case WHERE account {any} ORDER BY account{forUpdate}",
            row => (row.Long(0), row.Long(1)),
            accounts))
        {
            _fences.Add(account, fence);
        }

        var trips = targets.Where(target => target.Kind == CommandKind.Trip).Select(target => target.Id).ToHashSet();
        if (trips.Count > 0) await LockGuardAsync(trips);
        foreach (var command in await _session.QueryAsync(
            $"""
            SELECT id, account, terminal, kind, state, origin, expires_at, fence, released, attempts FROM command
            WHERE id {any} ORDER BY id{forUpdate}
            """,
            row => new Candidate(
                row.Long(0), new(row.Long(1)), new(checked((uint)row.Long(2))), (CommandKind)row.Byte(3),
                (CommandState)row.Byte(4), (CommandOrigin)row.Byte(5), row.Instant(6), row.Long(7), row.Bool(8),
                row.Int(9)),
            ids))
        {
            _commands.Add(command.Id, command);
        }

        if (trips.Count > 0) await ReadHoldsAsync(accounts);
    }

    private async Task LockGuardAsync(HashSet<long> trips)
    {
        var stopped = await _session.QueryAsync(
            $"SELECT stopped FROM trip_guard{_session.Dialect.ForUpdate}", row => row.Bool(0));
        _stopped = stopped[0];
        _budgets = await TripBudgets.LoadAsync(
            _session, [.. _attempts.Where(attempt => trips.Contains(attempt.Command.Value))]);
    }

    private async Task ReadHoldsAsync(long[] accounts)
    {
        var holds = await _session.QueryAsync(
            $"""
            SELECT account, from_at, until_at FROM hold
            WHERE account {_session.Dialect.AnyOf(1)} AND lifted_at IS NULL
            """,
            row => (Account: row.Long(0), From: row.Instant(1), Until: row.Instant(2)),
            accounts);
        _holds = holds.ToLookup(hold => hold.Account, hold => (hold.From, hold.Until));
    }

    private DispatchOutcome Decide(DispatchAttempt attempt)
    {
        if (!_commands.TryGetValue(attempt.Command.Value, out var command) || command.State != CommandState.Queued
            || command.Attempts != attempt.Attempts)
        {
            return Of(DispatchStatus.NotQueued);
        }

        if (attempt.Now >= command.ExpiresAt) return Refuse(command, CommandState.Expired, DispatchStatus.Expired);
        var verdict = default(GuardVerdict);
        if (command.Kind == CommandKind.Trip)
        {
            if (command.Origin == CommandOrigin.Policy
                && (!_fences.TryGetValue(command.Account.Value, out var fence) || fence != command.Fence))
            {
                return Refuse(command, CommandState.Cancelled, DispatchStatus.FenceMoved);
            }

            if (_holds[command.Account.Value].Any(hold => hold.From <= attempt.Now && hold.Until > attempt.Now))
            {
                return Refuse(command, CommandState.Cancelled, DispatchStatus.Held);
            }

            if (_stopped) return Of(DispatchStatus.Stopped);
            verdict = _budgets!.TryTake(attempt, command.Released);
            if (!verdict.Goes && command.Released) return new(DispatchStatus.GuardWaits, verdict);
            if (!verdict.Goes)
            {
                Refuse(command, CommandState.Quarantined, DispatchStatus.GuardExhausted, verdict.Sentence);
                return new(DispatchStatus.GuardExhausted, verdict);
            }
        }

        command.State = CommandState.Sent;
        _sent.Add((attempt, command));
        return new(DispatchStatus.Sent, verdict);
    }

    private DispatchOutcome Refuse(
        Candidate command, CommandState to, DispatchStatus status, string? sentence = null)
    {
        command.State = to;
        _refused.Add((command, to, sentence ?? status.ToString()));
        return Of(status);
    }

    private static DispatchOutcome Of(DispatchStatus status) => new(status, default);

    private async Task SaveAsync()
    {
        await RefuseAsync();
        await SendAsync();
        if (_budgets is not null) await _budgets.SaveAsync(_session);
    }

    private async Task RefuseAsync()
    {
        if (_refused.Count == 0) return;
        foreach (var group in _refused.GroupBy(one => (one.To, one.Detail), one => one.Command.Id))
        {
            await _session.ExecuteAsync(
                $"UPDATE command SET state = $2, detail = $3 WHERE id {_session.Dialect.AnyOf(1)}",
                group.ToArray(),
                (short)group.Key.To,
                group.Key.Detail);
        }

        await Cases.WakeManyAsync(
            _session, _refused.Select(one => one.Command.Account.Value), _attempts.Max(attempt => attempt.Now));
    }

    private async Task SendAsync()
    {
        foreach (var chunk in _sent.Chunk(_session.RowsPerStatement(columns: 4)))
        {
            await _session.ExecuteAsync(UpdateText(chunk.Length), [.. chunk.SelectMany(one => new object?[]
            {
                one.Command.Id, one.Attempt.SessionId, one.Attempt.Now, one.Attempt.AnswerBy,
            })]);
        }

        await _session.InsertAsync(
            "INSERT INTO dispatch (at, command, terminal, kind)",
            _sent.Select(one => new object?[]
            {
                one.Command.Kind == CommandKind.Trip ? _budgets!.At : one.Attempt.Now,
                one.Command.Id, (long)one.Command.Terminal.Raw, (short)one.Command.Kind,
            }));
    }

    /// <summary>Both databases name the columns of VALUES column1, column2 and so on.</summary>
    private static string UpdateText(int rows)
    {
        const int Columns = 4;
        var values = Enumerable.Range(0, rows).Select(row => string.Create(
            CultureInfo.InvariantCulture,
            $"(${(row * Columns) + 1}, ${(row * Columns) + 2}, ${(row * Columns) + 3}, ${(row * Columns) + 4})"));
        return $"""
            UPDATE command
            SET state = 5, attempts = attempts + 1, session_id = v.column2, sent_at = v.column3, due_at = v.column4,
                detail = ''
            FROM (VALUES {string.Join(", ", values)}) AS v WHERE command.id = v.column1
            """;
    }
}

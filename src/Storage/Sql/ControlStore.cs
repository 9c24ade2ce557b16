using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// Control's rows. Every transaction that locks takes cases first, in order of account, then the guard, then commands,
/// notices and holds: none waits for another in a circle.
/// </summary>
internal sealed class ControlStore(SqlDatabase database) : IControlStore
{
    public Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping) =>
        database.SnapshotAsync(session => CaseImages.DueAsync(session, now, max), stopping);

    public Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping) =>
        database.SnapshotAsync(session => CaseImages.FindAsync(session, account), stopping);

    public Task<IReadOnlyList<CaseImage>> FindCasesAsync(
        IReadOnlyList<AccountId> accounts, CancellationToken stopping) =>
        database.SnapshotAsync(session => CaseImages.FindManyAsync(session, accounts), stopping);

    public Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping) =>
        database.WriteAsync(session => CaseCommit.RunAsync(session, decisions), stopping);

    public async Task<Instant?> NextDueAsync(CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            """
            SELECT min(due_at) FROM (
                SELECT min(due_at) AS due_at FROM control_case WHERE due_at < $1
                UNION ALL SELECT min(due_at) FROM command WHERE state IN (4, 5, 6, 7)
                UNION ALL SELECT min(due_at) FROM notice WHERE state IN (1, 2)
            ) AS due
            """,
            row => row.InstantOrNull(0),
            stopping,
            Instant.Never);
        return found[0] is { } due && due < Instant.Never ? due : null;
    }

    public async Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {ControlRows.Command} FROM command WHERE state = 4 AND due_at <= $1
            ORDER BY priority, due_at, id LIMIT $2
            """,
            ControlRows.CommandOf,
            stopping,
            now,
            max);

    public Task<IReadOnlyList<DispatchOutcome>> DispatchAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping) =>
        database.WriteAsync(session => Dispatch.RunAsync(session, attempts), stopping);

    public Task PostponeAsync(
        IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later, CancellationToken stopping) =>
        database.WriteAsync(session => Dispatch.PostponeAsync(session, later), stopping);

    public Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping)
    {
        if (IsFinal(move.From)) throw new ArgumentException($"{move.From} is final.", nameof(move));
        return database.WriteAsync(session => MoveAsync(session, move), stopping);
    }

    public async Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping) => await database.QueryAsync(
        $"SELECT {ControlRows.Command} FROM command WHERE state IN (5, 6, 7) ORDER BY id",
        ControlRows.CommandOf,
        stopping);

    public async Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping) =>
        await database.QueryAsync(
            """
            SELECT d.terminal, d.kind, d.at, c.account FROM dispatch d JOIN command c ON c.id = d.command
            WHERE d.at >= $1 ORDER BY d.at, d.id
            """,
            row => new DispatchFact(
                new(checked((uint)row.Long(0))), (CommandKind)row.Byte(1), row.Instant(2), new(row.Long(3))),
            stopping,
            since);

    public Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands, CancellationToken stopping) =>
        database.WriteAsync<IReadOnlyList<Command>>(
            async session =>
            {
                foreach (var wake in commands.GroupBy(command => command.Account).OrderBy(group => group.Key))
                {
                    await Cases.WakeAsync(session, wake.Key, wake.Min(command => command.CreatedAt));
                }

                var added = new List<Command>();
                foreach (var command in commands)
                {
                    var id = await session.NumberAsync(
                        SqlSession.InsertText(
                            $"INSERT INTO command ({ControlRows.NewCommand})",
                            1,
                            17,
                            "ON CONFLICT DO NOTHING RETURNING id"),
                        ControlRows.Values(command));
                    if (id is not null) added.Add(command with { Id = new(id.Value) });
                }

                return added;
            },
            stopping);

    public async Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {ControlRows.Notice} FROM notice WHERE state IN (1, 2) AND due_at <= $1
            ORDER BY due_at, id LIMIT $2
            """,
            ControlRows.NoticeOf,
            stopping,
            now,
            max);

    public Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping) =>
        database.WriteAsync(session => NoticeCommit.MoveAsync(session, move), stopping);

    public Task AddHoldAsync(Hold hold, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, hold.Account, hold.From);
            return await session.InsertAsync($"INSERT INTO hold ({ControlRows.Hold})", [ControlRows.Values(hold)]);
        },
        stopping);

    public Task<bool> LiftHoldAsync(
        AccountId account, HoldKind kind, PersonId by, Instant at, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await Cases.WakeAsync(session, account, at);
            var lifted = await session.ExecuteAsync(
                """
                UPDATE hold SET lifted_at = $3, lifted_by = $4
                WHERE account = $1 AND kind = $2 AND lifted_at IS NULL AND until_at > $3
                """,
                account.Value,
                (short)kind,
                at,
                by.Value);
            if (lifted == 0) session.Discard();
            return lifted > 0;
        },
        stopping);

    public async Task<IReadOnlyList<PersonId>> LiftersAsync(
        AccountId account, Instant since, CancellationToken stopping) => await database.QueryAsync(
        "SELECT DISTINCT lifted_by FROM hold WHERE account = $1 AND lifted_at >= $2 ORDER BY lifted_by",
        row => new PersonId(row.Text(0)),
        stopping,
        account.Value,
        since);

    private static async Task<bool> MoveAsync(SqlSession session, CommandMove move)
    {
        var account = await session.NumberAsync("SELECT account FROM command WHERE id = $1", move.Command.Value);
        if (account is null) return false;
        if (IsFinal(move.To) || move.Proven is not null || move.AlarmOn is not null)
        {
            // What was proven raises the revision too, or a decision made on the older supply would overwrite it.
            await Cases.WakeAsync(session, new(account.Value), move.At);
        }

        var moved = await session.ExecuteAsync(
            "UPDATE command SET state = $3, due_at = $4, detail = $5 WHERE id = $1 AND state = $2",
            move.Command.Value,
            (short)move.From,
            (short)move.To,
            move.DueAt,
            move.Detail);
        if (moved == 0)
        {
            session.Discard();
            return false;
        }

        if (move.Proven is { } proven)
        {
            await session.ExecuteAsync(
                "UPDATE control_case SET actual = $2, actual_at = $3 WHERE account = $1",
                account,
                (short)proven,
                move.At);
        }

        if (move.AlarmOn is { } alarmOn)
        {
            await session.ExecuteAsync("UPDATE control_case SET alarm_on = $2 WHERE account = $1", account, alarmOn);
        }

        return true;
    }

    private static bool IsFinal(CommandState state) => state is CommandState.Confirmed or CommandState.Failed
        or CommandState.TimedOut or CommandState.Expired or CommandState.Cancelled or CommandState.Superseded;
}

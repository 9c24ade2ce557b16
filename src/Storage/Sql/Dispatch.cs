using Meters.Control.Commands;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// The last gate before the bytes leave. The row locks (case, guard, command, in that order) let any number of
/// processes race: a command is taken once, and trips in any window never exceed the guard's cap.
/// </summary>
internal static class Dispatch
{
    private sealed record Candidate(
        AccountId Account, TerminalAddress Terminal, CommandKind Kind, CommandState State, CommandOrigin Origin,
            Instant ExpiresAt,
        long Fence);

    public static async Task<DispatchStatus> TryAsync(SqlSession session, DispatchAttempt attempt)
    {
        // Account and kind of a command never change: they may be read before its lock is held.
        var target = await session.QueryAsync(
            "SELECT account, kind FROM command WHERE id = $1",
            row => (Account: row.Long(0), Kind: (CommandKind)row.Byte(1)),
            attempt.Command.Value);
        if (target.Count == 0) return DispatchStatus.NotQueued;
        var forUpdate = session.Dialect.ForUpdate;
        var fence = await session.NumberAsync(
            $"SELECT fence FROM control_case WHERE account = $1{forUpdate}", target[0].Account);
        if (target[0].Kind == CommandKind.Trip) await session.NumberAsync($"SELECT id FROM trip_guard{forUpdate}");
        var command = await session.FindAsync(
            $"SELECT account, terminal, kind, state, origin, expires_at, fence FROM command WHERE id = $1{forUpdate}",
            row => new Candidate(
                new(row.Long(0)), new(checked((uint)row.Long(1))), (CommandKind)row.Byte(2), (CommandState)row.Byte(3),
                (CommandOrigin)row.Byte(4), row.Instant(5), row.Long(6)),
            attempt.Command.Value);
        if (command is not { State: CommandState.Queued }) return DispatchStatus.NotQueued;
        if (attempt.Now >= command.ExpiresAt)
        {
            return await RefuseAsync(session, attempt, command, CommandState.Expired, DispatchStatus.Expired);
        }

        var at = attempt.Now;
        if (command.Kind == CommandKind.Trip)
        {
            if (command.Origin == CommandOrigin.Policy && command.Fence != fence)
            {
                return await RefuseAsync(session, attempt, command, CommandState.Cancelled, DispatchStatus.FenceMoved);
            }

            if (await IsHeldAsync(session, command.Account, attempt.Now))
            {
                return await RefuseAsync(session, attempt, command, CommandState.Cancelled, DispatchStatus.Held);
            }

            (at, var spent) = await SpentAsync(session, attempt);
            if (spent >= attempt.GuardTripsMax)
            {
                return await RefuseAsync(
                    session, attempt, command, CommandState.Quarantined, DispatchStatus.GuardExhausted);
            }
        }

        await session.ExecuteAsync(
            """
            UPDATE command
            SET state = 5, attempts = attempts + 1, session_id = $2, sent_at = $3, due_at = $4, detail = ''
            WHERE id = $1
            """,
            attempt.Command.Value,
            attempt.SessionId,
            attempt.Now,
            attempt.AnswerBy);
        await session.InsertAsync(
            "INSERT INTO dispatch (at, command, terminal, kind)",
            [[at, attempt.Command.Value, (long)command.Terminal.Raw, (short)command.Kind]]);
        return DispatchStatus.Sent;
    }

    private static async Task<bool> IsHeldAsync(SqlSession session, AccountId account, Instant now) =>
        await session.NumberAsync(
            """
            SELECT count(*) FROM hold
            WHERE account = $1 AND lifted_at IS NULL AND from_at <= $2 AND until_at > $2
            """,
            account.Value,
            now) > 0;

    /// <summary>
    /// Trips in the window that ends now. Dispatch instants never fall (a clock that stands behind the last dispatch is
    /// taken as being there), so a cap on every window that ends at a dispatch is a cap on every window.
    /// </summary>
    private static async Task<(Instant At, long Spent)> SpentAsync(SqlSession session, DispatchAttempt attempt)
    {
        var newest = await session.QueryAsync(
            "SELECT max(at) FROM dispatch WHERE kind = 1", row => row.InstantOrNull(0));
        var at = newest[0] is { } last && last > attempt.Now ? last : attempt.Now;
        var spent = await session.NumberAsync(
            "SELECT count(*) FROM dispatch WHERE kind = 1 AND at > $1", at - attempt.GuardWindow);
        return (at, spent ?? 0);
    }

    private static async Task<DispatchStatus> RefuseAsync(
        SqlSession session, DispatchAttempt attempt, Candidate command, CommandState to, DispatchStatus status)
    {
        await session.ExecuteAsync(
            "UPDATE command SET state = $2, detail = $3 WHERE id = $1",
            attempt.Command.Value,
            (short)to,
            status.ToString());
        await Cases.WakeAsync(session, command.Account, attempt.Now);
        return status;
    }
}

using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Moves a notice on, with a line of its history.</summary>
internal static class NoticeCommit
{
    public static async Task<bool> MoveAsync(SqlSession session, NoticeMove move)
    {
        var account = await session.NumberAsync("SELECT account FROM notice WHERE id = $1", move.Notice.Value);
        if (account is null) return false;
        // Cases are locked before notices.
        if (move.IsFinal) await Cases.WakeAsync(session, new(account.Value), move.At);
        var found = await session.FindAsync(
            $"SELECT {ControlRows.Notice} FROM notice WHERE id = $1 AND state = $2{session.Dialect.ForUpdate}",
            ControlRows.NoticeOf,
            move.Notice.Value,
            (short)move.From);
        if (found is null)
        {
            session.Discard();
            return false;
        }

        var after = move.Of(found);
        await session.ExecuteAsync(
            """
            UPDATE notice SET state = $2, due_at = $3, detail = $4, attempts = $5, done_at = $6, channel = $7,
                allowed_at = $8, channel_attempts = $9
            WHERE id = $1
            """,
            move.Notice.Value,
            (short)after.State,
            after.DueAt,
            after.Detail,
            after.Attempts,
            after.DoneAt,
            (short)after.Channel,
            after.AllowedAt,
            after.ChannelAttempts);
        if (move.Attempt is { } outcome) await AddAttemptAsync(session, found, move, outcome);
        return true;
    }

    private static async Task AddAttemptAsync(
        SqlSession session, Notice notice, NoticeMove move, AttemptOutcome outcome)
    {
        var channel = move.AttemptOn ?? notice.Channel;
        var last = await session.NumberAsync(
            "SELECT max(number) FROM notice_attempt WHERE notice = $1", notice.Id.Value) ?? 0;
        await session.InsertAsync(
            "INSERT INTO notice_attempt (notice, number, channel, outcome, at, detail)",
            [[notice.Id.Value, (int)last + 1, (short)channel, (short)outcome, move.At, move.Detail]]);
    }
}

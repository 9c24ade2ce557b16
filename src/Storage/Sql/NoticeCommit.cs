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
        var isFinal = move.To is NoticeState.Delivered or NoticeState.Failed;
        if (isFinal) await Cases.WakeAsync(session, new(account.Value), move.At); // Cases are locked before notices.
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

        var channel = move.Channel ?? found.Channel;
        var counted = move.CountsAsAttempt ? 1 : 0;
        var tried = move.AttemptOn ?? found.Channel;
        var before = tried == found.Channel ? found.ChannelAttempts : 0;
        await session.ExecuteAsync(
            """
            UPDATE notice SET state = $2, due_at = $3, detail = $4, attempts = $5, done_at = $6, channel = $7,
                allowed_at = $8, channel_attempts = $9
            WHERE id = $1
            """,
            move.Notice.Value,
            (short)move.To,
            move.DueAt,
            move.Detail,
            found.Attempts + counted,
            isFinal ? move.At : null,
            (short)channel,
            move.AllowedAt ?? found.AllowedAt,
            channel == tried ? before + counted : 0);
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

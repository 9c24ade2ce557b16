using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class NoticeStore(SqlDatabase database) : INoticeStore
{
    private const string Inbound = "id, phone, at, word, reply";

    public async Task<Notice?> FindAsync(NoticeId notice, CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            $"SELECT {ControlRows.Notice} FROM notice WHERE id = $1", ControlRows.NoticeOf, stopping, notice.Value);
        return found.Count == 0 ? null : found[0];
    }

    public Task<IReadOnlyList<NoticeAttempt>> AttemptsAsync(
        IReadOnlyList<NoticeId> notices, CancellationToken stopping) =>
        database.ReadAsync<IReadOnlyList<NoticeAttempt>>(
            async session => await session.QueryAsync(
                $"""
                SELECT notice, number, channel, outcome, at, detail FROM notice_attempt
                WHERE notice {session.Dialect.AnyOf(1)} ORDER BY notice, number
                """,
                row => new NoticeAttempt(
                    new(row.Long(0)), row.Int(1), (NoticeChannel)row.Byte(2), (AttemptOutcome)row.Byte(3),
                    row.Instant(4), row.Text(5)),
                notices.Select(notice => notice.Value).ToArray()),
            stopping);

    public async Task<InboundMessage?> FindInboundAsync(string id, CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            $"SELECT {Inbound} FROM inbound_message WHERE id = $1", Map, stopping, id);
        return found.Count == 0 ? null : found[0];
    }

    public async Task<long> CountInboundAsync(string phone, Instant since, CancellationToken stopping) =>
        (await database.QueryAsync(
            "SELECT count(*) FROM inbound_message WHERE phone = $1 AND at >= $2",
            row => row.Long(0),
            stopping,
            phone,
            since))[0];

    public Task<InboundMessage> KeepInboundAsync(
        InboundMessage message, Instant keepFrom, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await session.ExecuteAsync("DELETE FROM inbound_message WHERE at < $1", keepFrom);
            var added = await session.InsertAsync(
                $"INSERT INTO inbound_message ({Inbound})",
                [[message.Id, message.Phone, message.At, message.Word, message.Reply]],
                "ON CONFLICT DO NOTHING");
            if (added == 1) return message;
            return await session.FindAsync(
                $"SELECT {Inbound} FROM inbound_message WHERE id = $1", Map, message.Id) ?? message;
        },
        stopping);

    private static InboundMessage Map(SqlRow row) =>
        new(row.Text(0), row.Text(1), row.Instant(2), row.Text(3), row.Text(4));
}

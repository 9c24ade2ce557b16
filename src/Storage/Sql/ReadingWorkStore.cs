using System.Globalization;
using Meters.Billing.Validation;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class ReadingWorkStore(SqlDatabase database) : IReadingWorkStore
{
    public Task<int> RaiseAsync(IReadOnlyList<Finding> findings, Instant at, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                var last = await session.NumberAsync("SELECT coalesce(max(id), 0) FROM finding");
                await WorkCommit.AddFindingsAsync(session, findings, at);
                return (int)(await session.NumberAsync("SELECT count(*) FROM finding WHERE id > $1", last))!.Value;
            },
            stopping);

    public Task<IReadOnlyList<StoredFinding>> FindingsAsync(
        CheckKind? check, MeterId? meter, bool openOnly, int max, CancellationToken stopping)
    {
        var where = new Where().If(openOnly, "resolved_at IS NULL").Channels("channel", meter);
        if (check is { } kind) where.And("check_kind = {0}", (short)kind);
        return ListAsync(WorkRows.Finding, "finding", "id", where, WorkRows.FindingOf, max, stopping);
    }

    public Task<WorkStatus> CloseFindingAsync(long id, Closing closing, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                var changed = await session.ExecuteAsync(
                    """
                    UPDATE finding SET resolved_by = $2, resolved_at = $3, note = $4
                    WHERE id = $1 AND resolved_at IS NULL
                    """,
                    id,
                    closing.By.Value,
                    closing.At,
                    closing.Note);
                if (changed == 1) return WorkStatus.Done;
                return await session.NumberAsync("SELECT count(*) FROM finding WHERE id = $1", id) == 0
                    ? WorkStatus.Unknown
                    : WorkStatus.ClosedBefore;
            },
            stopping);

    public Task<IReadOnlyList<StoredConflict>> ConflictsAsync(
        MeterId? meter, bool openOnly, int max, CancellationToken stopping) => ListAsync(
        WorkRows.Conflict,
        "reading_conflict",
        "id",
        new Where().If(openOnly, "resolved_at IS NULL").Channels("channel", meter),
        WorkRows.ConflictOf,
        max,
        stopping);

    public Task<StoredConflict?> FindConflictAsync(long id, CancellationToken stopping) => database.ReadAsync(
        session => session.FindAsync(
            $"SELECT {WorkRows.Conflict} FROM reading_conflict WHERE id = $1", WorkRows.ConflictOf, id),
        stopping);

    public Task<IReadOnlyList<StoredHold>> HoldsAsync(
        MeterId? meter, bool standingOnly, int max, CancellationToken stopping)
    {
        var where = new Where().If(standingOnly, "lifted_at IS NULL");
        if (meter is { } one) where.And("meter = {0}", one.Value);
        return ListAsync(WorkRows.Hold, "billing_hold", "id", where, WorkRows.HoldOf, max, stopping);
    }

    public Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(
        string? kind, MeterId? meter, bool openOnly, int max, CancellationToken stopping)
    {
        var where = new Where().If(openOnly, "r.item IS NULL").Channels("q.channel", meter);
        if (kind is not null) where.And("q.kind = {0}", kind);
        return ListAsync(
            WorkRows.Quarantine,
            "quarantine q LEFT JOIN quarantine_release r ON r.item = q.id",
            "q.id",
            where,
            WorkRows.QuarantineOf,
            max,
            stopping);
    }

    public Task<QuarantineRow?> FindQuarantineAsync(long id, CancellationToken stopping) => database.ReadAsync(
        session => session.FindAsync(
            $"""
            SELECT {WorkRows.Quarantine} FROM quarantine q LEFT JOIN quarantine_release r ON r.item = q.id
            WHERE q.id = $1
            """,
            WorkRows.QuarantineOf,
            id),
        stopping);

    public async Task<IReadOnlyList<ProlongedEstimate>> ProlongedAsync(
        Instant since, int hoursMin, int max, CancellationToken stopping) => await database.QueryAsync(
        """
        SELECT e.channel, count(*), min(r.at),
            (SELECT max(x.at) FROM reading x WHERE x.channel = e.channel AND x.at >= $1 AND x.quality = 0)
        FROM (SELECT DISTINCT channel FROM estimate WHERE to_at >= $1) AS e
        JOIN reading r ON r.channel = e.channel AND r.at >= $1 AND r.quality = 2
        GROUP BY e.channel HAVING count(*) >= $2
        ORDER BY count(*) DESC, e.channel LIMIT $3
        """,
        WorkRows.ProlongedOf,
        stopping,
        since,
        hoursMin,
        max);

    private async Task<IReadOnlyList<T>> ListAsync<T>(
        string columns,
        string from,
        string id,
        Where where,
        Func<SqlRow, T> map,
        int max,
        CancellationToken stopping) => await database.QueryAsync(
        $"SELECT {columns} FROM {from}{where} ORDER BY {id} DESC LIMIT {max.ToString(CultureInfo.InvariantCulture)}",
        map,
        stopping,
        where.Args);

    /// <summary>Conditions that were asked for, with their parameters in order.</summary>
    private sealed class Where
    {
        private readonly List<string> _conditions = [];
        private readonly List<object?> _args = [];

        public object?[] Args => [.. _args];

        public Where If(bool wanted, string condition)
        {
            if (wanted) _conditions.Add(condition);
            return this;
        }

        public void And(string condition, object value)
        {
            _args.Add(value);
            _conditions.Add(string.Format(CultureInfo.InvariantCulture, condition, $"${_args.Count}"));
        }

        /// <summary>The channels of one meter, where one is asked for.</summary>
        public Where Channels(string column, MeterId? meter)
        {
            if (meter is not { } one) return this;
            And(column + " >= {0}", new ChannelId(one, 0).Value);
            And(column + " < {0}", new ChannelId(new(one.Value + 1), 0).Value);
            return this;
        }

        public override string ToString() =>
            _conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", _conditions);
    }
}

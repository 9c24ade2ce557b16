using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class CompletenessStore(SqlDatabase database) : ICompletenessStore
{
    private const string Hour = "terminal, at, expected, stored, attempts";

    public async Task<Instant?> CountedThroughAsync(CancellationToken stopping)
    {
        var rows = await database.QueryAsync<Instant?>(
            "SELECT through FROM hours_counted", row => row.Instant(0), stopping);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<IReadOnlyList<HourCount>> CountAsync(
        IReadOnlyList<TerminalAddress> terminals, Instant at, CancellationToken stopping) => await database.QueryAsync(
        $"""
        SELECT m.terminal, count(*), sum(CASE WHEN {StoredAt("$1")} THEN 1 ELSE 0 END)
        FROM meter m WHERE m.terminal {database.Dialect.AnyOf(2)} AND {IsThereAt("$1")}
        GROUP BY m.terminal ORDER BY m.terminal
        """,
        row => new HourCount(TerminalOf(row, 0), at, checked((int)row.Long(1)), checked((int)row.Long(2))),
        stopping,
        at,
        Keys(terminals));

    public async Task<IReadOnlyList<TerminalHour>> IncompleteAsync(Instant at, CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {Hour} FROM terminal_hour WHERE at = $1 AND stored < expected ORDER BY terminal",
            HourOf,
            stopping,
            at);

    public Task KeepAsync(IReadOnlyList<HourCount> counts, Instant lookAt, CancellationToken stopping) =>
        database.WriteAsync(
            async session =>
            {
                await session.InsertAsync(
                    "INSERT INTO terminal_hour (terminal, at, expected, stored)",
                    counts.Select(c => new object?[] { (long)c.Terminal.Raw, c.At, c.Expected, c.Stored }),
                    """
                    ON CONFLICT (terminal, at) DO UPDATE SET expected = excluded.expected, stored = excluded.stored
                    """);
                var gaps = counts.Where(c => !c.IsComplete).Select(c => c.Terminal).Distinct();
                return await session.InsertAsync(
                    "INSERT INTO terminal_asking (terminal, look_at, ask_from, failures)",
                    gaps.Select(t => new object?[] { (long)t.Raw, lookAt, lookAt, 0 }),
                    """
                    ON CONFLICT (terminal) DO UPDATE SET look_at = excluded.look_at
                    WHERE terminal_asking.look_at > excluded.look_at
                    """);
            },
            stopping);

    public Task MoveThroughAsync(Instant through, Instant keepFrom, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await session.ExecuteAsync("DELETE FROM terminal_hour WHERE at < $1", keepFrom);
            return await session.ExecuteAsync(
                """
                INSERT INTO hours_counted (id, through) VALUES (1, $1)
                ON CONFLICT (id) DO UPDATE SET through = excluded.through
                """,
                through);
        },
        stopping);

    public async Task<IReadOnlyList<TerminalHour>> HoursAsync(
        TerminalAddress terminal, Instant from, Instant to, int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {Hour} FROM terminal_hour WHERE terminal = $1 AND at >= $2 AND at <= $3 ORDER BY at LIMIT $4
            """,
            HourOf,
            stopping,
            (long)terminal.Raw,
            from,
            to,
            max);

    public async Task<CompletenessTotals> TotalsAsync(Instant after, Instant to, CancellationToken stopping)
    {
        var rows = await database.QueryAsync(
            """
            SELECT coalesce(sum(expected), 0), coalesce(sum(stored), 0), count(*),
                coalesce(sum(CASE WHEN stored < expected THEN 1 ELSE 0 END), 0)
            FROM terminal_hour WHERE at > $1 AND at <= $2
            """,
            row => new CompletenessTotals(row.Long(0), row.Long(1), row.Long(2), row.Long(3)),
            stopping,
            after,
            to);
        return rows[0];
    }

    public async Task<IReadOnlyList<CompletenessOfTerminal>> WorstAsync(
        Instant after, Instant to, int max, CancellationToken stopping) => await database.QueryAsync(
        """
        SELECT terminal, sum(expected), sum(stored), max(attempts)
        FROM terminal_hour WHERE at > $1 AND at <= $2
        GROUP BY terminal HAVING sum(stored) < sum(expected)
        ORDER BY sum(expected) - sum(stored) DESC, terminal LIMIT $3
        """,
        row => new CompletenessOfTerminal(TerminalOf(row, 0), row.Long(1), row.Long(2), row.Int(3)),
        stopping,
        after,
        to,
        max);

    public async Task<IReadOnlyList<AskingState>> DueAsync(Instant now, int max, CancellationToken stopping) =>
        await database.QueryAsync(
            """
            SELECT terminal, look_at, ask_from, failures FROM terminal_asking
            WHERE look_at <= $1 ORDER BY look_at, terminal LIMIT $2
            """,
            row => new AskingState(TerminalOf(row, 0), row.Instant(1), row.Instant(2), row.Int(3)),
            stopping,
            now,
            max);

    public Task<GapImage> LookAsync(
        TerminalAddress terminal, AskingRules rules, int hoursMax, CancellationToken stopping) =>
        database.SnapshotAsync(session => LookAsync(session, terminal, rules, hoursMax), stopping);

    public Task KeepLookAsync(
        AskingState next,
        IReadOnlyList<HourCount> recounted,
        IReadOnlyList<Instant> asked,
        CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            foreach (var hour in recounted)
            {
                await session.ExecuteAsync(
                    "UPDATE terminal_hour SET expected = $1, stored = $2 WHERE terminal = $3 AND at = $4",
                    hour.Expected,
                    hour.Stored,
                    (long)hour.Terminal.Raw,
                    hour.At);
            }

            foreach (var at in asked)
            {
                await session.ExecuteAsync(
                    "UPDATE terminal_hour SET attempts = attempts + 1 WHERE terminal = $1 AND at = $2",
                    (long)next.Terminal.Raw,
                    at);
            }

            return await session.ExecuteAsync(
                """
                INSERT INTO terminal_asking (terminal, look_at, ask_from, failures) VALUES ($1, $2, $3, $4)
                ON CONFLICT (terminal) DO UPDATE SET
                    look_at = excluded.look_at, ask_from = excluded.ask_from, failures = excluded.failures
                """,
                (long)next.Terminal.Raw,
                next.LookAt,
                next.AskFrom,
                next.Failures);
        },
        stopping);

    public Task PostponeAsync(
        IReadOnlyList<TerminalAddress> terminals, Instant lookAt, CancellationToken stopping) => database.WriteAsync(
        session => session.ExecuteAsync(
            $"UPDATE terminal_asking SET look_at = $1 WHERE terminal {session.Dialect.AnyOf(2)}",
            lookAt,
            Keys(terminals)),
        stopping);

    public async Task<TerminalHour?> FindHourAsync(TerminalAddress terminal, Instant at, CancellationToken stopping)
    {
        var rows = await HoursAsync(terminal, at, at, 1, stopping);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<IReadOnlyList<(ChannelId Channel, Instant At)>> ExhaustedAsync(
        AskingRules rules, Instant from, Instant to, int max, CancellationToken stopping) => await database.QueryAsync(
        $"""
        SELECT m.id * 16, h.at FROM terminal_hour h JOIN meter m ON m.terminal = h.terminal
        WHERE h.stored < h.expected AND (h.attempts >= $1 OR h.at < $2) AND h.at >= $3 AND h.at <= $4
            AND {IsThereAt("h.at")}
            AND NOT EXISTS (SELECT 1 FROM reading r WHERE r.channel = m.id * 16 AND r.at = h.at)
        ORDER BY m.id, h.at LIMIT $5
        """,
        row => (new ChannelId(row.Long(0)), row.Instant(1)),
        stopping,
        rules.AttemptsMax,
        rules.NotBefore,
        from,
        to,
        max);

    private static async Task<GapImage> LookAsync(
        SqlSession session, TerminalAddress terminal, AskingRules rules, int hoursMax)
    {
        const string Open =
            "terminal = $1 AND stored < expected AND attempts < $2 AND at >= $3 ORDER BY at LIMIT $4";
        object?[] args = [(long)terminal.Raw, rules.AttemptsMax, rules.NotBefore, hoursMax];
        var before = await session.QueryAsync($"SELECT {Hour} FROM terminal_hour WHERE {Open}", HourOf, args);
        var hours = $"(SELECT at FROM terminal_hour WHERE {Open}) AS h";
        var meters = await session.QueryAsync(
            $"""
            SELECT h.at, count(*) FROM {hours} CROSS JOIN meter m
            WHERE m.terminal = $1 AND {IsThereAt("h.at")} GROUP BY h.at
            """,
            row => KeyValuePair.Create(row.Instant(0), checked((int)row.Long(1))),
            args);
        var missing = await session.QueryAsync(
            $"""
            SELECT m.point, h.at FROM {hours} CROSS JOIN meter m
            WHERE m.terminal = $1 AND {IsThereAt("h.at")} AND NOT {StoredAt("h.at")} ORDER BY m.point, h.at
            """,
            row => new MissingReading(row.Int(0), row.Instant(1)),
            args);
        var missingAt = missing.CountBy(reading => reading.At).ToDictionary();
        var metersAt = meters.ToDictionary();
        var now = before.ConvertAll(hour =>
        {
            var there = metersAt.GetValueOrDefault(hour.Count.At);
            var expected = Math.Min(hour.Count.Expected, there);
            var stored = Math.Min(expected, there - missingAt.GetValueOrDefault(hour.Count.At));
            return hour.Count with { Expected = expected, Stored = stored };
        });
        var incomplete = now.Where(count => !count.IsComplete).Select(count => count.At).ToHashSet();
        missing.RemoveAll(reading => !incomplete.Contains(reading.At));
        return new(before, now, missing);
    }

    /// <summary>Of a meter m; the register is the billed one, and an estimate (2) is no reading.</summary>
    private static string StoredAt(string at) =>
        $"EXISTS (SELECT 1 FROM reading r WHERE r.channel = m.id * 16 AND r.at = {at} AND r.quality <> 2)";

    /// <summary>
    /// A meter m stands at its point: until it is removed, that instant included, and after it that which took its
    /// place.
    /// </summary>
    private static string IsThereAt(string at) =>
        $"""
        (m.removed_at IS NULL OR m.removed_at >= {at})
            AND NOT EXISTS (SELECT 1 FROM meter_change c WHERE c.new_meter = m.id AND c.at >= {at})
        """;

    private static TerminalHour HourOf(SqlRow row) =>
        new(new(TerminalOf(row, 0), row.Instant(1), row.Int(2), row.Int(3)), row.Int(4));

    private static TerminalAddress TerminalOf(SqlRow row, int column) => new(checked((uint)row.Long(column)));

    private static long[] Keys(IReadOnlyList<TerminalAddress> terminals) => [.. terminals.Select(t => (long)t.Raw)];
}

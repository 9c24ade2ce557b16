using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Meters.Units;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>
/// The lists of a commit beside its readings and frames: one round trip for all, each list as one statement over
/// arrays. The first statement locks the shard's row if the epoch is still ours.
/// </summary>
internal static class PostgresCommit
{
    private const string TenColumns = "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    /// <exception cref="ShardFencedException">The shard has a newer owner.</exception>
    public static async Task WriteRowsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        ShardCommit commit,
        ShardJournal journal,
        int shard,
        long epoch,
        CancellationToken stopping)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            "SELECT 1 FROM shard WHERE shard = $1 AND epoch = $2 FOR NO KEY UPDATE",
            Columns.Of(shard),
            Columns.Of(epoch));
        AddLedger(batch, commit, shard);
        AddFacts(batch, commit, journal.FirstCorrection);
        AddSnapshots(batch, commit);
        AddWakes(batch, commit);
        AddUnregistered(batch, commit);
        if (!ShardJournal.NeedsRows(commit)) PostgresJournal.Add(batch, journal, shard);
        await using var reader = await batch.ExecuteReaderAsync(stopping);
        if (!await reader.ReadAsync(stopping)) throw new ShardFencedException(CommitChecks.Fenced(shard, epoch));
        while (await reader.NextResultAsync(stopping))
        {
            // Each step brings the fault of its statement, if it has one.
        }
    }

    /// <summary>Registers of better quality take the place of what stands for their instants.</summary>
    /// <exception cref="InvalidDataException">A reading is not there.</exception>
    public static async Task ReplaceReadingsAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        List<RatedReading> rows,
        CancellationToken stopping)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            UPDATE reading SET register = better.register, charge = better.charge, quality = better.quality,
                frame_id = better.frame_id
            FROM unnest($1, $2, $3, $4, $5, $6) AS better (channel, at, register, charge, quality, frame_id)
            WHERE reading.channel = better.channel AND reading.at = better.at AND reading.at BETWEEN $7 AND $8
            """,
            Columns.Longs(rows, row => row.Reading.Channel.Value),
            Columns.Instants(rows, row => row.Reading.At),
            Columns.Longs(rows, row => row.Reading.Register.TenthsWh),
            Columns.Longs(rows, row => row.Charge),
            Columns.Shorts(rows, row => (short)row.Reading.Quality),
            Columns.Longs(rows, row => row.Reading.Frame.Value),
            Columns.Of(rows.Min(row => row.Reading.At)),
            Columns.Of(rows.Max(row => row.Reading.At)));
        var replaced = await batch.ExecuteNonQueryAsync(stopping);
        if (replaced == rows.Count) return;
        throw new InvalidDataException($"{rows.Count} readings to replace, {replaced} found.");
    }

    /// <summary>After the readings are in: a change may be about one of the same commit.</summary>
    /// <exception cref="InvalidDataException">A reading is not there.</exception>
    public static async Task ChangeChargesAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        List<ChargeChange> changes,
        CancellationToken stopping)
    {
        var last = LastOf(changes, change => (change.Channel, change.At));
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.Add(
            """
            UPDATE reading SET charge = changed.charge
            FROM unnest($1, $2, $3) AS changed (channel, at, charge)
            WHERE reading.channel = changed.channel AND reading.at = changed.at AND reading.at BETWEEN $4 AND $5
            """,
            Columns.Longs(last, change => change.Channel.Value),
            Columns.Instants(last, change => change.At),
            Columns.Longs(last, change => change.Charge),
            Columns.Of(last.Min(change => change.At)), // The bounds spare all chunks of other days.
            Columns.Of(last.Max(change => change.At)));
        var changed = await batch.ExecuteNonQueryAsync(stopping);
        if (changed == last.Count) return;
        throw new InvalidDataException($"{last.Count} charges to change, {changed} readings found.");
    }

    private static void AddLedger(NpgsqlBatch batch, ShardCommit commit, int shard)
    {
        if (commit.Payments is { Count: > 0 } payments)
        {
            PostgresMoney.AddPayments(batch, payments);
        }

        PostgresMoney.AddOperations(batch, commit);
        if (commit.Entries is { Count: > 0 } entries) AddEntries(batch, entries);
        if (commit.ClosesDay is not { } day || commit.ClosesThrough is not { } through) return;
        if (commit.DayCharges is { Count: > 0 } lines)
        {
            batch.Add(
                """
                INSERT INTO day_charge (account, day, closes_through, exact, posted, carry, average_day)
                SELECT account, $2, $3, exact, posted, carry, average_day
                FROM unnest($1, $4, $5, $6, $7) AS line (account, exact, posted, carry, average_day)
                """,
                Columns.Longs(lines, line => line.Account.Value),
                Columns.Of(day),
                Columns.Of(through),
                Columns.Longs(lines, line => line.Exact),
                Columns.Longs(lines, line => line.Posted.Minor),
                Columns.Longs(lines, line => line.Carry),
                Columns.Longs(lines, line => line.AverageDay.Minor));
        }

        if (commit.DayLines is { Count: > 0 } parts)
        {
            batch.Add(
                "INSERT INTO day_line (account, day, line, exact, posted) SELECT * FROM unnest($1, $2, $3, $4, $5)",
                Columns.Longs(parts, part => part.Account.Value),
                Columns.Days(parts, part => part.Day),
                Columns.Texts(parts, part => part.Line),
                Columns.Longs(parts, part => part.Exact),
                Columns.Longs(parts, part => part.Posted.Minor));
        }

        if (commit.LateFees is { Count: > 0 } fees)
        {
            batch.Add(
                $"""
                INSERT INTO late_fee ({BillingRows.LateFee})
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                Columns.Longs(fees, fee => fee.Account.Value),
                Columns.Days(fees, fee => fee.Day),
                Columns.Texts(fees, fee => fee.Line),
                Columns.Days(fees, fee => fee.Since),
                Columns.Longs(fees, fee => fee.Overdue.Minor),
                Columns.Longs(fees, fee => fee.OverdueDays),
                Columns.Longs(fees, fee => fee.Most.Minor),
                Columns.Longs(fees, fee => fee.Fee.Minor),
                Columns.Longs(fees, fee => fee.Unpaid.Minor));
        }

        batch.Add(
            "UPDATE shard SET closed_day = $2, closes_through = $3 WHERE shard = $1",
            Columns.Of(shard),
            Columns.Of(day),
            Columns.Of(through));
    }

    private static void AddEntries(NpgsqlBatch batch, List<LedgerEntry> entries) => batch.Add(
        $"""
        INSERT INTO ledger ({BillingRows.Entry})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        Columns.Longs(entries, entry => entry.Id),
        Columns.Ints(entries, entry => entry.Shard),
        Columns.Instants(entries, entry => entry.PostedAt),
        Columns.Days(entries, entry => entry.Day),
        Columns.Longs(entries, entry => entry.Account.Value),
        Columns.Shorts(entries, entry => (short)entry.Debit),
        Columns.Shorts(entries, entry => (short)entry.Credit),
        Columns.Longs(entries, entry => entry.Amount.Minor),
        Columns.Shorts(entries, entry => (short)entry.Kind),
        Columns.Texts(entries, entry => entry.PaymentKey),
        Columns.Longs(entries, entry => entry.Group),
        Columns.Longs(entries, entry => entry.Reverses),
        Columns.Days(entries, entry => entry.CorrectsDay),
        Columns.Texts(entries, entry => entry.Line));

    /// <summary>Rows that stand unrated are few, and a start must find them without reading all others.</summary>
    private static void AddUnrated(NpgsqlBatch batch, ShardCommit commit)
    {
        if (commit.Unrated is { Count: > 0 } unrated)
        {
            batch.Add(
                "INSERT INTO unrated_reading (channel, at) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING",
                Columns.Longs(unrated, place => place.Channel.Value),
                Columns.Instants(unrated, place => place.At));
        }

        if (commit.RatedAgain is not { Count: > 0 } rated) return;
        batch.Add(
            """
            DELETE FROM unrated_reading USING unnest($1, $2) AS r (channel, at)
            WHERE unrated_reading.channel = r.channel AND unrated_reading.at = r.at
            """,
            Columns.Longs(rated, place => place.Channel.Value),
            Columns.Instants(rated, place => place.At));
    }

    private static void AddFacts(NpgsqlBatch batch, ShardCommit commit, long firstCorrection)
    {
        AddUnrated(batch, commit);
        if (commit.Corrections is { Count: > 0 } corrections)
        {
            batch.Add(
                """
                INSERT INTO accrual_correction (account, day, closed_through, delta, posted, lines, seq)
                SELECT account, day, closed_through, delta, posted, lines, $7 - 1 + n
                FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY
                    AS late (account, day, closed_through, delta, posted, lines, n)
                """,
                Columns.Longs(corrections, correction => correction.Account.Value),
                Columns.Days(corrections, correction => correction.Day),
                Columns.Days(corrections, correction => correction.ClosedThrough),
                Columns.Longs(corrections, correction => correction.Delta),
                Columns.Longs(corrections, correction => correction.Posted.Minor),
                Columns.Texts(corrections, correction => correction.Lines),
                Columns.Of(firstCorrection));
        }

        if (commit.Quarantine is { Count: > 0 } items) AddQuarantine(batch, items);
        if (commit.Crossings is { Count: > 0 } crossings)
        {
            batch.Add(
                $"""
                INSERT INTO crossing ({BillingRows.Crossing}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT DO NOTHING
                """,
                Columns.Longs(crossings, crossing => crossing.Account.Value),
                Columns.Shorts(crossings, crossing => crossing.Threshold),
                Columns.Ints(crossings, crossing => crossing.Arm),
                Columns.Instants(crossings, crossing => crossing.At),
                Columns.Longs(crossings, crossing => crossing.Balance.Minor),
                Columns.Longs(crossings, crossing => crossing.Level.Minor),
                Columns.Shorts(crossings, crossing => (short)crossing.Direction));
        }

        if (commit.Thresholds.Count == 0) return;
        var states = LastOf(commit.Thresholds, state => state.Account);
        batch.Add(
            """
            INSERT INTO threshold_state (account, crossed_mask, arm) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (account) DO UPDATE SET crossed_mask = excluded.crossed_mask, arm = excluded.arm
            """,
            Columns.Longs(states, state => state.Account.Value),
            Columns.Shorts(states, state => state.CrossedMask),
            Columns.Ints(states, state => state.Arm));
    }

    private static void AddQuarantine(NpgsqlBatch batch, List<QuarantineItem> items) => batch.Add(
        $"INSERT INTO quarantine ({BillingRows.Quarantine}) {TenColumns}",
        Columns.Longs(items, item => item.Frame.Value),
        Columns.Longs(items, item => item.Terminal.Raw),
        Columns.Instants(items, item => item.ReceivedAt),
        Columns.Texts(items, item => item.Kind),
        Columns.Ints(items, item => item.Point),
        Columns.Ints(items, item => item.Function),
        Columns.Longs(items, item => item.Channel?.Value),
        Columns.Instants(items, item => item.At),
        Columns.Longs(items, item => item.Value),
        Columns.Texts(items, item => item.Detail));

    private static void AddSnapshots(NpgsqlBatch batch, ShardCommit commit)
    {
        if (commit.AccountSnapshots.Count > 0)
        {
            var accounts = LastOf(commit.AccountSnapshots, snapshot => snapshot.Account);
            batch.Add(
                """
                INSERT INTO account_snapshot (account, entry_id, journal, accrued_open, accrued_next, last_purchase,
                    average_day, closed_through, lines)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (account) DO UPDATE SET
                    entry_id = excluded.entry_id, journal = excluded.journal, accrued_open = excluded.accrued_open,
                    accrued_next = excluded.accrued_next, last_purchase = excluded.last_purchase,
                    average_day = excluded.average_day, closed_through = excluded.closed_through,
                    lines = excluded.lines
                """,
                Columns.Longs(accounts, snapshot => snapshot.Account.Value),
                Columns.Longs(accounts, snapshot => snapshot.EntryId),
                Columns.Longs(accounts, snapshot => snapshot.Journal.Minor),
                Columns.Longs(accounts, snapshot => snapshot.AccruedOpen),
                Columns.Longs(accounts, snapshot => snapshot.AccruedNext),
                Columns.Longs(accounts, snapshot => snapshot.LastPurchase.Minor),
                Columns.Longs(accounts, snapshot => snapshot.AverageDay.Minor),
                Columns.Days(accounts, snapshot => snapshot.ClosedThrough),
                Columns.Texts(accounts, snapshot => snapshot.Lines));
        }

        if (commit.ChannelSnapshots.Count > 0) AddChannels(batch, LastOf(commit.ChannelSnapshots, one => one.Channel));
    }

    private static void AddChannels(NpgsqlBatch batch, IReadOnlyList<ChannelSnapshot> channels) => batch.Add(
        $"""
        INSERT INTO channel_snapshot ({BillingRows.ChannelSnapshot})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (channel) DO UPDATE SET
            first_at = excluded.first_at, last_at = excluded.last_at, last_register = excluded.last_register,
            last_usage = excluded.last_usage, last_quality = excluded.last_quality,
            period_start = excluded.period_start, period_base = excluded.period_base, seen_hours = excluded.seen_hours
        """,
        Columns.Longs(channels, snapshot => snapshot.Channel.Value),
        Columns.Instants(channels, snapshot => snapshot.FirstAt),
        Columns.Instants(channels, snapshot => snapshot.LastAt),
        Columns.Longs(channels, snapshot => snapshot.LastRegister.TenthsWh),
        Columns.Longs(channels, snapshot => snapshot.LastUsage.TenthsWh),
        Columns.Shorts(channels, snapshot => (short)snapshot.LastQuality),
        Columns.Instants(channels, snapshot => snapshot.PeriodStart),
        Columns.Longs(channels, snapshot => snapshot.PeriodBase.TenthsWh),
        Columns.Longs(channels, snapshot => unchecked((long)snapshot.SeenHours)));

    /// <summary>
    /// A payment voids the cuts that policy decided before it: fence, case and commands in the same commit. A person's
    /// cut is not about money. Cases are locked in order of account, and before commands, as everywhere.
    /// </summary>
    private static void AddWakes(NpgsqlBatch batch, ShardCommit commit)
    {
        var paid = commit.Paid();
        var woken = commit.Wake.Union(paid).Order().ToList();
        if (woken.Count == 0) return;
        batch.Add(
            """
            INSERT INTO control_case (account, due_at, revision, fence)
            SELECT account, $3, 1, paid FROM unnest($1, $2) AS woken (account, paid) ORDER BY account
            ON CONFLICT (account) DO UPDATE SET
                due_at = least(control_case.due_at, excluded.due_at), revision = control_case.revision + 1,
                fence = control_case.fence + excluded.fence, told = 0
            """,
            Columns.Longs(woken, account => account.Value),
            Columns.Longs(woken, account => paid.Contains(account) ? 1 : 0),
            Columns.Of(commit.At));
        if (paid.Count == 0) return;
        batch.Add(
            $"""
            UPDATE command SET state = 12, detail = 'A payment came first.'
            WHERE account = ANY($1) AND kind = 1 AND origin = 1 AND state IN {ControlRows.Unsent}
            """,
            Columns.Longs([.. paid.Order()], account => account.Value));
    }

    private static void AddUnregistered(NpgsqlBatch batch, ShardCommit commit)
    {
        if (commit.Unregistered is not { Count: > 0 } frames) return;
        batch.Add(
            $"INSERT INTO unregistered_frame ({BillingRows.Frame}) SELECT * FROM unnest($1, $2, $3, $4)",
            Columns.Longs(frames, frame => frame.Id.Value),
            Columns.Longs(frames, frame => frame.Terminal.Raw),
            Columns.Instants(frames, frame => frame.ReceivedAt),
            Columns.Blobs(frames, frame => frame.Bytes.ToArray()));
        batch.Add(
            """
            DELETE FROM unregistered_frame AS old USING unnest($1) AS sender (terminal)
            WHERE old.terminal = sender.terminal AND (old.received_at, old.id) <= (
                SELECT edge.received_at, edge.id FROM unregistered_frame AS edge WHERE edge.terminal = sender.terminal
                ORDER BY edge.received_at DESC, edge.id DESC LIMIT 1 OFFSET $2)
            """,
            Columns.Longs([.. frames.Select(frame => frame.Terminal).Distinct()], terminal => terminal.Raw),
            Columns.Of(ShardCommit.UnregisteredFramesPerAddressMax));
    }

    /// <summary>One row per key, the last: a statement may change each row only once.</summary>
    private static List<T> LastOf<T, TKey>(List<T> rows, Func<T, TKey> key)
        where TKey : notnull
    {
        var last = new Dictionary<TKey, T>(rows.Count);
        foreach (var row in rows) last[key(row)] = row;
        return last.Count == rows.Count ? rows : [.. last.Values];
    }
}

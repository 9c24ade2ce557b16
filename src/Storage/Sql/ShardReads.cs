using System.Globalization;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>What a shard's writer reads: at its start everything, later single channels and payment keys.</summary>
internal sealed class ShardReads(SqlDatabase database, int shard)
{
    /// <summary>
    /// Kinds of register as rows, so that a meter's channels are looked up by key and never searched for.
    /// </summary>
    public static readonly string Registers = string.Join(
        " UNION ALL ",
        Enum.GetValues<RegisterKind>().Select(
            kind => string.Create(CultureInfo.InvariantCulture, $"SELECT {(byte)kind} AS kind")));

    /// <summary>
    /// Sums of the entries after each account's snapshot. The least entry id over all snapshots bounds the scan; an
    /// account without one makes it the whole journal.
    /// </summary>
    private const string AccountsText =
        """
        SELECT a.id, s.entry_id, s.journal, s.accrued_open, s.accrued_next, s.last_purchase, s.average_day,
            p.paid, p.charged, lp.amount, t.crossed_mask, t.arm, s.closed_through, s.lines,
            CASE WHEN s.account IS NULL AND (
                EXISTS (SELECT 1 FROM day_charge d WHERE d.account = a.id)
                OR EXISTS (SELECT 1 FROM accrual_correction c WHERE c.account = a.id)) THEN 1 ELSE 0 END
        FROM account a
        LEFT JOIN account_snapshot s ON s.account = a.id
        LEFT JOIN threshold_state t ON t.account = a.id
        LEFT JOIN (
            SELECT l.account,
                CAST(sum(CASE WHEN l.kind <> 2 THEN
                    CASE WHEN l.credit = 1 THEN l.amount ELSE 0 END - CASE WHEN l.debit = 1 THEN l.amount ELSE 0 END
                    ELSE 0 END) AS bigint) AS paid,
                CAST(sum(CASE WHEN l.kind = 2 THEN
                    CASE WHEN l.credit = 1 THEN l.amount ELSE 0 END - CASE WHEN l.debit = 1 THEN l.amount ELSE 0 END
                    ELSE 0 END) AS bigint) AS charged,
                max(CASE WHEN l.kind = 1 AND l.credit = 1 THEN l.id END) AS last_payment
            FROM ledger l
            LEFT JOIN account_snapshot b ON b.account = l.account
            WHERE l.shard = $1 AND l.id > coalesce(b.entry_id, 0)
                AND l.id > (
                    SELECT coalesce(min(coalesce(e.entry_id, 0)), 0)
                    FROM account x LEFT JOIN account_snapshot e ON e.account = x.id WHERE x.shard = $1)
            GROUP BY l.account
        ) AS p ON p.account = a.id
        LEFT JOIN ledger lp ON lp.shard = $1 AND lp.id = p.last_payment
        WHERE a.shard = $1
        ORDER BY a.id
        """;

    /// <summary>The condition is that of the index ledger_sub.</summary>
    private const string SubEntries =
        "(debit BETWEEN 40 AND 43 OR credit BETWEEN 40 AND 43 OR kind = 11) AND shard = $1";

    private static readonly string SubAccountsText =
        $"""
        SELECT account, {SumOf(LedgerAccount.CustomerDebt)}, {SumOf(LedgerAccount.EmergencyCredit)},
            {SumOf(LedgerAccount.FriendlyCredit)}, {SumOf(LedgerAccount.Receivable)},
            max(CASE WHEN kind = 11 THEN day END)
        FROM ledger WHERE {SubEntries} GROUP BY account ORDER BY account
        """;

    private const string RecoveredText =
        $"""
        SELECT account, day, CAST(sum(CASE WHEN credit = 40 THEN amount ELSE -amount END) AS bigint)
        FROM ledger WHERE {SubEntries} AND day >= $2 AND kind IN (4, 10) AND (debit = 40 OR credit = 40)
        GROUP BY account, day ORDER BY account, day
        """;

    private static string SumOf(LedgerAccount account) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        CAST(sum(CASE WHEN debit = {(short)account} THEN amount ELSE 0 END
            - CASE WHEN credit = {(short)account} THEN amount ELSE 0 END) AS bigint)
        """);

    public IAsyncEnumerable<AccountImage> AccountsAsync(CancellationToken stopping) =>
        database.StreamAsync(AccountsText, AccountOf, [shard], stopping);

    public IAsyncEnumerable<ChannelSnapshot> ChannelsAsync(CancellationToken stopping) => database.StreamAsync(
        $"""
        SELECT {BillingRows.ChannelSnapshot}
        FROM channel_snapshot c
        WHERE EXISTS (
            SELECT 1 FROM meter m JOIN account a ON a.id = m.account WHERE m.id = c.channel >> 4 AND a.shard = $1)
        ORDER BY c.channel
        """,
        BillingRows.ChannelSnapshotOf,
        [shard],
        stopping);

    public IAsyncEnumerable<RatedReading> ReadingsAfterSnapshotAsync(CancellationToken stopping) =>
        database.StreamAsync(
        database.Dialect.ReadingsAfterSnapshot(Registers), BillingRows.ReadingOf, [shard], stopping);

    public IAsyncEnumerable<(ChannelId Channel, Instant At)> UnratedAsync(CancellationToken stopping) =>
        database.StreamAsync(
            """
            SELECT u.channel, u.at
            FROM unrated_reading u JOIN meter m ON m.id = u.channel >> 4 JOIN account a ON a.id = m.account
            WHERE a.shard = $1
            """,
            row => (new ChannelId(row.Long(0)), row.Instant(1)),
            [shard],
            stopping);

    public async Task<(ServiceDay? ClosedThrough, long LastEntryId)> ProgressAsync(CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            """
            SELECT (SELECT closed_day FROM shard WHERE shard = $1), (SELECT max(id) FROM ledger WHERE shard = $1)
            """,
            row => (row.DayOrNull(0), row.LongOrNull(1) ?? 0),
            stopping,
            shard);
        return found[0];
    }

    public async Task<IReadOnlyList<RatedReading>> ChannelAsync(
        ChannelId channel, Instant from, Instant to, CancellationToken stopping) => await database.QueryAsync(
        $"""
        SELECT {BillingRows.Reading} FROM reading
        WHERE channel = $1 AND at <= $3
            AND at >= coalesce((
                SELECT max(b.at) FROM reading b WHERE b.channel = $1 AND b.at < $2 AND b.quality < 8), $2)
        ORDER BY at
        """,
        BillingRows.ReadingOf,
        stopping,
        channel.Value,
        from,
        to);

    public Task<AccountDays> DaysAsync(AccountId account, ServiceDay from, CancellationToken stopping) =>
        database.SnapshotAsync(
            async session => new AccountDays(
                await session.QueryAsync(
                    $"SELECT {BillingRows.DayCharge} FROM day_charge WHERE account = $1 AND day >= $2 ORDER BY day",
                    BillingRows.DayChargeOf,
                    account.Value,
                    from.AddDays(-1)),
                await session.QueryAsync(
                    $"SELECT {BillingRows.DayLine} FROM day_line WHERE account = $1 AND day >= $2 ORDER BY day, line",
                    BillingRows.DayLineOf,
                    account.Value,
                    from.AddDays(-1)),
                await session.QueryAsync(
                    $"""
                    SELECT {BillingRows.Correction} FROM accrual_correction
                    WHERE account = $1 AND (day >= $2 OR closed_through >= $2) ORDER BY id
                    """,
                    BillingRows.CorrectionOf,
                    account.Value,
                    from.AddDays(-1))),
            stopping);

    public async Task<IReadOnlyList<PaymentRecord>> PaymentsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping) =>
        keys.Count == 0
            ? []
            : await database.QueryAsync(
                $"SELECT {BillingRows.Payment} FROM payment WHERE key {database.Dialect.AnyOf(1)} ORDER BY key",
                BillingRows.PaymentOf,
                stopping,
                (object)keys.ToArray());

    /// <param name="column">Column that is one of the keys, perhaps after another condition.</param>
    /// <param name="keys">Which.</param>
    /// <param name="stopping">Breaks it off.</param>
    public async Task<IReadOnlyList<OperationRecord>> OperationsAsync(
        string column, IReadOnlyList<string> keys, CancellationToken stopping) =>
        keys.Count == 0
            ? []
            : await database.QueryAsync(
                $"""
                SELECT {LedgerRows.Operation} FROM operation WHERE {column} {database.Dialect.AnyOf(1)} ORDER BY key
                """,
                LedgerRows.OperationOf,
                stopping,
                (object)keys.ToArray());

    public async Task<IReadOnlyList<LedgerEntry>> GroupAsync(long group, CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {BillingRows.Entry} FROM ledger WHERE shard = $1 AND group_id = $2 ORDER BY id",
            BillingRows.EntryOf,
            stopping,
            shard,
            group);

    public Task<SubAccountImages> SubAccountsAsync(ServiceDay recoveredFrom, CancellationToken stopping) =>
        database.SnapshotAsync(
            async session => new SubAccountImages(
                await session.QueryAsync<(AccountId, SubAccounts)>(SubAccountsText, SubAccountsOf, shard),
                await session.QueryAsync<(AccountId, ServiceDay, Money)>(
                    RecoveredText, row => (new(row.Long(0)), row.Day(1), row.Money(2)), shard, recoveredFrom)),
            stopping);

    private static (AccountId Account, SubAccounts Subs) SubAccountsOf(SqlRow row) => (
        new(row.Long(0)),
        new(row.Money(1), row.Money(2), row.Money(3), row.Money(4), default, Money.Zero, row.DayOrNull(5)));

    public Task<LateFeeImages> LateFeesAsync(CancellationToken stopping) =>
        database.SnapshotAsync(
            async session => new LateFeeImages(
                await session.QueryAsync(
                    $"""
                    SELECT {BillingRows.LateFee} FROM late_fee
                    WHERE day = (SELECT closed_day FROM shard WHERE shard = $1)
                        AND account IN (SELECT id FROM account WHERE shard = $1)
                    ORDER BY account, line
                    """,
                    BillingRows.LateFeeOf,
                    shard),
                await session.QueryAsync(
                    $"""
                    SELECT account, day, {SumOf(LedgerAccount.CustomerPrepayment)}, {SumOf(LedgerAccount.Receivable)}
                    FROM ledger WHERE shard = $1 AND day > (SELECT closed_day + 1 FROM shard WHERE shard = $1)
                    GROUP BY account, day ORDER BY account, day
                    """,
                    row => new LaterEntries(new(row.Long(0)), row.Day(1), -row.Money(2), row.Money(3)),
                    shard)),
            stopping);

    public async Task<KeptFrames> KeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping)
    {
        long[] ids = [.. frames.Select(frame => frame.Value)];
        var anyOf = database.Dialect.AnyOf(1);
        var kept = await database.QueryAsync(
            $"SELECT id FROM raw_frame WHERE id {anyOf} UNION SELECT id FROM unregistered_frame WHERE id {anyOf}",
            row => new FrameId(row.Long(0)),
            stopping,
            (object)ids);
        var items = await database.QueryAsync(
            $"SELECT {BillingRows.Quarantine} FROM quarantine WHERE frame_id {anyOf}",
            BillingRows.QuarantineOf,
            stopping,
            (object)ids);
        return new(kept.ToHashSet(), items.ToHashSet());
    }

    private static AccountImage AccountOf(SqlRow row)
    {
        var account = new AccountId(row.Long(0));
        return new(
            account,
            row.IsNull(1)
                ? null
                : new AccountSnapshot(
                    account, row.Long(1), row.Money(2), row.Long(3), row.Long(4), row.Money(5), row.Money(6),
                    row.Day(12), row.Text(13)),
            new(row.LongOrNull(7) ?? 0),
            new(row.LongOrNull(8) ?? 0),
            row.LongOrNull(9) is { } amount ? new Money(amount) : null,
            row.IsNull(10) ? new(account, 0, 0) : new ThresholdState(account, row.Byte(10), row.Int(11)))
        {
            NeedsDays = row.Int(14) != 0,
        };
    }
}

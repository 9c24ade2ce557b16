using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>Rows of some accounts for the audit, each list in the order that it promises.</summary>
internal sealed class AuditAccountRows(SqlSession session, Dictionary<long, AuditAccount> of)
{
    public const string Operation = "key, kind, state, shard, account, amount, other, sub, target, group_id";

    private const string Entry =
        "account, shard, id, day, debit, credit, amount, kind, payment_key, line, corrects_day, group_id, reverses, "
        + "posted_at";

    private const string Payment =
        "account, key, amount, currency, channel, tender, receipt, posted_at, split, day";

    /// <summary>Split that says money is in suspense: account 30 of the chart.</summary>
    private const string InSuspense = "coalesce(substr(split, 1, 3) = '30:', false)";

    private string AnyOf => session.Dialect.AnyOf(1);

    public async Task FillAsync(long[] accounts)
    {
        await MoneyAsync(accounts);
        await EachAsync(
            $"SELECT account, day, closes_through, exact, posted, carry FROM day_charge WHERE account {AnyOf} "
            + "ORDER BY account, day",
            (account, row) => account.Lines.Add(new(
                row.DayNumber(1), row.Instant(2).UnixMicros, row.Long(3), row.Long(4), row.Long(5))),
            accounts);
        await EachAsync(
            $"SELECT account, day, closed_through, delta, posted, lines FROM accrual_correction "
            + $"WHERE account {AnyOf} ORDER BY account, id",
            (account, row) => account.Corrections.Add(new(
                row.DayNumber(1), row.DayNumber(2), row.Long(3), row.Long(4), row.Text(5))),
            accounts);
        await EachAsync(
            $"SELECT account, day, line, exact, posted FROM day_line WHERE account {AnyOf} ORDER BY account, day",
            (account, row) => account.DayLines.Add(new(row.DayNumber(1), row.Text(2), row.Long(3), row.Long(4))),
            accounts);
        await EachAsync(
            $"""
            SELECT m.account, r.channel, r.at, r.register, r.charge, r.quality, r.frame_id
            FROM meter m JOIN reading r ON r.channel >= m.id * 16 AND r.channel < m.id * 16 + 16
            WHERE m.account {AnyOf} ORDER BY m.account, r.channel, r.at
            """,
            (account, row) => account.Readings.Add(ReadingOf(row, 1)),
            accounts);
        await EachAsync(
            $"SELECT subject, seq, day, proof, shard FROM journal WHERE subject {AnyOf} AND kind IN (3, 5) "
            + "ORDER BY subject, day, seq",
            AddProof,
            accounts);
        await EachAsync(
            "SELECT account, entry_id, journal, accrued_open, accrued_next, closed_through FROM account_snapshot "
            + $"WHERE account {AnyOf}",
            (account, row) => account.Snapshot = new(
                row.Long(1), row.Long(2), row.Long(3), row.Long(4), row.DayNumber(5)),
            accounts);
        await EachAsync(
            "SELECT m.account, c.channel, c.last_at FROM meter m JOIN channel_snapshot c ON c.channel >= m.id * 16 "
            + $"AND c.channel < m.id * 16 + 16 WHERE m.account {AnyOf}",
            (account, row) => account.ChannelSnapshots.Add((row.Long(1), row.Instant(2).UnixMicros)),
            accounts);
    }

    /// <summary>Account 0 of the dictionary takes it all.</summary>
    public async Task FillHouseAsync()
    {
        const string Stray = "NOT EXISTS (SELECT 1 FROM account a WHERE a.id = t.account)";
        await EachAsync(
            $"SELECT {Zeroed(Entry)}, account FROM ledger t WHERE {Stray} ORDER BY shard, id",
            (house, row) => house.Entries.Add(EntryOf(row) with { Account = row.Long(14) }));
        await EachAsync(
            $"SELECT {Zeroed(Payment)}, account FROM payment t WHERE {Stray} OR {InSuspense} ORDER BY key",
            (house, row) => house.Payments.Add(PaymentOf(row) with { Account = row.Long(10) }));
        await session.QueryAsync(
            $"SELECT {Operation} FROM operation t WHERE {Stray} ORDER BY requested_at, key",
            row =>
            {
                of[0].Operations.Add(OperationOf(row));
                return 0;
            });
    }

    public static AuditOperation OperationOf(SqlRow row) =>
        new(row.Text(0), row.Long(1), row.Long(2), unchecked((int)row.Long(3)), row.Long(4), row.Long(5))
        {
            Other = row.LongOrNull(6),
            Sub = row.LongOrNull(7),
            Target = row.TextOrNull(8),
            Group = row.LongOrNull(9),
        };

    public static AuditReading ReadingOf(SqlRow row, int first) => new(
        row.Long(first), row.Instant(first + 1).UnixMicros, row.Long(first + 2), row.Long(first + 3),
        row.Long(first + 4), row.Long(first + 5));

    private async Task MoneyAsync(long[] accounts)
    {
        await EachAsync(
            $"SELECT {Entry} FROM ledger WHERE account {AnyOf} ORDER BY account, shard, id",
            (account, row) => account.Entries.Add(EntryOf(row)),
            accounts);
        await EachAsync(
            $"SELECT {Payment} FROM payment WHERE account {AnyOf} AND NOT {InSuspense} ORDER BY account, key",
            (account, row) => account.Payments.Add(PaymentOf(row)),
            accounts);
        await EachAsync(
            $"SELECT account, {Operation} FROM operation WHERE account {AnyOf} ORDER BY requested_at, key",
            (account, row) => account.Operations.Add(
                new(
                    row.Text(1), row.Long(2), row.Long(3), unchecked((int)row.Long(4)), row.Long(5), row.Long(6))
                {
                    Other = row.LongOrNull(7),
                    Sub = row.LongOrNull(8),
                    Target = row.TextOrNull(9),
                    Group = row.LongOrNull(10),
                }),
            accounts);
    }

    private static string Zeroed(string columns) => "0" + columns["account".Length..];

    private static AuditEntry EntryOf(SqlRow row) => new(
        unchecked((int)row.Long(1)), row.Long(2), row.DayNumber(3), row.Long(4), row.Long(5), row.Long(6),
        row.Long(7), row.TextOrNull(8))
    {
        Account = row.Long(0),
        Line = row.TextOrNull(9),
        CorrectsDay = row.IsNull(10) ? null : row.DayNumber(10),
        Group = row.LongOrNull(11) ?? row.Long(2),
        Reverses = row.LongOrNull(12),
        PostedAt = row.Instant(13).UnixMicros,
    };

    private static AuditPayment PaymentOf(SqlRow row) => new(row.Text(1), row.Long(0), row.Long(2))
    {
        Currency = row.Text(3),
        Channel = row.Long(4),
        Tender = row.Long(5),
        Receipt = row.Text(6),
        PostedAt = row.Instant(7).UnixMicros,
        Split = row.TextOrNull(8),
        Day = row.IsNull(9) ? null : row.DayNumber(9),
    };

    private static void AddProof(AuditAccount account, SqlRow row)
    {
        if (row.IsNull(2) || row.Long(4) != account.Shard) return;
        var proof = new AuditProof(row.Long(1), row.DayNumber(2), row.BytesOrNull(3));
        if (account.Proofs.Count > 0 && account.Proofs[^1].Day == proof.Day) account.Proofs[^1] = proof;
        else account.Proofs.Add(proof);
    }

    private async Task EachAsync(string sql, Action<AuditAccount, SqlRow> take, long[]? accounts = null)
    {
        await session.QueryAsync(
            sql,
            row =>
            {
                if (of.TryGetValue(row.Long(0), out var account)) take(account, row);
                return 0;
            },
            accounts is null ? [] : [accounts]);
    }
}

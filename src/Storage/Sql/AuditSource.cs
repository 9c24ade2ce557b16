using System.Globalization;
using Meters.Billing.Journal;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>The audit's rows by SQL over one unchanging state.</summary>
internal sealed class AuditSource(SqlSession session, CancellationToken stopping) : IAuditSource
{
    /// <summary>Accounts whose rows are in memory at once.</summary>
    private const int AccountsAtOnce = 100;

    private static readonly string LinksText = Links();

    public async Task<IReadOnlyList<ShardHead>> HeadsAsync() =>
        await session.QueryAsync(JournalStore.HeadsText, JournalStore.HeadOf);

    public async Task<IReadOnlyList<int>> LinkedShardsAsync() =>
        await session.QueryAsync("SELECT DISTINCT shard FROM journal ORDER BY shard",
        row => unchecked((int)row.Long(0)));

    public IAsyncEnumerable<LinkedRow> LinksAsync(int shard) =>
        session.StreamAsync(LinksText, LinkOf, stopping, shard);

    public async IAsyncEnumerable<AuditRow> UnlinkedAsync()
    {
        foreach (var table in AuditTable.All)
        {
            var columns = string.Join(", ", table.Columns.Select(column => "t." + column.Name));
            await foreach (var row in session.StreamAsync(
                $"""
                SELECT {table.Shard}, {columns}
                FROM {table.Name} t LEFT JOIN journal j ON j.kind = {(byte)table.Kind} AND {table.Join}
                WHERE j.seq IS NULL
                """,
                row => new AuditRow((long)table.Kind, unchecked((int)row.Long(0)), table.ValuesOf(row, 1)),
                stopping))
            {
                yield return row;
            }
        }
    }

    public async IAsyncEnumerable<AuditAccount> AccountsAsync()
    {
        var after = long.MinValue;
        while (true)
        {
            var accounts = await session.QueryAsync(
                """
                SELECT id, shard, tariff, coalesce(
                    (SELECT t.per_minor FROM tariff t WHERE t.id = a.tariff ORDER BY t.version LIMIT 1), 10000000000)
                FROM account a WHERE id > $1 ORDER BY id LIMIT $2
                """,
                row => new AuditAccount(row.Long(0), row.Int(1), row.Text(2)) { PerMinor = row.Long(3) },
                after,
                AccountsAtOnce);
            if (accounts.Count == 0) yield break;
            after = accounts[^1].Id;
            await FillAsync(accounts);
            foreach (var account in accounts) yield return account;
        }
    }

    public async Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max) => await session.QueryAsync(
        $"""
        SELECT {BillingRows.Reading} FROM reading r
        WHERE NOT EXISTS (SELECT 1 FROM meter m WHERE m.id = r.channel >> 4) ORDER BY channel, at LIMIT $1
        """,
        row => ReadingOf(row, 0),
        max);

    public async Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync()
    {
        var balances = new Dictionary<long, long>();
        await foreach (var (account, balance) in session.StreamAsync(
            "SELECT account, balance FROM account_balance", row => (row.Long(0), row.Long(1)), stopping))
        {
            balances[account] = balance;
        }

        return balances;
    }

    public Task<RegistryImage> RegistryAsync() => RegistryStore.LoadAsync(session);

    public async Task<IReadOnlyDictionary<long, RawFrame>> FramesAsync(IReadOnlyList<long> ids)
    {
        var frames = await session.QueryAsync(
            $"SELECT {BillingRows.Frame} FROM raw_frame WHERE id {session.Dialect.AnyOf(1)}",
            BillingRows.FrameOf,
            (object)ids.ToArray());
        return frames.ToDictionary(frame => frame.Id.Value);
    }

    private static string Links()
    {
        var columns = AuditTable.All.SelectMany((table, i) => table.Columns.Select(
            column => string.Create(CultureInfo.InvariantCulture, $", t{i}.{column.Name}")));
        var joins = AuditTable.All.Select((table, i) =>
        {
            var alias = string.Create(CultureInfo.InvariantCulture, $"t{i}");
            var on = table.Join.Replace("t.", alias + ".", StringComparison.Ordinal);
            return $"LEFT JOIN {table.Name} {alias} ON j.kind = {(byte)table.Kind} AND {on}\n";
        });
        return $"SELECT j.seq, j.kind, j.subject, j.day, j.key, j.proof, j.tag, j.hash{string.Concat(columns)}\n"
            + $"FROM journal j\n{string.Concat(joins)}WHERE j.shard = $1 ORDER BY j.seq";
    }

    private static LinkedRow LinkOf(SqlRow row)
    {
        long? day = row.IsNull(3) ? null : row.DayNumber(3);
        var link = new StoredLink(
            row.Long(0), row.Long(1), row.Long(2), day, row.TextOrNull(4), row.BytesOrNull(5), row.Long(6),
            row.Bytes(7));
        if (link.Kind == (long)JournalKind.DayRows) return new(link, new(link.Kind, -1, [link.Subject, link.Day]));
        var first = 8;
        foreach (var table in AuditTable.All)
        {
            if ((long)table.Kind == link.Kind)
            {
                return new(link, row.IsNull(first) ? null : new(link.Kind, -1, table.ValuesOf(row, first)));
            }

            first += table.Columns.Length;
        }

        return new(link, null);
    }

    private async Task FillAsync(List<AuditAccount> accounts)
    {
        var (low, high) = (accounts[0].Id, accounts[^1].Id);
        var of = accounts.ToDictionary(account => account.Id);
        await EachAsync(
            "SELECT account, shard, id, day, debit, credit, amount, kind, payment_key, line, corrects_day FROM ledger "
            + "WHERE account BETWEEN $1 AND $2 ORDER BY account, id",
            (account, row) => account.Entries.Add(new(
                unchecked((int)row.Long(1)), row.Long(2), row.DayNumber(3), row.Long(4), row.Long(5), row.Long(6),
                row.Long(7), row.TextOrNull(8))
            {
                Line = row.TextOrNull(9),
                CorrectsDay = row.IsNull(10) ? null : row.DayNumber(10),
            }));
        await EachAsync(
            "SELECT account, key, amount FROM payment WHERE account BETWEEN $1 AND $2 ORDER BY account, key",
            (account, row) => account.Payments.Add((row.Text(1), row.Long(2))));
        await EachAsync(
            "SELECT account, day, closes_through, exact, posted, carry FROM day_charge "
            + "WHERE account BETWEEN $1 AND $2 ORDER BY account, day",
            (account, row) => account.Lines.Add(new(
                row.DayNumber(1), row.Instant(2).UnixMicros, row.Long(3), row.Long(4), row.Long(5))));
        await EachAsync(
            "SELECT account, day, closed_through, delta, posted FROM accrual_correction "
            + "WHERE account BETWEEN $1 AND $2 ORDER BY account, id",
            (account, row) => account.Corrections.Add(new(
                row.DayNumber(1), row.DayNumber(2), row.Long(3), row.Long(4))));
        await EachAsync(
            "SELECT account, day, line, exact, posted FROM day_line "
            + "WHERE account BETWEEN $1 AND $2 ORDER BY account, day",
            (account, row) => account.DayLines.Add(new(row.DayNumber(1), row.Text(2), row.Long(3), row.Long(4))));
        await EachAsync(
            """
            SELECT m.account, r.channel, r.at, r.register, r.charge, r.quality, r.frame_id
            FROM meter m JOIN reading r ON r.channel >= m.id * 16 AND r.channel < m.id * 16 + 16
            WHERE m.account BETWEEN $1 AND $2 ORDER BY m.account, r.channel, r.at
            """,
            (account, row) => account.Readings.Add(ReadingOf(row, 1)));
        await EachAsync(
            "SELECT subject, seq, day, proof, shard FROM journal "
            + "WHERE subject BETWEEN $1 AND $2 AND kind IN (3, 5) ORDER BY subject, day, seq",
            AddProof);
        await EachAsync(
            "SELECT account, entry_id, journal, accrued_open, accrued_next, closed_through FROM account_snapshot "
            + "WHERE account BETWEEN $1 AND $2",
            (account, row) => account.Snapshot = new(
                row.Long(1), row.Long(2), row.Long(3), row.Long(4), row.DayNumber(5)));
        await EachAsync(
            "SELECT m.account, c.channel, c.last_at FROM meter m JOIN channel_snapshot c ON c.channel >= m.id * 16 "
            + "AND c.channel < m.id * 16 + 16 WHERE m.account BETWEEN $1 AND $2",
            (account, row) => account.ChannelSnapshots.Add((row.Long(1), row.Instant(2).UnixMicros)));

        async Task EachAsync(string sql, Action<AuditAccount, SqlRow> take)
        {
            await session.QueryAsync(
                sql,
                row =>
                {
                    if (of.TryGetValue(row.Long(0), out var account)) take(account, row);
                    return 0;
                },
                low,
                high);
        }
    }

    private static void AddProof(AuditAccount account, SqlRow row)
    {
        if (row.IsNull(2) || row.Long(4) != account.Shard) return;
        var proof = new AuditProof(row.Long(1), row.DayNumber(2), row.BytesOrNull(3));
        if (account.Proofs.Count > 0 && account.Proofs[^1].Day == proof.Day) account.Proofs[^1] = proof;
        else account.Proofs.Add(proof);
    }

    private static AuditReading ReadingOf(SqlRow row, int first) => new(
        row.Long(first), row.Instant(first + 1).UnixMicros, row.Long(first + 2), row.Long(first + 3),
        row.Long(first + 4), row.Long(first + 5));
}

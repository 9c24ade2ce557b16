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

    public async IAsyncEnumerable<IReadOnlyList<AuditAccount>> AccountsAsync(IReadOnlyList<long> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (var chunk in ids.Chunk(AccountsAtOnce))
        {
            var accounts = await session.QueryAsync(
                $"""
                SELECT id, shard, tariff, coalesce(
                    (SELECT t.per_minor FROM tariff t WHERE t.id = a.tariff ORDER BY t.version LIMIT 1), 10000000000),
                    policy
                FROM account a WHERE id {session.Dialect.AnyOf(1)}
                """,
                row => new AuditAccount(row.Long(0), row.Int(1), row.Text(2))
                {
                    PerMinor = row.Long(3),
                    Policy = row.Text(4),
                },
                (object)chunk);
            var of = accounts.ToDictionary(account => account.Id);
            await new AuditAccountRows(session, of).FillAsync(chunk);
            yield return [.. chunk.Select(of.GetValueOrDefault).OfType<AuditAccount>()];
        }
    }

    public async Task<AuditAccount> HouseAsync()
    {
        var house = new AuditAccount(0, -1, "");
        await new AuditAccountRows(session, new Dictionary<long, AuditAccount> { [0] = house }).FillHouseAsync();
        return house;
    }

    public async Task<IReadOnlyList<AuditOperation>> TwoHalvesAsync() => await session.QueryAsync(
        $"SELECT {AuditAccountRows.Operation} FROM operation WHERE other IS NOT NULL ORDER BY requested_at, key",
        AuditAccountRows.OperationOf);

    public async Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max) => await session.QueryAsync(
        $"""
        SELECT {BillingRows.Reading} FROM reading r
        WHERE NOT EXISTS (SELECT 1 FROM meter m WHERE m.id = r.channel >> 4) ORDER BY channel, at LIMIT $1
        """,
        row => ReadingOf(row, 0),
        max);

    public async Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync(IReadOnlyList<long>? accounts)
    {
        var balances = new Dictionary<long, long>();
        var some = accounts is null ? "" : $" WHERE account {session.Dialect.AnyOf(1)}";
        object?[] args = accounts is null ? [] : [accounts.ToArray()];
        await foreach (var (account, balance) in session.StreamAsync(
            "SELECT account, balance FROM account_balance" + some, row => (row.Long(0), row.Long(1)), stopping, args))
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

    public async Task<IReadOnlyList<RawFrame>> FramesAfterAsync(long after, long since, int max) =>
        await session.QueryAsync(
            $"SELECT {BillingRows.Frame} FROM raw_frame WHERE id > $1 AND received_at >= $2 ORDER BY id LIMIT $3",
            BillingRows.FrameOf,
            after,
            new Instant(Math.Max(since, 0)),
            max);

    public async Task<IReadOnlyList<AuditReading>> ReadingsAtAsync(long at, IReadOnlyList<long> channels) =>
        await session.QueryAsync(
            $"SELECT {BillingRows.Reading} FROM reading WHERE at = $1 AND channel {session.Dialect.AnyOf(2)}",
            row => ReadingOf(row, 0),
            new Instant(at),
            channels.ToArray());

    public async Task<IReadOnlyList<AuditQuarantine>> QuarantinedAsync(IReadOnlyList<long> frames) =>
        await session.QueryAsync(
            $"SELECT frame_id, kind, point, channel, at FROM quarantine WHERE frame_id {session.Dialect.AnyOf(1)}",
            row => new AuditQuarantine(
                row.Long(0), row.Text(1), row.LongOrNull(2), row.LongOrNull(3), row.InstantOrNull(4)?.UnixMicros),
            (object)frames.ToArray());

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

    private static AuditReading ReadingOf(SqlRow row, int first) => AuditAccountRows.ReadingOf(row, first);
}

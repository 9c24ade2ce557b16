using Meters.Billing.Accounts;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class HistoryStore(SqlDatabase database) : IHistoryStore
{
    private const string ToCustomer =
        "CASE WHEN credit = 1 THEN amount ELSE 0 END - CASE WHEN debit = 1 THEN amount ELSE 0 END";

    public Task<AccountHistory?> ReadAsync(HistoryQuery query, CancellationToken stopping) =>
        database.SnapshotAsync(session => ReadAsync(session, query), stopping);

    private static async Task<AccountHistory?> ReadAsync(SqlSession session, HistoryQuery query)
    {
        var id = query.Account.Value;
        var balance = await session.NumberAsync("SELECT balance FROM account_balance WHERE account = $1", id);
        if (balance is null) return null;
        var entries = await session.QueryAsync(
            $"""
            SELECT {BillingRows.Entry} FROM ledger WHERE account = $1 AND day >= $2 AND day <= $3
            ORDER BY posted_at, shard, id LIMIT $4
            """,
            BillingRows.EntryOf,
            id,
            query.From,
            query.To,
            query.RowsMax + 1);
        if (entries.Count > query.RowsMax) return null;
        var readings = new Dictionary<ChannelId, IReadOnlyList<RatedReading>>();
        foreach (var channel in query.Channels)
        {
            if (await ReadingsAsync(session, query, channel) is not { } rows) return null;
            readings.Add(channel, rows);
        }

        string[] keys = [.. entries.Select(entry => entry.PaymentKey).OfType<string>().Distinct()];
        var payments = keys.Length == 0
            ? []
            : await session.QueryAsync(
                $"SELECT {BillingRows.Payment} FROM payment WHERE key {session.Dialect.AnyOf(1)} ORDER BY key",
                BillingRows.PaymentOf,
                (object)keys);
        var before = await session.QueryAsync(
            $"SELECT {BillingRows.DayCharge} FROM day_charge WHERE account = $1 AND day < $2 ORDER BY day DESC LIMIT 1",
            BillingRows.DayChargeOf,
            id,
            query.From);
        var days = await session.QueryAsync(
            $"""
            SELECT {BillingRows.DayCharge} FROM day_charge WHERE account = $1 AND day >= $2 AND day <= $3 ORDER BY day
            """,
            BillingRows.DayChargeOf,
            id,
            query.From,
            query.To);
        return new(
            await JournalBeforeAsync(session, query),
            await LastPurchaseBeforeAsync(session, query),
            entries,
            payments,
            before.Count == 0 ? null : before[0],
            days,
            await CorrectionsAsync(session, query),
            readings,
            new(balance.Value),
            await IsLatestAsync(session, query))
        {
            FirstDay = await FirstDayAsync(session, id),
            LateFees = await session.QueryAsync(
                $"""
                SELECT {BillingRows.LateFee} FROM late_fee WHERE account = $1 AND day >= $2 AND day <= $3
                ORDER BY day, line
                """,
                BillingRows.LateFeeOf,
                id,
                query.From,
                query.To),
        };
    }

    /// <summary>Null where there are more than asked for.</summary>
    private static async Task<List<RatedReading>?> ReadingsAsync(
        SqlSession session, HistoryQuery query, ChannelId channel)
    {
        var rows = new SortedDictionary<Instant, RatedReading>();
        foreach (var anchor in query.Anchors.Where(anchor => anchor <= query.FromAt).Append(query.FromAt).Distinct())
        {
            foreach (var row in await session.QueryAsync(
                $"""
                SELECT {BillingRows.Reading} FROM (
                    SELECT * FROM reading WHERE channel = $1 AND at <= $2 AND quality < 8 ORDER BY at DESC LIMIT 1
                ) AS earlier
                UNION ALL
                SELECT {BillingRows.Reading} FROM (
                    SELECT * FROM reading
                    WHERE channel = $1 AND at > $2 AND at <= $3 AND quality < 8 ORDER BY at LIMIT 1
                ) AS later
                """,
                BillingRows.ReadingOf,
                channel.Value,
                anchor,
                query.ToAt))
            {
                rows[row.Reading.At] = row;
            }
        }

        var found = await RowsAsync(session, channel, query.ReadingsFrom, query.ToAt, query.RowsMax + 1);
        var next = query.WithNext ? await RowsAsync(session, channel, query.ToAt, Instant.Never, 1) : [];
        foreach (var row in found.Concat(next)) rows[row.Reading.At] = row;
        return found.Count > query.RowsMax ? null : [.. rows.Values];
    }

    private static Task<List<RatedReading>> RowsAsync(
        SqlSession session, ChannelId channel, Instant after, Instant to, int most) => session.QueryAsync(
        $"""
        SELECT {BillingRows.Reading} FROM reading
        WHERE channel = $1 AND at > $2 AND at <= $3 AND quality < 8 ORDER BY at LIMIT $4
        """,
        BillingRows.ReadingOf,
        channel.Value,
        after,
        to,
        most);

    private static Task<List<AccrualCorrection>> CorrectionsAsync(SqlSession session, HistoryQuery query) =>
        session.QueryAsync(
            $"""
            SELECT {BillingRows.Correction} FROM accrual_correction
            WHERE account = $1 AND ((day >= $2 AND day <= $3) OR (closed_through >= $4 AND closed_through <= $3))
            ORDER BY id
            """,
            BillingRows.CorrectionOf,
            query.Account.Value,
            query.From,
            query.To,
            query.From.AddDays(-1));

    private static async Task<ServiceDay?> FirstDayAsync(SqlSession session, long account)
    {
        var days = await session.QueryAsync(
            $"SELECT {BillingRows.DayCharge} FROM day_charge WHERE account = $1 ORDER BY day LIMIT 1",
            BillingRows.DayChargeOf,
            account);
        return days.Count == 0 ? null : days[0].Day;
    }

    private static async Task<Money> JournalBeforeAsync(SqlSession session, HistoryQuery query) => new(
        await session.NumberAsync(
            $"SELECT CAST(coalesce(sum({ToCustomer}), 0) AS bigint) FROM ledger WHERE account = $1 AND day < $2",
            query.Account.Value,
            query.From) ?? 0);

    private static async Task<Money> LastPurchaseBeforeAsync(SqlSession session, HistoryQuery query) => new(
        await session.NumberAsync(
            """
            SELECT amount FROM ledger WHERE account = $1 AND day < $2 AND kind = 1 AND credit = 1
            ORDER BY posted_at DESC, id DESC LIMIT 1
            """,
            query.Account.Value,
            query.From) ?? 0);

    private static async Task<bool> IsLatestAsync(SqlSession session, HistoryQuery query)
    {
        var later = await session.NumberAsync(
            """
            SELECT CASE WHEN EXISTS (SELECT 1 FROM ledger WHERE account = $1 AND day > $2)
                OR EXISTS (SELECT 1 FROM day_charge WHERE account = $1 AND day > $2) THEN 1 ELSE 0 END
            """,
            query.Account.Value,
            query.To);
        if (later != 0) return false;
        foreach (var channel in query.Channels)
        {
            var after = await session.NumberAsync(
                "SELECT CASE WHEN EXISTS (SELECT 1 FROM reading WHERE channel = $1 AND at > $2) THEN 1 ELSE 0 END",
                channel.Value,
                query.ToAt);
            if (after != 0) return false;
        }

        return true;
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class QueryStore(SqlDatabase database) : IQueryStore
{
    public async Task<(Money Balance, Instant? AsOf)?> BalanceAsync(AccountId account, CancellationToken stopping)
    {
        var found = await database.QueryAsync<(Money, Instant?)>(
            "SELECT balance, as_of FROM account_balance WHERE account = $1",
            row => (row.Money(0), row.InstantOrNull(1)),
            stopping,
            account.Value);
        return found.Count == 0 ? null : found[0];
    }

    public IAsyncEnumerable<(AccountId Account, Money Balance)> BalancesAsync(CancellationToken stopping) =>
        database.StreamAsync<(AccountId, Money)>(
            "SELECT account, balance FROM account_balance ORDER BY account",
            row => (new(row.Long(0)), row.Money(1)),
            [],
            stopping);

    public async Task<IReadOnlyList<RatedReading>> ReadingsAsync(
        ChannelId channel, Instant from, Instant to, int max, CancellationToken stopping) => await database.QueryAsync(
        $"""
        SELECT {BillingRows.Reading} FROM reading WHERE channel = $1 AND at >= $2 AND at <= $3 ORDER BY at LIMIT $4
        """,
        BillingRows.ReadingOf,
        stopping,
        channel.Value,
        from,
        to,
        max);

    public async Task<RawFrame?> FrameAsync(FrameId frame, CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            $"SELECT {BillingRows.Frame} FROM raw_frame WHERE id = $1", BillingRows.FrameOf, stopping, frame.Value);
        return found.Count == 0 ? null : found[0];
    }

    public Task<IReadOnlyList<LedgerEntry>> EntriesAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(BillingRows.Entry, "ledger", "id DESC, shard", BillingRows.EntryOf, account, max, stopping);

    public Task<IReadOnlyList<PaymentRecord>> PaymentsAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(
            BillingRows.Payment, "payment", "posted_at DESC, key", BillingRows.PaymentOf, account, max, stopping);

    public Task<IReadOnlyList<Crossing>> CrossingsAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(
            BillingRows.Crossing,
            "crossing",
            "at DESC, arm DESC, threshold, direction DESC",
            BillingRows.CrossingOf,
            account,
            max,
            stopping);

    public Task<IReadOnlyList<DayCharge>> DayChargesAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(
            BillingRows.DayCharge, "day_charge", "day DESC", BillingRows.DayChargeOf, account, max, stopping);

    public Task<IReadOnlyList<Command>> CommandsAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(ControlRows.Command, "command", "id DESC", ControlRows.CommandOf, account, max, stopping);

    public Task<IReadOnlyList<Notice>> NoticesAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(ControlRows.Notice, "notice", "id DESC", ControlRows.NoticeOf, account, max, stopping);

    public Task<IReadOnlyList<Decision>> DecisionsAsync(AccountId account, int max, CancellationToken stopping) =>
        OfAccountAsync(ControlRows.Decision, "decision", "id DESC", ControlRows.DecisionOf, account, max, stopping);

    public async Task<IReadOnlyList<QuarantineItem>> QuarantineAsync(
        string? kind, int max, CancellationToken stopping) =>
        kind is null
            ? await database.QueryAsync(
                $"SELECT {BillingRows.Quarantine} FROM quarantine ORDER BY id DESC LIMIT $1",
                BillingRows.QuarantineOf,
                stopping,
                max)
            : await database.QueryAsync(
                $"SELECT {BillingRows.Quarantine} FROM quarantine WHERE kind = $1 ORDER BY id DESC LIMIT $2",
                BillingRows.QuarantineOf,
                stopping,
                kind,
                max);

    public async Task<IReadOnlyList<RawFrame>> UnregisteredAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"SELECT {BillingRows.Frame} FROM unregistered_frame ORDER BY received_at DESC, id DESC LIMIT $1",
            BillingRows.FrameOf,
            stopping,
            max);

    public Task<StoreTotals> TotalsAsync(CancellationToken stopping) => database.SnapshotAsync(
        async session => new StoreTotals(
            await session.NumberAsync("SELECT count(*) FROM reading") ?? 0,
            await session.NumberAsync("SELECT count(*) FROM raw_frame") ?? 0,
            await session.NumberAsync("SELECT count(*) FROM quarantine") ?? 0,
            await session.NumberAsync("SELECT count(*) FROM payment") ?? 0,
            await PairsAsync(session, "command", "kind", "state", (a, b) => ((CommandKind)a, (CommandState)b)),
            await PairsAsync(session, "notice", "kind", "state", (a, b) => ((NoticeKind)a, (NoticeState)b)),
            await PairsAsync(session, "control_case", "desired", "actual", (a, b) => ((Supply)a, (Supply)b))),
        stopping);

    public async Task<long> LedgerImbalanceAsync(CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            "SELECT CAST(coalesce(sum(debit_minor), 0) AS bigint) FROM ledger_side", row => row.Long(0), stopping);
        return found[0];
    }

    private async Task<IReadOnlyList<T>> OfAccountAsync<T>(
        string columns,
        string table,
        string order,
        Func<SqlRow, T> map,
        AccountId account,
        int max,
        CancellationToken stopping) => await database.QueryAsync(
        $"SELECT {columns} FROM {table} WHERE account = $1 ORDER BY {order} LIMIT $2",
        map,
        stopping,
        account.Value,
        max);

    private static async Task<IReadOnlyDictionary<TKey, long>> PairsAsync<TKey>(
        SqlSession session, string table, string a, string b, Func<byte, byte, TKey> key)
        where TKey : notnull
    {
        var rows = await session.QueryAsync(
            $"SELECT {a}, {b}, count(*) FROM {table} GROUP BY {a}, {b} ORDER BY {a}, {b}",
            row => KeyValuePair.Create(key(row.Byte(0), row.Byte(1)), row.Long(2)));
        return new Dictionary<TKey, long>(rows);
    }
}

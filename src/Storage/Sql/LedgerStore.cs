using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed partial class LedgerStore(SqlDatabase database) : ILedgerStore
{
    public Task<PaymentRecord?> FindPaymentAsync(string key, CancellationToken stopping) => database.ReadAsync(
        session => session.FindAsync(
            $"SELECT {BillingRows.Payment} FROM payment WHERE key = $1", BillingRows.PaymentOf, key),
        stopping);

    public Task<OperationRecord?> FindOperationAsync(string key, CancellationToken stopping) => database.ReadAsync(
        session => session.FindAsync(
            $"SELECT {LedgerRows.Operation} FROM operation WHERE key = $1", LedgerRows.OperationOf, key),
        stopping);

    public async Task<IReadOnlyList<OperationRecord>> OperationsAsync(
        AccountId? account, OperationState? state, int max, CancellationToken stopping)
    {
        var (conditions, args) = (new List<string>(), new List<object?> { max });
        if (account is { } whose)
        {
            args.Add(whose.Value);
            conditions.Add($"(account = ${args.Count} OR other = ${args.Count})");
        }

        if (state is { } wanted)
        {
            args.Add((short)wanted);
            conditions.Add($"state = ${args.Count}");
        }

        var where = conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions);
        return await database.QueryAsync(
            $"SELECT {LedgerRows.Operation} FROM operation {where} ORDER BY requested_at DESC, key LIMIT $1",
            LedgerRows.OperationOf,
            stopping,
            [.. args]);
    }

    public async Task<IReadOnlyList<OperationRecord>> InTransitAsync(CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {LedgerRows.Operation} FROM operation WHERE state IN (1, 2) AND state = 2 ORDER BY requested_at, key
            """,
            LedgerRows.OperationOf,
            stopping);

    public async Task<IReadOnlyList<PaymentRecord>> SuspenseAsync(int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {BillingRows.Payment} FROM payment p
            WHERE substr(split, 1, 3) = '30:'
                AND NOT EXISTS (SELECT 1 FROM operation o WHERE o.target = p.key AND o.state IN (2, 3))
            ORDER BY posted_at, key LIMIT $1
            """,
            BillingRows.PaymentOf,
            stopping,
            max);

    public async Task<IReadOnlyList<(LedgerAccount Account, Money Balance)>> SubAccountsAsync(
        AccountId account, CancellationToken stopping) => await database.QueryAsync<(LedgerAccount, Money)>(
        """
        SELECT ledger_account, balance FROM sub_account_balance WHERE account = $1 ORDER BY ledger_account
        """,
        row => ((LedgerAccount)row.Short(0), row.Money(1)),
        stopping,
        account.Value);

    public async Task<IReadOnlyList<AgentRecord>> AgentsAsync(CancellationToken stopping) => await database.QueryAsync(
        $"""
        SELECT person, currency, CAST(max(ceiling) AS bigint), CAST(sum(cash) AS bigint) FROM (
            SELECT person, currency, ceiling, 0 AS cash FROM agent
            UNION ALL
            SELECT taken_by, currency, NULL, amount FROM payment p WHERE channel = 4 AND tender <> 1
                AND {LedgerRows.Stands}
            UNION ALL
            SELECT party, currency, NULL, -amount FROM operation WHERE kind = 10 AND state = 3 AND party IS NOT NULL
        ) AS part
        GROUP BY person, currency ORDER BY person, currency
        """,
        row => new AgentRecord(
            new(row.Text(0)),
            Currency.Parse(row.Text(1)),
            row.LongOrNull(2) is { } ceiling ? new Money(ceiling) : null,
            row.Money(3)),
        stopping);

    public Task SetCeilingAsync(PersonId agent, Currency currency, Money ceiling, CancellationToken stopping)
    {
        object?[] row = [agent.Value, currency.Code, ceiling.Minor];
        return database.WriteAsync(
            session => session.InsertAsync(
                "INSERT INTO agent (person, currency, ceiling)",
                [row],
                "ON CONFLICT (person, currency) DO UPDATE SET ceiling = excluded.ceiling"),
            stopping);
    }

    public Task<long?> OpenShiftAsync(ShiftRecord shift, CancellationToken stopping) => database.WriteAsync(
        session => session.NumberAsync(
            """
            INSERT INTO till_shift (till, person, currency, opened_at, float_minor) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT DO NOTHING RETURNING id
            """,
            shift.Till,
            shift.Person.Value,
            shift.Currency.Code,
            shift.OpenedAt,
            shift.Float.Minor),
        stopping);

    public async Task<bool> CountShiftAsync(long shift, Money counted, CancellationToken stopping) =>
        await database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE till_shift SET counted = $2 WHERE id = $1 AND closed_at IS NULL", shift, counted.Minor),
            stopping) == 1;

    public async Task<bool> CloseShiftAsync(long shift, Money expected, Instant at, CancellationToken stopping) =>
        await database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE till_shift SET expected = $2, closed_at = $3 WHERE id = $1 AND closed_at IS NULL",
                shift,
                expected.Minor,
                at),
            stopping) == 1;

    public async Task<Money> TakingsAsync(long shift, CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            $"""
            SELECT CAST(
                coalesce((
                    SELECT sum(amount) FROM payment p
                    WHERE shift = $1 AND tender = 0 AND {LedgerRows.Stands}), 0)
                - coalesce((
                    SELECT sum(o.amount)
                    FROM till_shift s JOIN operation o ON o.by_person = s.person AND o.currency = s.currency
                        AND o.kind = 4 AND o.sub = 2 AND o.state = 3
                        AND o.done_at >= s.opened_at AND (s.closed_at IS NULL OR o.done_at < s.closed_at)
                    WHERE s.id = $1), 0) AS bigint)
            """,
            row => row.Money(0),
            stopping,
            shift);
        return found[0];
    }

    public Task<ShiftRecord?> FindShiftAsync(long shift, CancellationToken stopping) => database.ReadAsync(
        session => session.FindAsync(
            $"SELECT {LedgerRows.Shift} FROM till_shift WHERE id = $1", LedgerRows.ShiftOf, shift),
        stopping);

    public async Task<IReadOnlyList<ShiftRecord>> ShiftsAsync(bool openOnly, int max, CancellationToken stopping) =>
        await database.QueryAsync(
            $"""
            SELECT {LedgerRows.Shift} FROM till_shift {(openOnly ? "WHERE closed_at IS NULL" : "")}
            ORDER BY id DESC LIMIT $1
            """,
            LedgerRows.ShiftOf,
            stopping,
            max);
}

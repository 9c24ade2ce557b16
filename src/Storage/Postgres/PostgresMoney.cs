using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>Payments and operations of a commit.</summary>
internal static class PostgresMoney
{
    public static void AddPayments(NpgsqlBatch batch, List<PaymentRecord> payments) => batch.Add(
        $"""
        INSERT INTO payment ({BillingRows.Payment})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        Columns.Texts(payments, payment => payment.Order.Key),
        Columns.Longs(payments, payment => payment.Order.Account.Value),
        Columns.Longs(payments, payment => payment.Order.Amount.Minor),
        Columns.Texts(payments, payment => payment.Order.Currency.Code),
        Columns.Shorts(payments, payment => (short)payment.Order.Channel),
        Columns.Texts(payments, payment => payment.Order.TakenBy.Value),
        Columns.Texts(payments, payment => payment.Order.Reference),
        Columns.Texts(payments, payment => payment.Receipt),
        Columns.Instants(payments, payment => payment.PostedAt),
        Columns.Longs(payments, payment => payment.BalanceAfter.Minor),
        Columns.Shorts(payments, payment => (short)payment.Order.Tender),
        Columns.Texts(payments, payment => payment.Split.Text),
        Columns.Days(payments, payment => payment.Day),
        Columns.Longs(payments, payment => payment.Shift));

    public static void AddOperations(NpgsqlBatch batch, ShardCommit commit)
    {
        if (commit.Operations is { Count: > 0 } operations) AddNew(batch, operations);
        if (commit.OperationMoves is not { Count: > 0 } moves) return;
        batch.Add(
            """
            UPDATE operation SET state = moved.state, approved_by = moved.approved_by, done_at = moved.done_at,
                group_id = moved.group_id, balance_after = moved.balance_after
            FROM unnest($1, $2, $3, $4, $5, $6) AS moved (key, state, approved_by, done_at, group_id, balance_after)
            WHERE operation.key = moved.key
            """,
            Columns.Texts(moves, move => move.Order.Key),
            Columns.Shorts(moves, move => (short)move.State),
            Columns.Texts(moves, move => move.ApprovedBy?.Value),
            Columns.Instants(moves, move => move.DoneAt),
            Columns.Longs(moves, move => move.Group),
            Columns.Longs(moves, move => move.BalanceAfter?.Minor));
    }

    private static void AddNew(NpgsqlBatch batch, List<OperationRecord> operations) => batch.Add(
        $"""
        INSERT INTO operation ({LedgerRows.Operation})
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        """,
        Columns.Texts(operations, one => one.Order.Key),
        Columns.Shorts(operations, one => (short)one.Order.Kind),
        Columns.Shorts(operations, one => (short)one.State),
        Columns.Ints(operations, one => one.Shard),
        Columns.Longs(operations, one => one.Order.Account.Value),
        Columns.Longs(operations, one => one.Order.Other?.Value),
        Columns.Ints(operations, one => (int?)one.Order.Sub),
        Columns.Longs(operations, one => one.Order.Amount.Minor),
        Columns.Texts(operations, one => one.Order.Currency.Code),
        Columns.Texts(operations, one => one.Order.Target),
        Columns.Texts(operations, one => one.Order.Party),
        Columns.Texts(operations, one => one.Order.Note),
        Columns.Texts(operations, one => one.Order.By.Value),
        Columns.Instants(operations, one => one.RequestedAt),
        Columns.Texts(operations, one => one.ApprovedBy?.Value),
        Columns.Instants(operations, one => one.DoneAt),
        Columns.Longs(operations, one => one.Group),
        Columns.Longs(operations, one => one.BalanceAfter?.Minor));
}

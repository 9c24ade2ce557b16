using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Storage.Sql;

namespace Meters.Storage.Sqlite;

/// <summary>Payments and operations of a commit.</summary>
internal static class SqliteMoney
{
    public static void BindPayment(SqliteBinder row, PaymentRecord payment)
    {
        row.Add(payment.Order.Key);
        row.Add(payment.Order.Account.Value);
        row.Add(payment.Order.Amount.Minor);
        row.Add(payment.Order.Currency.Code);
        row.Add((long)payment.Order.Channel);
        row.Add(payment.Order.TakenBy.Value);
        row.Add(payment.Order.Reference);
        row.Add(payment.Receipt);
        row.Add(payment.PostedAt.UnixMicros);
        row.Add(payment.BalanceAfter.Minor);
        row.Add((long)payment.Order.Tender);
        row.Add(payment.Split.Text);
        row.Add(payment.Day?.DaysSinceEpoch);
        row.Add(payment.Shift);
    }

    /// <exception cref="InvalidDataException">An operation that moves on is not there.</exception>
    public static void WriteOperations(SqliteStatements statements, ShardCommit commit)
    {
        statements.Insert(
            $"INSERT INTO operation ({LedgerRows.Operation})", 18, "", commit.Operations, BindOperation);
        var moved = statements.Each(
            """
            UPDATE operation SET state = ?2, approved_by = ?3, done_at = ?4, group_id = ?5, balance_after = ?6
            WHERE key = ?1
            """,
            commit.OperationMoves,
            static (row, operation) =>
            {
                row.Add(operation.Order.Key);
                row.Add((long)operation.State);
                row.Add(operation.ApprovedBy?.Value);
                row.Add(operation.DoneAt?.UnixMicros);
                row.Add(operation.Group);
                row.Add(operation.BalanceAfter?.Minor);
            });
        if (moved == commit.OperationMoves.Count) return;
        throw new InvalidDataException($"{commit.OperationMoves.Count} operations to move, {moved} found.");
    }

    private static void BindOperation(SqliteBinder row, OperationRecord operation)
    {
        var order = operation.Order;
        row.Add(order.Key);
        row.Add((long)order.Kind);
        row.Add((long)operation.State);
        row.Add(operation.Shard);
        row.Add(order.Account.Value);
        row.Add(order.Other?.Value);
        row.Add((long?)order.Sub);
        row.Add(order.Amount.Minor);
        row.Add(order.Currency.Code);
        row.Add(order.Target);
        row.Add(order.Party);
        row.Add(order.Note);
        row.Add(order.By.Value);
        row.Add(operation.RequestedAt.UnixMicros);
        row.Add(operation.ApprovedBy?.Value);
        row.Add(operation.DoneAt?.UnixMicros);
        row.Add(operation.Group);
        row.Add(operation.BalanceAfter?.Minor);
    }
}

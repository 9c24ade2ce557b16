using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Operations, shifts, files and reconciliations as rows: columns and mapping in the same order.</summary>
internal static class LedgerRows
{
    public const string Operation =
        "key, kind, state, shard, account, other, sub, amount, currency, target, party, note, by_person, requested_at, "
        + "approved_by, done_at, group_id, balance_after";

    public const string Shift = "id, till, person, currency, opened_at, float_minor, counted, expected, closed_at";

    public const string File = "name, kind, content, by_person, at, done_at";

    public const string Reconciliation =
        "name, channel, day, currency, by_person, at, matched, matched_minor, here_count, here_minor, signed_by, "
        + "signed_at";

    public const string Item =
        "key, outcome, here_minor, there_minor, account, note, resolved_by, resolved_at";

    /// <summary>Condition on a payment p: neither reversed nor bounced.</summary>
    public const string Stands =
        "NOT EXISTS (SELECT 1 FROM operation o WHERE o.target = p.key AND o.state = 3 AND o.kind IN (1, 2))";

    public static OperationRecord OperationOf(SqlRow row)
    {
        var order = new LedgerOrder(
            row.Text(0), (OperationKind)row.Byte(1), new(row.Long(4)), row.Money(7), Currency.Parse(row.Text(8)),
            new(row.Text(12)))
        {
            Other = row.LongOrNull(5) is { } other ? new AccountId(other) : null,
            Sub = row.IsNull(6) ? null : (LedgerAccount)row.Short(6),
            Target = row.TextOrNull(9),
            Party = row.TextOrNull(10),
            Note = row.Text(11),
        };
        return new(order, (OperationState)row.Byte(2), row.Int(3), row.Instant(13))
        {
            ApprovedBy = PersonOf(row, 14),
            DoneAt = row.InstantOrNull(15),
            Group = row.LongOrNull(16),
            BalanceAfter = MoneyOf(row, 17),
        };
    }

    public static ShiftRecord ShiftOf(SqlRow row) => new(
        row.Long(0), row.Text(1), new(row.Text(2)), Currency.Parse(row.Text(3)), row.Instant(4), row.Money(5),
        MoneyOf(row, 6), MoneyOf(row, 7), row.InstantOrNull(8));

    public static MoneyFile FileOf(SqlRow row) => new(
        row.Text(0), (MoneyFileKind)row.Byte(1), row.Text(2), new(row.Text(3)), row.Instant(4), row.InstantOrNull(5));

    public static object?[] Values(MoneyFile file) =>
        [file.Name, (short)file.Kind, file.Content, file.By.Value, file.At, file.DoneAt];

    public static Reconciliation ReconciliationOf(SqlRow row) => new(
        row.Text(0), (PaymentChannel)row.Byte(1), row.Day(2), Currency.Parse(row.Text(3)), new(row.Text(4)),
        row.Instant(5), checked((int)row.Long(6)), row.Money(7), checked((int)row.Long(8)), row.Money(9), [],
        PersonOf(row, 10), row.InstantOrNull(11));

    public static object?[] Values(Reconciliation one) =>
    [
        one.Name, (short)one.Channel, one.Day, one.Currency.Code, one.By.Value, one.At, (long)one.Matched,
        one.MatchedTotal.Minor, (long)one.HereCount, one.HereTotal.Minor, one.SignedBy?.Value, one.SignedAt,
    ];

    public static MatchItem ItemOf(SqlRow row) => new(
        row.Text(0), (MatchOutcome)row.Byte(1), MoneyOf(row, 2), MoneyOf(row, 3),
        row.LongOrNull(4) is { } account ? new AccountId(account) : null, row.TextOrNull(5), PersonOf(row, 6),
        row.InstantOrNull(7));

    public static object?[] Values(string reconciliation, MatchItem item) =>
    [
        reconciliation, item.Key, (short)item.Outcome, item.Here?.Minor, item.There?.Minor, item.Account?.Value,
        item.Note, item.ResolvedBy?.Value, item.ResolvedAt,
    ];

    private static PersonId? PersonOf(SqlRow row, int column) =>
        row.TextOrNull(column) is { } person ? new PersonId(person) : null;

    private static Money? MoneyOf(SqlRow row, int column) =>
        row.LongOrNull(column) is { } minor ? new Money(minor) : null;
}

using Meters.Billing.Journal;

namespace Meters.Storage.Sql;

/// <summary>How a column is turned into a plain number or text.</summary>
internal enum ColumnForm
{
    Number,
    Instant,
    Day,
    Text,
}

/// <summary>
/// A table whose rows are linked, as the audit reads it: written down a second time on purpose, from docs/journal.md
/// and not from the code that writes the links.
/// </summary>
/// <param name="Kind">Kind of its links.</param>
/// <param name="Name">The table.</param>
/// <param name="Join">When row t belongs to link j.</param>
/// <param name="Shard">Expression for the row's shard.</param>
/// <param name="Columns">In the order in which they are hashed; the first is never null.</param>
internal sealed record AuditTable(
    JournalKind Kind, string Name, string Join, string Shard, (string Name, ColumnForm Form)[] Columns)
{
    public static readonly IReadOnlyList<AuditTable> All =
    [
        new(
            JournalKind.LedgerEntry,
            "ledger",
            "t.shard = j.shard AND t.id = j.subject",
            "t.shard",
            [
                ("id", ColumnForm.Number), ("posted_at", ColumnForm.Instant), ("day", ColumnForm.Day),
                ("account", ColumnForm.Number), ("debit", ColumnForm.Number), ("credit", ColumnForm.Number),
                ("amount", ColumnForm.Number), ("kind", ColumnForm.Number), ("payment_key", ColumnForm.Text),
                ("group_id", ColumnForm.Number), ("reverses", ColumnForm.Number), ("corrects_day", ColumnForm.Day),
                ("line", ColumnForm.Text),
            ]),
        new(
            JournalKind.Payment,
            "payment",
            "t.key = j.key",
            "-1",
            [
                ("key", ColumnForm.Text), ("account", ColumnForm.Number), ("amount", ColumnForm.Number),
                ("currency", ColumnForm.Text), ("channel", ColumnForm.Number), ("taken_by", ColumnForm.Text),
                ("reference", ColumnForm.Text), ("receipt", ColumnForm.Text), ("posted_at", ColumnForm.Instant),
                ("balance_after", ColumnForm.Number),
            ]),
        new(
            JournalKind.DayLine,
            "day_charge",
            "t.account = j.subject AND t.day = j.day",
            "-1",
            [
                ("account", ColumnForm.Number), ("day", ColumnForm.Day), ("closes_through", ColumnForm.Instant),
                ("exact", ColumnForm.Number), ("posted", ColumnForm.Number), ("carry", ColumnForm.Number),
                ("average_day", ColumnForm.Number),
            ]),
        new(
            JournalKind.AccrualCorrection,
            "accrual_correction",
            "t.account = j.subject AND t.seq = j.seq",
            "-1",
            [
                ("account", ColumnForm.Number), ("day", ColumnForm.Day), ("closed_through", ColumnForm.Day),
                ("delta", ColumnForm.Number), ("posted", ColumnForm.Number),
            ]),
        new(
            JournalKind.TariffLine,
            "day_line",
            "t.account = j.subject AND t.day = j.day AND t.line = j.key",
            "-1",
            [
                ("account", ColumnForm.Number), ("day", ColumnForm.Day), ("line", ColumnForm.Text),
                ("exact", ColumnForm.Number), ("posted", ColumnForm.Number),
            ]),
    ];

    public object?[] ValuesOf(SqlRow row, int first)
    {
        var values = new object?[Columns.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var column = first + i;
            if (row.IsNull(column)) continue;
            values[i] = Columns[i].Form switch
            {
                ColumnForm.Number => row.Long(column),
                ColumnForm.Instant => row.Instant(column).UnixMicros,
                ColumnForm.Day => row.DayNumber(column),
                _ => row.Text(column),
            };
        }

        return values;
    }
}

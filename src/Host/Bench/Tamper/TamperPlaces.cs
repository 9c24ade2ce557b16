using Meters.Billing.Journal;
using Meters.Host.Audit;

namespace Meters.Host.Bench.Tamper;

/// <summary>What the audit must say about a row that was tampered with: the very row, or its two neighbours.</summary>
internal sealed class TamperPlaces
{
    private readonly Dictionary<string, object?[]> _rows = new(StringComparer.Ordinal);
    private readonly List<(long Account, long From, long Through, List<object?[]> Rows)> _days = [];

    public TamperPlaces(TamperImage image)
    {
        foreach (var table in TamperTable.All)
        {
            foreach (var row in image.Rows(table.Name)) _rows[$"{table.Name}|{table.KeyOf(row)}"] = row;
        }

        var windows = new Dictionary<(long, long), DayProof>();
        foreach (var link in image.Rows(TamperTable.Journal).Where(r => r[6] is not null).OrderBy(r => (long)r[1]!))
        {
            if (DayProof.TryRead((byte[])link[6]!, out var proof)) windows[((long)link[3]!, (long)link[4]!)] = proof;
        }

        var readings = image.Rows(TamperTable.Reading)
            .Select(r => (Row: r, Owner: image.OwnerOf((long)r[0]!))).ToList();
        foreach (var ((account, _), proof) in windows)
        {
            var (from, through) = (proof.From.UnixMicros, proof.Through.UnixMicros);
            _days.Add((account, from, through,
            [
                .. readings.Where(r => r.Owner == account && (long)r.Row[1]! > from && (long)r.Row[1]! <= through)
                    .Select(r => r.Row).OrderBy(r => (long)r[0]!).ThenBy(r => (long)r[1]!),
            ]));
        }

        ClosedTo = _days.Max(d => d.Through);
    }

    private long ClosedTo { get; }

    public bool IsClosed(object?[] reading) => (long)reading[1]! <= ClosedTo;

    /// <summary>The row that a link names; null for one that stands alone.</summary>
    public (TamperTable Table, object?[] Row)? RowOf(object?[] link)
    {
        var (name, key) = (JournalKind)(long)link[2]! switch
        {
            JournalKind.LedgerEntry => (TamperTable.Ledger, $"{link[0]}|{link[3]}"),
            JournalKind.Payment => (TamperTable.Payment, $"{link[5]}"),
            JournalKind.DayLine => (TamperTable.DayCharge, $"{link[3]}|{link[4]}"),
            JournalKind.AccrualCorrection => (TamperTable.Correction, $"{link[1]}"),
            _ => ("", ""),
        };
        return name.Length == 0 ? null : (TamperTable.Of(name), _rows[$"{name}|{key}"]);
    }

    public static string Of(TamperTable table, object?[] row) => table.Name switch
    {
        TamperTable.Ledger => Places.Entry((long)row[0]!, row[1]),
        TamperTable.Payment => Places.Payment(row[0]),
        TamperTable.DayCharge => Places.Line(row[0], row[1]),
        TamperTable.Correction => Places.Correction(row[1], row[2]),
        TamperTable.Reading => Places.Reading((long)row[0]!, (long)row[1]!),
        TamperTable.Journal => Places.Link(unchecked((int)(long)row[0]!), (long)row[1]!),
        _ => Places.Shard((int)(long)row[0]!),
    };

    public static Func<AuditFinding, bool> NamesNew(TamperTable table, object?[] row)
    {
        var where = Of(table, row);
        // A link put in behind the last one, or after a gap, is named as a range.
        var seq = table.Name == TamperTable.Journal ? (long)row[1]! : -1;
        return f => f.Where == where || (seq >= 0 && f.Links is { } range && range.First <= seq && seq <= range.Last);
    }

    /// <param name="table">Where.</param>
    /// <param name="before">The row.</param>
    /// <param name="after">What became of it; null is gone.</param>
    public Func<AuditFinding, bool> Names(TamperTable table, object?[] before, object?[]? after)
    {
        var where = Of(table, before);
        if (table.Name == TamperTable.Journal)
        {
            var (shard, seq) = ((long)before[0]!, (long)before[1]!);
            return f => f.Where == where || f.Beside == where
                || (f.Links is { } range && range.Shard == shard && range.First <= seq && seq <= range.Last);
        }

        if (table.Name != TamperTable.Reading || (after is not null && table.KeyOf(after) == table.KeyOf(before)))
        {
            return f => f.Where == where;
        }

        // Gone from its place: between its neighbours of the same day, or changed where it stands now.
        var (previous, next) = NeighboursOf(table, before);
        var moved = after is null ? null : Of(table, after);
        return f => (f.Where == (previous ?? next) && f.Beside is not null && (next is null || previous is null
            || f.Beside == next)) || (previous is null && next is null && f.Check == "day_rows") || f.Where == moved;
    }

    private (string? Previous, string? Next) NeighboursOf(TamperTable table, object?[] row)
    {
        var rows = _days.Find(d => d.Rows.Contains(row)).Rows;
        if (rows is null) return (null, null);
        var at = rows.IndexOf(row);
        return (
            at > 0 ? Of(table, rows[at - 1]) : null,
            at < rows.Count - 1 ? Of(table, rows[at + 1]) : null);
    }
}

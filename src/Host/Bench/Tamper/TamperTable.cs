namespace Meters.Host.Bench.Tamper;

/// <summary>A table of a journal's image in memory: columns by name, rows of long, string, byte[] or null.</summary>
/// <param name="Name">As in the store.</param>
/// <param name="Columns">As in the store.</param>
/// <param name="Key">How many of the first columns are the key.</param>
public sealed record TamperTable(string Name, string[] Columns, int Key)
{
    public const string Ledger = "ledger";
    public const string Payment = "payment";
    public const string DayCharge = "day_charge";
    public const string Correction = "accrual_correction";
    public const string Reading = "reading";
    public const string Journal = "journal";
    public const string Shard = "shard";

    /// <summary>Instants and days are numbers, as SQLite keeps them.</summary>
    public static readonly IReadOnlyList<TamperTable> All =
    [
        new(
            Ledger,
            [
                "shard", "id", "posted_at", "day", "account", "debit", "credit", "amount", "kind", "payment_key",
                "group_id", "reverses", "corrects_day", "line",
            ],
            2),
        new(
            Payment,
            [
                "key", "account", "amount", "currency", "channel", "taken_by", "reference", "receipt", "posted_at",
                "balance_after",
            ],
            1),
        new(DayCharge, ["account", "day", "closes_through", "exact", "posted", "carry", "average_day"], 2),
        new(Correction, ["seq", "account", "day", "closed_through", "delta", "posted"], 1),
        new(Reading, ["channel", "at", "register", "charge", "quality", "frame_id"], 2),
        new(Journal, ["shard", "seq", "kind", "subject", "day", "key", "proof", "tag", "hash"], 2),
        new(Shard, ["shard", "journal_seq", "journal_hash", "closes_through"], 1),
    ];

    public static TamperTable Of(string name) => All.First(t => t.Name == name);

    public int Index(string column) => Array.IndexOf(Columns, column);

    /// <summary>The row's key as one text.</summary>
    public string KeyOf(object?[] row) => string.Join('|', row.Take(Key));
}

/// <summary>A change of one row: before and after; null is not there.</summary>
public sealed record TamperStep(TamperTable Table, object?[]? Before, object?[]? After);

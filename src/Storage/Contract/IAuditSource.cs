namespace Meters.Storage.Contract;

/// <summary>
/// Rows as they stand, in plain numbers and texts and without any belief in them: instants are microseconds since 1970,
/// days are days since 1970-01-01. One stream or call at a time.
/// </summary>
public interface IAuditSource
{
    Task<IReadOnlyList<ShardHead>> HeadsAsync();

    /// <summary>Links of a shard in order of position, each with the row that it names.</summary>
    IAsyncEnumerable<LinkedRow> LinksAsync(int shard);

    /// <summary>Shards that have links.</summary>
    Task<IReadOnlyList<int>> LinkedShardsAsync();

    /// <summary>Rows of linked tables that no link names.</summary>
    IAsyncEnumerable<AuditRow> UnlinkedAsync();

    /// <summary>Accounts in order, each with all that its balance is made of.</summary>
    IAsyncEnumerable<AuditAccount> AccountsAsync();

    /// <summary>Readings whose meter is not registered; at most <paramref name="max"/>.</summary>
    Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max);

    /// <summary>All balances by the SQL view; null where there is none.</summary>
    Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync();

    Task<RegistryImage> RegistryAsync();

    /// <summary>Those of the raw frames that are still kept, by id.</summary>
    Task<IReadOnlyDictionary<long, RawFrame>> FramesAsync(IReadOnlyList<long> ids);
}

/// <param name="Kind">Kind of link that covers it, a <see cref="Meters.Billing.Journal.JournalKind"/>.</param>
/// <param name="Shard">Shard, where the table says it; else -1.</param>
/// <param name="Values">Columns in the order of docs/journal.md: long, string or null.</param>
public sealed record AuditRow(long Kind, int Shard, object?[] Values);

/// <param name="Link">The link as it stands.</param>
/// <param name="Row">Null: it is not there.</param>
public sealed record LinkedRow(StoredLink Link, AuditRow? Row);

/// <summary>A <see cref="Meters.Billing.Journal.JournalLink"/> as it stands.</summary>
public sealed record StoredLink(
    long Seq, long Kind, long Subject, long? Day, string? Key, byte[]? Proof, long Tag, byte[] Hash);

/// <summary>Everything that an account's balance is made of.</summary>
public sealed record AuditAccount(long Id, int Shard, string Tariff)
{
    /// <summary>Steps of its tariff's charges in a minor unit.</summary>
    public long PerMinor { get; init; } = 10_000_000_000;

    public List<AuditEntry> Entries { get; init; } = [];

    /// <summary>Key and amount.</summary>
    public List<(string Key, long Amount)> Payments { get; init; } = [];

    /// <summary>In order of day.</summary>
    public List<AuditLine> Lines { get; init; } = [];

    /// <summary>The same by line of the tariff, where it has several; in order of day.</summary>
    public List<AuditDayLine> DayLines { get; init; } = [];

    public List<AuditCorrection> Corrections { get; init; } = [];

    /// <summary>In order of channel and instant.</summary>
    public List<AuditReading> Readings { get; init; } = [];

    /// <summary>The last one of each day, in order of day.</summary>
    public List<AuditProof> Proofs { get; init; } = [];

    public AuditSnapshot? Snapshot { get; set; }

    /// <summary>Channel and the instant up to which its readings are in the snapshot.</summary>
    public List<(long Channel, long LastAt)> ChannelSnapshots { get; init; } = [];
}

public readonly record struct AuditEntry(
    int Shard, long Id, long Day, long Debit, long Credit, long Amount, long Kind, string? PaymentKey)
{
    /// <summary>Line of the tariff.</summary>
    public string? Line { get; init; }

    public long? CorrectsDay { get; init; }
}

public readonly record struct AuditLine(long Day, long ClosesThrough, long Exact, long Posted, long Carry);

public readonly record struct AuditDayLine(long Day, string Line, long Exact, long Posted);

/// <param name="Posted">What entries of its own posted of it, minor units.</param>
public readonly record struct AuditCorrection(long Day, long ClosedThrough, long Delta, long Posted);

public readonly record struct AuditReading(
    long Channel, long At, long Register, long Charge, long Quality, long Frame);

public readonly record struct AuditProof(long Seq, long Day, byte[]? Bytes);

public readonly record struct AuditSnapshot(
    long EntryId, long Journal, long AccruedOpen, long AccruedNext, long ClosedThrough);

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

    /// <summary>
    /// Accounts in the order asked for, some at a time, each with all that its balance is made of; those that are not
    /// there are passed over.
    /// </summary>
    IAsyncEnumerable<IReadOnlyList<AuditAccount>> AccountsAsync(IReadOnlyList<long> ids);

    /// <summary>
    /// What concerns no registered customer, as account 0: money in suspense, what is done with it, what agents and
    /// tills hand over, and whatever names an account that is not there.
    /// </summary>
    Task<AuditAccount> HouseAsync();

    /// <summary>Operations with two halves, transfers and releases, in order of request.</summary>
    Task<IReadOnlyList<AuditOperation>> TwoHalvesAsync();

    /// <summary>Readings whose meter is not registered; at most <paramref name="max"/>.</summary>
    Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max);

    /// <summary>Balances by the SQL view; null where there is none.</summary>
    /// <param name="accounts">Whose; null for all.</param>
    Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync(IReadOnlyList<long>? accounts);

    Task<RegistryImage> RegistryAsync();

    /// <summary>Those of the raw frames that are still kept, by id.</summary>
    Task<IReadOnlyDictionary<long, RawFrame>> FramesAsync(IReadOnlyList<long> ids);

    /// <summary>Raw frames in order of id.</summary>
    /// <param name="after">Those with a larger id.</param>
    /// <param name="since">Received then or later, microseconds since 1970.</param>
    /// <param name="max">At most so many.</param>
    Task<IReadOnlyList<RawFrame>> FramesAfterAsync(long after, long since, int max);

    /// <summary>Readings of some channels at one instant.</summary>
    Task<IReadOnlyList<AuditReading>> ReadingsAtAsync(long at, IReadOnlyList<long> channels);

    /// <summary>Items of the quarantine that came in some frames.</summary>
    Task<IReadOnlyList<AuditQuarantine>> QuarantinedAsync(IReadOnlyList<long> frames);
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

    /// <summary>Its policy's id.</summary>
    public string Policy { get; init; } = "";

    /// <summary>In order of shard and id.</summary>
    public List<AuditEntry> Entries { get; init; } = [];

    public List<AuditPayment> Payments { get; init; } = [];

    /// <summary>Those that it asked for or that concern it; of two halves, the first.</summary>
    public List<AuditOperation> Operations { get; init; } = [];

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

    /// <summary>Whose.</summary>
    public long Account { get; init; }

    /// <summary>Id of the first entry that was posted with it.</summary>
    public long Group { get; init; } = Id;

    /// <summary>The entry that it takes back.</summary>
    public long? Reverses { get; init; }

    public long PostedAt { get; init; }
}

/// <param name="Key">The caller's.</param>
/// <param name="Account">Whose it was to be, as its payer said.</param>
/// <param name="Amount">Minor units.</param>
public sealed record AuditPayment(string Key, long Account, long Amount)
{
    public string Currency { get; init; } = "";

    public long Channel { get; init; }

    public long Tender { get; init; }

    /// <summary>Shard, dash, first entry.</summary>
    public string Receipt { get; init; } = "";

    public long PostedAt { get; init; }

    /// <summary>How it was divided, as stored; null in rows of an earlier version.</summary>
    public string? Split { get; init; }

    /// <summary>The day that it is booked to; null in rows of an earlier version.</summary>
    public long? Day { get; init; }
}

/// <summary>A row of the operations; enumerations by their numbers.</summary>
public sealed record AuditOperation(string Key, long Kind, long State, int Shard, long Account, long Amount)
{
    public long? Other { get; init; }

    public long? Sub { get; init; }

    /// <summary>Key of the payment that it is about.</summary>
    public string? Target { get; init; }

    /// <summary>Its first entry in <see cref="Shard"/>.</summary>
    public long? Group { get; init; }
}

/// <summary>An item of the quarantine; null for what it does not name.</summary>
public readonly record struct AuditQuarantine(long Frame, string Kind, long? Point, long? Channel, long? At);

public readonly record struct AuditLine(long Day, long ClosesThrough, long Exact, long Posted, long Carry);

public readonly record struct AuditDayLine(long Day, string Line, long Exact, long Posted);

/// <param name="Posted">What entries of its own posted of it, minor units.</param>
/// <param name="Lines">The same by line of the tariff, as it is stored; empty where all of it is of one line.</param>
public readonly record struct AuditCorrection(
    long Day, long ClosedThrough, long Delta, long Posted, string Lines = "");

public readonly record struct AuditReading(
    long Channel, long At, long Register, long Charge, long Quality, long Frame);

public readonly record struct AuditProof(long Seq, long Day, byte[]? Bytes);

public readonly record struct AuditSnapshot(
    long EntryId, long Journal, long AccruedOpen, long AccruedNext, long ClosedThrough);

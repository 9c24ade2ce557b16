using Meters.Billing.Accounts;
using Meters.Billing.Journal;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>The one writer of one shard. Used by one thread of control at a time.</summary>
public interface IShardStore : IAsyncDisposable
{
    int Shard { get; }

    long Epoch { get; }

    /// <summary>
    /// Everything in the commit, or nothing; durable when it returns. Also within the same transaction: the epoch is
    /// checked; each paid account's fence rises, its queued cuts by policy are cancelled and its case woken; each
    /// woken case becomes due; and the shard's chain is extended by what is history in it (docs/journal.md). When it
    /// throws <see cref="StoreUnavailableException"/> the outcome is unknown: reload before going on.
    /// </summary>
    /// <exception cref="ShardFencedException">The shard has a newer owner; nothing is stored.</exception>
    /// <exception cref="PaymentKeyRaceException">A payment key is posted already; nothing is stored.</exception>
    /// <exception cref="InvalidDataException">A charge change is about no stored reading; nothing is
    /// stored.</exception>
    /// <exception cref="ArgumentException">
    /// The commit contradicts itself: an entry of another shard, a journal line of a day that it does not close.
    /// </exception>
    Task CommitAsync(ShardCommit commit, CancellationToken stopping);

    /// <summary>Accounts of the shard with all that their positions need, in order of account.</summary>
    IAsyncEnumerable<AccountImage> LoadAccountsAsync(CancellationToken stopping);

    /// <summary>Channel snapshots of the shard's meters, in order of channel.</summary>
    IAsyncEnumerable<ChannelSnapshot> LoadChannelsAsync(CancellationToken stopping);

    /// <summary>
    /// Stored readings of the shard's meters that lie after their channel's snapshot (all, where it or its account has
    /// none), in order of channel and instant.
    /// </summary>
    IAsyncEnumerable<RatedReading> LoadReadingsAfterSnapshotAsync(CancellationToken stopping);

    /// <summary>Instants of the shard's channels at which a reading stands that is not rated.</summary>
    IAsyncEnumerable<(ChannelId Channel, Instant At)> LoadUnratedAsync(CancellationToken stopping);

    /// <summary>
    /// The shard's closed day (null before the first close) and the last ledger entry id (0 before the first).
    /// </summary>
    Task<(ServiceDay? ClosedThrough, long LastEntryId)> LoadProgressAsync(CancellationToken stopping);

    /// <summary>
    /// Readings of a channel from the last rated one before <paramref name="from"/> up to and including <paramref
    /// name="to"/>, ascending.
    /// </summary>
    Task<IReadOnlyList<RatedReading>> ReadChannelAsync(
        ChannelId channel, Instant from, Instant to, CancellationToken stopping);

    /// <summary>
    /// What is stored of an account's closed days from the one before <paramref name="from"/> on, with the corrections
    /// of those days and those made since the first of them was the last closed.
    /// </summary>
    Task<AccountDays> ReadDaysAsync(AccountId account, ServiceDay from, CancellationToken stopping);

    /// <summary>Those of the keys that are posted already, in any shard.</summary>
    Task<IReadOnlyList<PaymentRecord>> FindPaymentsAsync(IReadOnlyList<string> keys, CancellationToken stopping);

    /// <summary>Operations of these keys, whichever shard posted them.</summary>
    Task<IReadOnlyList<OperationRecord>> FindOperationsAsync(
        IReadOnlyList<string> keys, CancellationToken stopping);

    /// <summary>Operations about the payments of these keys that were not declined.</summary>
    Task<IReadOnlyList<OperationRecord>> FindOperationsOnAsync(
        IReadOnlyList<string> payments, CancellationToken stopping);

    /// <summary>Entries of a group of this shard, in order of id.</summary>
    Task<IReadOnlyList<LedgerEntry>> FindGroupAsync(long group, CancellationToken stopping);

    /// <summary>
    /// Sums of the entries of each account that has a sub-account, and what was recovered of debts day by day.
    /// </summary>
    Task<SubAccountImages> LoadSubAccountsAsync(ServiceDay recoveredFrom, CancellationToken stopping);

    /// <summary>How accounts stood with late fees at the last close, and entries of days after the open one.</summary>
    Task<LateFeeImages> LoadLateFeesAsync(CancellationToken stopping);

    /// <summary>
    /// What is kept already of these frames: after a commit of unknown outcome, so that the same work keeps nothing
    /// twice.
    /// </summary>
    Task<KeptFrames> FindKeptAsync(IReadOnlyList<FrameId> frames, CancellationToken stopping);
}

/// <param name="Frames">Those whose raw bytes are stored, of unregistered terminals too.</param>
/// <param name="Quarantined">Items of any of the frames asked for.</param>
public sealed record KeptFrames(IReadOnlySet<FrameId> Frames, IReadOnlySet<QuarantineItem> Quarantined);

/// <param name="Sums">In order of account; nothing is said of weeks.</param>
/// <param name="Recovered">In order of account and day; less what was reversed.</param>
public sealed record SubAccountImages(
    IReadOnlyList<(AccountId Account, SubAccounts Subs)> Sums,
    IReadOnlyList<(AccountId Account, ServiceDay Day, Money Amount)> Recovered);

/// <param name="Fees">Of the last closed day, in order of account and line.</param>
/// <param name="Later">In order of account and day.</param>
public sealed record LateFeeImages(IReadOnlyList<LateFee> Fees, IReadOnlyList<LaterEntries> Later);

/// <summary>An account as recovery needs it.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Snapshot">Null when it never had one: then journal sums start at zero.</param>
/// <param name="PaidAfter">Sum of the payment entries after the snapshot, signed for the customer.</param>
/// <param name="ChargedAfter">
/// Sum of the energy charge entries after the snapshot, signed for the customer (negative as a rule).
/// </param>
/// <param name="LastPurchaseAfter">The last payment after the snapshot, if any.</param>
/// <param name="Thresholds">Crossed thresholds and arm number.</param>
public sealed record AccountImage(
    AccountId Account,
    AccountSnapshot? Snapshot,
    Money PaidAfter,
    Money ChargedAfter,
    Money? LastPurchaseAfter,
    ThresholdState Thresholds)
{
    /// <summary>It has no snapshot, and its last closed day says where it stands.</summary>
    public bool NeedsDays { get; init; }
}

/// <summary>A raw frame to keep.</summary>
public readonly record struct RawFrame(
    FrameId Id, TerminalAddress Terminal, Instant ReceivedAt, ReadOnlyMemory<byte> Bytes);

/// <summary>Something that arrived and cannot be used as it is: kept where an operator finds it.</summary>
/// <param name="Frame">Its raw frame, stored in the same commit.</param>
/// <param name="Terminal">Who sent it.</param>
/// <param name="ReceivedAt">Program's clock.</param>
/// <param name="Kind">The typed reason, in snake case: unknown_fn, conflict, register_fell ...</param>
/// <param name="Point">Measuring point, if known.</param>
/// <param name="Function">Fn, if known.</param>
/// <param name="Channel">Meter and register, if known.</param>
/// <param name="At">Instant of the datum, if known.</param>
/// <param name="Value">The value, tenths of a watt-hour, if known.</param>
/// <param name="Detail">One plain sentence.</param>
public sealed record QuarantineItem(
    FrameId Frame,
    TerminalAddress Terminal,
    Instant ReceivedAt,
    string Kind,
    int? Point,
    int? Function,
    ChannelId? Channel,
    Instant? At,
    long? Value,
    string Detail);

/// <summary>
/// One transaction of a shard's writer. Filled, committed, cleared, filled again: the lists keep their memory.
/// </summary>
public sealed class ShardCommit
{
    /// <summary>Frames of one unregistered address that are kept; older ones go.</summary>
    public const int UnregisteredFramesPerAddressMax = 100;

    /// <summary>Program's clock at the commit.</summary>
    public Instant At { get; set; }

    public List<RawFrame> Frames { get; } = [];

    /// <summary>New rows only: the writer has already removed what is stored.</summary>
    public List<RatedReading> Readings { get; } = [];

    /// <summary>
    /// Rows that stand already and whose register, charge, quality and frame are replaced: by a better value, by a
    /// person, or by the mark that they are disputed.
    /// </summary>
    public List<RatedReading> Replacements { get; } = [];

    public List<ChargeChange> ChargeChanges { get; } = [];

    /// <summary>Rows of this commit or before that stand and are not rated: see <see cref="ReadingQuality"/>.</summary>
    public List<(ChannelId Channel, Instant At)> Unrated { get; } = [];

    /// <summary>Rows that may have been unrated before and are not any more.</summary>
    public List<(ChannelId Channel, Instant At)> RatedAgain { get; } = [];

    public List<AccrualCorrection> Corrections { get; } = [];

    public List<QuarantineItem> Quarantine { get; } = [];

    /// <summary>Frames of terminals that are not registered: kept, bounded per address, never confirmed.</summary>
    public List<RawFrame> Unregistered { get; } = [];

    public List<PaymentRecord> Payments { get; } = [];

    /// <summary>Conflicts, holds and what persons decided about readings.</summary>
    public ReadingWork Work { get; } = new();

    public List<LedgerEntry> Entries { get; } = [];

    /// <summary>New ones; a key that another shard has used meanwhile fails the commit.</summary>
    public List<OperationRecord> Operations { get; } = [];

    /// <summary>Stored ones that move on: state, who approved, when, group and balance.</summary>
    public List<OperationRecord> OperationMoves { get; } = [];

    /// <summary>
    /// Accounts that got money otherwise than by a payment: their queued cuts are void too, their fence rises.
    /// </summary>
    public HashSet<AccountId> Credited { get; } = [];

    /// <summary>Accounts whose queued cuts by policy this commit voids.</summary>
    public HashSet<AccountId> Paid()
    {
        var paid = Payments.Where(payment => !payment.Split.IsSuspense).Select(payment => payment.Order.Account);
        return [.. paid, .. Credited];
    }

    public List<Crossing> Crossings { get; } = [];

    /// <summary>Replaces the stored state of each account named.</summary>
    public List<ThresholdState> Thresholds { get; } = [];

    /// <summary>
    /// Cases that Control must look at: their DueAt becomes <see cref="At"/> if it is later, their revision rises.
    /// </summary>
    public HashSet<AccountId> Wake { get; } = [];

    /// <summary>
    /// Journal lines of the day that this commit closes; the ledger entries are in <see cref="Entries"/>.
    /// </summary>
    public List<DayCharge> DayCharges { get; } = [];

    /// <summary>The same by line, for tariffs that have several.</summary>
    public List<DayLine> DayLines { get; } = [];

    /// <summary>How accounts stand with late fees at the end of the day that this commit closes.</summary>
    public List<LateFee> LateFees { get; } = [];

    /// <summary>
    /// The day that this commit closes; the first commit of a shard sets it without lines, as the beginning.
    /// </summary>
    public ServiceDay? ClosesDay { get; set; }

    /// <summary>
    /// Set together with <see cref="ClosesDay"/>: the instant at which that day ends. Readings after it are not in the
    /// journal.
    /// </summary>
    public Instant? ClosesThrough { get; set; }

    /// <summary>
    /// Closed days of which this commit adds or changes a reading: their readings are proven anew. Each at most once.
    /// </summary>
    public List<DayWindow> ChangedDays { get; } = [];

    /// <summary>Replace the stored snapshots of the accounts and channels named.</summary>
    public List<AccountSnapshot> AccountSnapshots { get; } = [];

    public List<ChannelSnapshot> ChannelSnapshots { get; } = [];

    public bool IsEmpty =>
        Frames.Count == 0 && Readings.Count == 0 && Replacements.Count == 0 && ChargeChanges.Count == 0
        && Corrections.Count == 0 && Unrated.Count == 0 && RatedAgain.Count == 0 && Work.IsEmpty
        && Quarantine.Count == 0 && Unregistered.Count == 0 && Payments.Count == 0 && Entries.Count == 0
        && Operations.Count == 0 && OperationMoves.Count == 0 && Credited.Count == 0
        && Crossings.Count == 0 && Thresholds.Count == 0 && Wake.Count == 0
        && DayCharges.Count == 0 && DayLines.Count == 0 && LateFees.Count == 0
        && ChangedDays.Count == 0
        && ClosesDay is null && AccountSnapshots.Count == 0 && ChannelSnapshots.Count == 0;

    public void Clear()
    {
        Frames.Clear();
        Readings.Clear();
        Replacements.Clear();
        ChargeChanges.Clear();
        Unrated.Clear();
        RatedAgain.Clear();
        Corrections.Clear();
        Work.Clear();
        Quarantine.Clear();
        Unregistered.Clear();
        Payments.Clear();
        Entries.Clear();
        Operations.Clear();
        OperationMoves.Clear();
        Credited.Clear();
        Crossings.Clear();
        Thresholds.Clear();
        Wake.Clear();
        DayCharges.Clear();
        DayLines.Clear();
        LateFees.Clear();
        ChangedDays.Clear();
        AccountSnapshots.Clear();
        ChannelSnapshots.Clear();
        (ClosesDay, ClosesThrough) = (null, null);
    }
}

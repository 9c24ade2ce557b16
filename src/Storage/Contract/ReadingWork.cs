using Meters.Billing.Validation;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>Who closed an item of a work queue, when, and why.</summary>
/// <param name="By">A person; the system, where a better value settled it.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Note">In the person's words.</param>
public sealed record Closing(PersonId By, Instant At, string Note);

/// <param name="Id">In order of finding.</param>
/// <param name="Finding">What was found.</param>
/// <param name="RaisedAt">When.</param>
/// <param name="Closed">Null while it is open.</param>
public sealed record StoredFinding(long Id, Finding Finding, Instant RaisedAt, Closing? Closed);

/// <summary>Two values of equal rank for one instant of a register: neither is rated.</summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="At">The instant.</param>
/// <param name="Quality">Of both.</param>
/// <param name="FirstValue">The one that came first, on the meter's own side.</param>
/// <param name="FirstFrame">Its raw frame.</param>
/// <param name="SecondValue">The one that came against it.</param>
/// <param name="SecondFrame">Its raw frame.</param>
/// <param name="RaisedAt">Program's clock.</param>
public sealed record ReadingConflict(
    ChannelId Channel,
    Instant At,
    ReadingQuality Quality,
    Energy FirstValue,
    FrameId FirstFrame,
    Energy SecondValue,
    FrameId SecondFrame,
    Instant RaisedAt);

/// <summary>How a conflict was settled. Stored: never renumber.</summary>
public enum ConflictChoice : byte
{
    /// <summary>The value that came first.</summary>
    First = 1,

    /// <summary>The value that came against it.</summary>
    Second = 2,

    /// <summary>A value that a person entered.</summary>
    Edited = 3,

    /// <summary>No value: the instant is taken out.</summary>
    Neither = 4,

    /// <summary>A value of better rank came.</summary>
    Better = 5,
}

/// <summary>Settles every open conflict of a register's instant.</summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="At">The instant.</param>
/// <param name="Choice">How.</param>
/// <param name="Chosen">The value that stands now; null for <see cref="ConflictChoice.Neither"/>.</param>
/// <param name="Closed">Who, when, why.</param>
public sealed record ConflictDecision(
    ChannelId Channel, Instant At, ConflictChoice Choice, Energy? Chosen, Closing Closed);

/// <param name="Id">In order of arrival.</param>
/// <param name="Conflict">The two values.</param>
/// <param name="Choice">Null while it is open.</param>
/// <param name="Chosen">The value that stands since.</param>
/// <param name="Closed">Null while it is open.</param>
public sealed record StoredConflict(
    long Id, ReadingConflict Conflict, ConflictChoice? Choice, Energy? Chosen, Closing? Closed);

/// <summary>Nothing of the meter after an instant is rated. At most one stands per meter.</summary>
/// <param name="Meter">Whose.</param>
/// <param name="From">Readings after this wait.</param>
/// <param name="Reason">In snake case: register_fell, by_person ...</param>
/// <param name="Detail">One plain sentence.</param>
/// <param name="SetBy">A person, or the system.</param>
/// <param name="SetAt">Program's clock.</param>
public sealed record BillingHold(
    MeterId Meter, Instant From, string Reason, string Detail, PersonId SetBy, Instant SetAt);

/// <summary>Ends the meter's standing hold.</summary>
public sealed record HoldLift(MeterId Meter, Closing Closed);

/// <param name="Id">In order of setting.</param>
/// <param name="Hold">What holds.</param>
/// <param name="Lifted">Null while it stands.</param>
public sealed record StoredHold(long Id, BillingHold Hold, Closing? Lifted);

/// <summary>A person let an item of the quarantine go on.</summary>
/// <param name="Item">Its number.</param>
/// <param name="Outcome">What became of it, in snake case: rated, conflict ...</param>
/// <param name="Closed">Who, when, why.</param>
public sealed record QuarantineRelease(long Item, string Outcome, Closing Closed);

/// <param name="Id">In order of arrival.</param>
/// <param name="Item">What it is.</param>
/// <param name="Release">Null while nobody let it go on.</param>
public sealed record QuarantineRow(long Id, QuarantineItem Item, QuarantineRelease? Release);

/// <summary>A stretch that was estimated; the same channel and start again replaces it.</summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="From">The value before it.</param>
/// <param name="To">The value after it; its last hour, where there is none.</param>
/// <param name="Hours">Hours that had no value.</param>
/// <param name="Method">In snake case: own_profile, straight_line, open_end.</param>
/// <param name="MadeAt">Program's clock.</param>
/// <param name="Frame">The document that says so, among the raw frames.</param>
public sealed record EstimateRecord(
    ChannelId Channel, Instant From, Instant To, int Hours, string Method, Instant MadeAt, FrameId Frame);

/// <summary>A register that lives on estimates.</summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="Hours">Estimated hours that stand, since the instant asked for.</param>
/// <param name="First">The first of them.</param>
/// <param name="LastActual">Its last true value since then; null without one.</param>
public sealed record ProlongedEstimate(ChannelId Channel, long Hours, Instant First, Instant? LastActual);

/// <summary>What a commit of a shard's writer does to the work queues of readings.</summary>
public sealed class ReadingWork
{
    /// <summary>Kept once for the same instant and values, in whichever order these came.</summary>
    public List<ReadingConflict> Conflicts { get; } = [];

    public List<ConflictDecision> Decisions { get; } = [];

    /// <summary>Passed over where one stands for the meter.</summary>
    public List<BillingHold> Holds { get; } = [];

    public List<HoldLift> Lifts { get; } = [];

    /// <summary>The first release of an item is the one that is kept.</summary>
    public List<QuarantineRelease> Releases { get; } = [];

    public List<EstimateRecord> Estimates { get; } = [];

    /// <summary>What the writer itself found; the same again while it is open only renews it.</summary>
    public List<Finding> Findings { get; } = [];

    public bool IsEmpty =>
        Conflicts.Count == 0 && Decisions.Count == 0 && Holds.Count == 0 && Lifts.Count == 0 && Releases.Count == 0
        && Estimates.Count == 0 && Findings.Count == 0;

    public void Clear()
    {
        Conflicts.Clear();
        Decisions.Clear();
        Holds.Clear();
        Lifts.Clear();
        Releases.Clear();
        Estimates.Clear();
        Findings.Clear();
    }
}

using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>What to do anew with one channel.</summary>
/// <param name="Channel">Which.</param>
public sealed record RerateWork(ChannelId Channel)
{
    /// <summary>Readings that <see cref="ShardBook.Apply"/> left to be rated with what is stored.</summary>
    public IReadOnlyList<Reading> Late { get; init; } = [];

    /// <summary>What persons say about instants; they go after the readings and outrank them.</summary>
    public IReadOnlyList<ReadingEdit> Edits { get; init; } = [];

    /// <summary>Rate anew from here on, though no value changed: the terms did.</summary>
    public Instant? From { get; init; }
}

/// <summary>
/// What late readings and corrections of one channel led to. All of it belongs into one commit, together with new
/// snapshots of the account and its channels: rows before a snapshot are not replayed.
/// </summary>
public sealed class RerateResult
{
    /// <summary>
    /// Not null: nothing was changed, because the interval that a late reading cuts reaches back into an earlier
    /// accumulation period, or an estimate before it gives way. Load the channel from here and call again.
    /// </summary>
    public Instant? NeedsHistoryFrom { get; init; }

    /// <summary>New rows.</summary>
    public List<RatedReading> Inserted { get; } = [];

    /// <summary>
    /// Rows that stand already and whose value, quality and frame are replaced: by a reading of better quality, by a
    /// person, or because another value stands against it (then its charge is zero).
    /// </summary>
    public List<RatedReading> Replaced { get; } = [];

    /// <summary>Other rows whose charge is another now.</summary>
    public List<ChargeChange> Changed { get; } = [];

    public List<(Reading Reading, ReadingStatus Status)> Rejected { get; } = [];

    /// <summary>Edits that could not be taken.</summary>
    public List<(ReadingEdit Edit, ReadingStatus Status)> Refused { get; } = [];

    /// <summary>Late readings that stand already with the same value.</summary>
    public int Duplicates { get; set; }

    /// <summary>
    /// The channel whose tier position goes on from this one's, where that has moved: it is to be rated anew from its
    /// first reading, in the same commit.
    /// </summary>
    public RerateWork? AlsoRerate { get; set; }

    /// <summary>True where rows changed, so that snapshots belong into the commit.</summary>
    public bool HasChanges => Inserted.Count + Replaced.Count + Changed.Count > 0;
}

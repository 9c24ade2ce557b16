using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>
/// What late readings of one channel led to. All of it belongs into one commit, together with new snapshots of the
/// account and its channels: rows before a snapshot are not replayed.
/// </summary>
public sealed class RerateResult
{
    /// <summary>
    /// Not null: nothing was changed, because the interval that a late reading cuts reaches back into an earlier
    /// accumulation period. Load the channel from here and call again; once more is always enough.
    /// </summary>
    public Instant? NeedsHistoryFrom { get; init; }

    /// <summary>New rows.</summary>
    public List<RatedReading> Inserted { get; } = [];

    /// <summary>
    /// Rows that stand already and whose value, quality and frame are replaced by a reading of better quality.
    /// </summary>
    public List<RatedReading> Replaced { get; } = [];

    /// <summary>Other rows whose charge is another now.</summary>
    public List<ChargeChange> Changed { get; } = [];

    /// <summary>By closed day, ascending.</summary>
    public List<AccrualCorrection> Corrections { get; } = [];

    public List<(Reading Reading, ReadingStatus Status)> Rejected { get; } = [];

    /// <summary>Late readings that stand already with the same value.</summary>
    public int Duplicates { get; set; }
}

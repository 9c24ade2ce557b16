using Meters.Billing.Validation;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// The work queues of readings: findings of checks, conflicts, billing holds, what is released from quarantine, and
/// what lives on estimates. What concerns the book changes in a commit of its writer (<see cref="ReadingWork"/>);
/// findings do not, and change here. Lists are newest first and bounded by <c>max</c>.
/// </summary>
public interface IReadingWorkStore
{
    /// <summary>
    /// Keeps what is not kept yet: the same check, channel and beginning is the same finding. One that goes on and is
    /// open gets its new end, figures and sentence.
    /// </summary>
    /// <returns>How many are new.</returns>
    Task<int> RaiseAsync(IReadOnlyList<Finding> findings, Instant at, CancellationToken stopping);

    Task<IReadOnlyList<StoredFinding>> FindingsAsync(
        CheckKind? check, MeterId? meter, bool openOnly, int max, CancellationToken stopping);

    Task<WorkStatus> CloseFindingAsync(long id, Closing closing, CancellationToken stopping);

    Task<IReadOnlyList<StoredConflict>> ConflictsAsync(
        MeterId? meter, bool openOnly, int max, CancellationToken stopping);

    Task<StoredConflict?> FindConflictAsync(long id, CancellationToken stopping);

    Task<IReadOnlyList<StoredHold>> HoldsAsync(MeterId? meter, bool standingOnly, int max, CancellationToken stopping);

    Task<IReadOnlyList<QuarantineRow>> QuarantineAsync(
        string? kind, MeterId? meter, bool openOnly, int max, CancellationToken stopping);

    Task<QuarantineRow?> FindQuarantineAsync(long id, CancellationToken stopping);

    /// <summary>Registers with at least so many estimated hours that still stand, most hours first.</summary>
    Task<IReadOnlyList<ProlongedEstimate>> ProlongedAsync(
        Instant since, int hoursMin, int max, CancellationToken stopping);
}

public enum WorkStatus
{
    Done,

    /// <summary>There is no such item.</summary>
    Unknown,

    /// <summary>It was closed before; nothing changed.</summary>
    ClosedBefore,
}

using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// Changes of tariffs and policies on their way from a proposal to the version in force. What was proposed and every
/// step are kept as they are; the database itself refuses to alter them.
/// </summary>
public interface IChangeStore
{
    /// <summary>
    /// Keeps a proposal, with its first step. Null, and nothing kept, when <paramref name="openMax"/> proposals are
    /// open already.
    /// </summary>
    Task<ChangeRecord?> ProposeAsync(ChangeProposal proposal, int openMax, CancellationToken stopping);

    Task<ChangeRecord?> FindAsync(long id, CancellationToken stopping);

    /// <summary>Newest first; <paramref name="state"/> null means all.</summary>
    Task<IReadOnlyList<ChangeRecord>> ListAsync(ChangeState? state, int max, CancellationToken stopping);

    /// <summary>What was done about a change, in order.</summary>
    Task<IReadOnlyList<ChangeStep>> StepsAsync(long id, CancellationToken stopping);

    /// <summary>All that are approved and not yet in force, by the instant from which they hold.</summary>
    Task<IReadOnlyList<ChangeRecord>> ScheduledAsync(CancellationToken stopping);

    /// <summary>Moves a change on, with its step, if it is still in the state expected; false if not.</summary>
    Task<bool> MoveAsync(ChangeMove move, CancellationToken stopping);

    /// <summary>
    /// Proposed becomes Scheduled and the version is added to the registry, in one transaction; otherwise nothing.
    /// </summary>
    Task<ApprovalStatus> ApproveAsync(
        long id, VersionedDocument version, PersonId by, string note, CancellationToken stopping);
}

/// <summary>How an approval ended; declared in order of precedence.</summary>
public enum ApprovalStatus
{
    Scheduled,

    /// <summary>Somebody else decided about it meanwhile.</summary>
    NotProposed,

    /// <summary>The version exists with other content.</summary>
    Conflict,
}

/// <summary>Stored: never renumber.</summary>
public enum ChangeKind : byte
{
    Tariff = 1,
    Policy = 2,

    /// <summary>An account moves to another tariff: an <see cref="AccountTariffRecord"/> as a document.</summary>
    AccountTariff = 3,
}

/// <summary>Where a change stands. Stored: never renumber.</summary>
public enum ChangeState : byte
{
    /// <summary>Checked, and waits for a second person.</summary>
    Proposed = 1,

    /// <summary>Approved and registered: holds from its instant.</summary>
    Scheduled = 2,

    /// <summary>In force; where it began in the past, all charges since are re-rated.</summary>
    Active = 3,

    /// <summary>The second person said no.</summary>
    Rejected = 4,

    /// <summary>The author took it back.</summary>
    Withdrawn = 5,

    /// <summary>At its approval it no longer fitted: another version came in between.</summary>
    Refused = 6,
}

/// <param name="Kind">What is changed.</param>
/// <param name="Version">The version; By and At are who proposed it and when.</param>
/// <param name="Reason">Why; empty where none was given.</param>
public sealed record ChangeProposal(ChangeKind Kind, VersionedDocument Version, string Reason);

/// <param name="Id">Rises with every proposal.</param>
/// <param name="Proposal">What was proposed, by whom and when.</param>
/// <param name="State">Where it stands.</param>
public sealed record ChangeRecord(long Id, ChangeProposal Proposal, ChangeState State);

/// <param name="Number">1, 2, 3 ... within its change.</param>
/// <param name="State">The state that it led to.</param>
/// <param name="By">Who did it; the system itself for what time does.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Note">In plain words.</param>
public sealed record ChangeStep(int Number, ChangeState State, PersonId By, Instant At, string Note);

public sealed record ChangeMove(long Id, ChangeState From, ChangeState To, PersonId By, Instant At, string Note);

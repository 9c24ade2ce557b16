using Meters.Storage.Contract;

namespace Meters.Host.Changes;

/// <summary>How work on a change ended; declared in order of precedence.</summary>
public enum ChangeStatus
{
    Done,
    ChangeUnknown,

    /// <summary>It was decided about already.</summary>
    ChangeNotOpen,

    /// <summary>Who proposed it may not decide about it.</summary>
    SamePerson,

    /// <summary>Only its author takes a proposal back.</summary>
    NotAuthor,

    /// <summary>The document has faults, or does not fit the versions that stand.</summary>
    VersionRefused,

    /// <summary>It begins in the past, and nobody said why.</summary>
    ReasonMissing,

    /// <summary>It begins in the past, and this service cannot rate anew.</summary>
    CorrectionUnavailable,

    /// <summary><see cref="ChangeDesk.OpenMax"/> proposals wait for a decision.</summary>
    TooManyOpen,
}

/// <param name="Status">How it ended.</param>
/// <param name="Change">The change as it stands then; null where there is none.</param>
/// <param name="Faults">Plain sentences.</param>
public sealed record ChangeOutcome(ChangeStatus Status, ChangeRecord? Change, IReadOnlyList<string> Faults)
{
    public static ChangeOutcome Of(ChangeStatus status, ChangeRecord? change = null) => new(status, change, []);
}

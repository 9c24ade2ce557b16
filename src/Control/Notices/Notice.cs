using Meters.Units;

namespace Meters.Control.Notices;

/// <summary>What a message to a customer is about. Stored: never renumber.</summary>
public enum NoticeKind : byte
{
    Remind = 1,
    Warn = 2,
    CutDone = 3,
    Reconnected = 4,
    Info = 5,

    /// <summary>The last word before a cut.</summary>
    Final = 6,
}

/// <summary>Where a notice stands. Stored: never renumber. Delivered and Failed are final.</summary>
public enum NoticeState : byte
{
    Queued = 1,

    /// <summary>The gateway took it; the delivery report is awaited.</summary>
    Sent = 2,
    Delivered = 3,
    Failed = 4,
}

/// <summary>An SMS to a customer.</summary>
/// <param name="Id">From the store; zero before it is stored.</param>
/// <param name="Account">Whose.</param>
/// <param name="Kind">About what.</param>
/// <param name="Phone">E.164 or national number, digits and a leading plus.</param>
/// <param name="Language">BCP 47: "en" or "zh".</param>
/// <param name="Text">As sent.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">Program's clock.</param>
/// <param name="DueAt">Not tried before.</param>
/// <param name="Attempts">Times handed to the gateway.</param>
/// <param name="DoneAt">When delivered or given up.</param>
/// <param name="Detail">The gateway's own word.</param>
public sealed record Notice(
    NoticeId Id,
    AccountId Account,
    NoticeKind Kind,
    string Phone,
    string Language,
    string Text,
    NoticeState State,
    Instant CreatedAt,
    Instant DueAt,
    int Attempts,
    Instant? DoneAt,
    string? Detail);

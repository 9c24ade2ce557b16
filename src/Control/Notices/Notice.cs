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

/// <summary>A way on which a notice goes. Stored: never renumber.</summary>
public enum NoticeChannel : byte
{
    Sms = 1,

    /// <summary>Text on the display of the concentrator, with its alarm: Q/GDW 1376.1 AFN 05 F32 and F26.</summary>
    TerminalText = 2,
    Email = 3,
    Webhook = 4,
}

/// <summary>A message to a customer.</summary>
/// <param name="Id">From the store; zero before it is stored.</param>
/// <param name="Account">Whose.</param>
/// <param name="Kind">About what.</param>
/// <param name="Phone">E.164 or national number, digits and a leading plus; empty when none is known.</param>
/// <param name="Language">BCP 47: "en" or "zh".</param>
/// <param name="Text">As sent.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">Program's clock.</param>
/// <param name="DueAt">Not tried before; for Sent: no report is awaited any longer.</param>
/// <param name="Attempts">Times handed to a gateway, over all channels.</param>
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
    string? Detail)
{
    /// <summary>The channel that it is on, or that delivered it.</summary>
    public NoticeChannel Channel { get; init; } = NoticeChannel.Sms;

    /// <summary>Template of its text: <c>warn/en/1</c>; empty for texts of before templates had versions.</summary>
    public string Template { get; init; } = "";

    /// <summary>When quiet hours let it go at last; null when they did not hold it.</summary>
    public Instant? AllowedAt { get; init; }

    /// <summary>Attempts on the channel that it is on.</summary>
    public int ChannelAttempts { get; init; }

    /// <summary>From when the wait for its delivery counts.</summary>
    public Instant AwaitedFrom => AllowedAt ?? CreatedAt;
}

using Meters.Units;

namespace Meters.Control.Commands;

/// <summary>What a meter is asked to do. Stored: never renumber.</summary>
public enum CommandKind : byte
{
    /// <summary>Open the relay (DL/T 645 N1 = 1A).</summary>
    Trip = 1,

    /// <summary>Allow the customer to close by the button (1B).</summary>
    PermitClose = 2,

    /// <summary>Close the relay (1C).</summary>
    Close = 3,

    /// <summary>Sound the arrears alarm (2A).</summary>
    AlarmOn = 4,

    /// <summary>Silence it (2B).</summary>
    AlarmOff = 5,

    /// <summary>Forbid trips: keep power (3A).</summary>
    KeepPowerOn = 6,

    /// <summary>Allow trips again (3B).</summary>
    KeepPowerOff = 7,
}

/// <summary>
/// Life of a command (domain: proposed to confirmed by relay read-back). Stored: never renumber.
/// Final: Confirmed, Failed, TimedOut, Expired, Cancelled, Superseded.
/// </summary>
public enum CommandState : byte
{
    Proposed = 1,
    AwaitingApproval = 2,
    Scheduled = 3,

    /// <summary>May be dispatched when every gate opens.</summary>
    Queued = 4,

    /// <summary>The compare-and-set succeeded: the bytes leave, or have left.</summary>
    Sent = 5,

    /// <summary>The concentrator took it.</summary>
    Accepted = 6,

    /// <summary>The meter answered 9C: taken, not yet proven done.</summary>
    Acknowledged = 7,

    /// <summary>The relay was read back in the wanted state; for an alarm: the meter's 9C.</summary>
    Confirmed = 8,
    Failed = 9,
    TimedOut = 10,
    Expired = 11,
    Cancelled = 12,
    Superseded = 13,

    /// <summary>A cut held back by the mass-disconnect guard: kept, not sent, until people release it.</summary>
    Quarantined = 14,
}

public enum CommandOrigin : byte
{
    Policy = 1,

    /// <summary>A person. A manual cut is never undone by a payment.</summary>
    Manual = 2,
}

/// <summary>A command row.</summary>
/// <param name="Id">From the store; zero before it is stored.</param>
/// <param name="Account">Whose supply.</param>
/// <param name="Meter">The meter with the relay.</param>
/// <param name="MeterAddress">Its DL/T 645 address.</param>
/// <param name="Terminal">The concentrator that carries it.</param>
/// <param name="Kind">What to do.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Origin">Who began it.</param>
/// <param name="RequestedBy">The person, or system.</param>
/// <param name="CreatedAt">Program's clock.</param>
/// <param name="DueAt">Not tried before.</param>
/// <param name="ExpiresAt">Never dispatched at or after; also the deadline the meter itself checks.</param>
/// <param name="Attempts">Times it was sent.</param>
/// <param name="Fence">The account's fence when it was decided: a payment since then voids it.</param>
/// <param name="SessionId">Session that carried it last, 0 before.</param>
/// <param name="SentAt">Last dispatch, null before.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record Command(
    CommandId Id,
    AccountId Account,
    MeterId Meter,
    MeterAddress MeterAddress,
    TerminalAddress Terminal,
    CommandKind Kind,
    CommandState State,
    CommandOrigin Origin,
    PersonId RequestedBy,
    Instant CreatedAt,
    Instant DueAt,
    Instant ExpiresAt,
    int Attempts,
    long Fence,
    long SessionId,
    Instant? SentAt,
    string Reason)
{
    /// <summary>Lower goes first: reconnects before all, then alarms and keep-power, cuts last.</summary>
    public static int PriorityOf(CommandKind kind) => kind switch
    {
        CommandKind.Close or CommandKind.PermitClose => 0,
        CommandKind.KeepPowerOn => 1,
        CommandKind.AlarmOff => 2,
        CommandKind.AlarmOn => 3,
        CommandKind.KeepPowerOff => 4,
        CommandKind.Trip => 9,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a command."),
    };

    /// <summary>Nothing more will happen to it.</summary>
    public bool IsFinal => State is CommandState.Confirmed or CommandState.Failed or CommandState.TimedOut
        or CommandState.Expired or CommandState.Cancelled or CommandState.Superseded;
}

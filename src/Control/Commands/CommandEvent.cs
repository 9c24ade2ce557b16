using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Control.Commands;

/// <summary>What can happen to a command.</summary>
public enum CommandEventKind
{
    ApprovalNeeded,
    Approved,

    /// <summary>Its DueAt has come.</summary>
    Due,

    /// <summary>The compare-and-set succeeded.</summary>
    Sent,

    /// <summary>AFN 00 F1: the concentrator took the frame.</summary>
    ConcentratorAccepted,

    /// <summary>AFN 00 F2: the concentrator refused the frame.</summary>
    Denied,

    /// <summary>DL/T 645 control code 9C: the meter took it.</summary>
    MeterAccepted,

    /// <summary>DL/T 645 control code DC with an error: the meter will not.</summary>
    MeterRefused,

    /// <summary>The concentrator says that the meter does not answer.</summary>
    MeterSilent,

    /// <summary>Nothing came back in time: neither to the command nor to a read-back.</summary>
    NoAnswer,

    /// <summary>The session that carried it has ended.</summary>
    SessionLost,

    /// <summary>The relay was read (DL/T 645 04000503).</summary>
    RelayRead,

    /// <summary>ExpiresAt has come.</summary>
    DeadlinePassed,
    Cancelled,

    /// <summary>Another command took its place.</summary>
    Superseded,
    GuardExhausted,

    /// <summary>Two people released it from quarantine.</summary>
    Released,
}

/// <summary>An event in a command's life.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Relay">What a read-back showed.</param>
/// <param name="SessionId">The session that a read-back came over.</param>
/// <param name="ReadBacks">Read-backs tried since the command was last sent, this one included.</param>
/// <param name="Error">The meter's error byte.</param>
public readonly record struct CommandEvent(
    CommandEventKind Kind, Supply Relay = Supply.Unknown, long SessionId = 0, int ReadBacks = 0, byte Error = 0)
{
    public static CommandEvent Of(CommandEventKind kind) => new(kind);

    public static CommandEvent RelayRead(Supply relay, long sessionId, int readBacks) =>
        new(CommandEventKind.RelayRead, relay, sessionId, readBacks);

    /// <param name="readBacks">
    /// Read-backs tried since the command was last sent; 0 when the command itself got no answer.
    /// </param>
    public static CommandEvent NoAnswer(int readBacks) => new(CommandEventKind.NoAnswer, ReadBacks: readBacks);

    public static CommandEvent MeterRefused(byte error) => new(CommandEventKind.MeterRefused, Error: error);
}

/// <summary>What the dispatcher does next.</summary>
public enum CommandAction
{
    None,

    /// <summary>Wait for the answer to what was sent.</summary>
    AwaitAnswer,

    /// <summary>Read the relay at the step's instant, on the session that carried the command.</summary>
    ReadBack,

    /// <summary>It is queued again: through every gate, not before the step's instant.</summary>
    Retry,

    /// <summary>Over without success; the ladder decides anew.</summary>
    GiveUp,

    /// <summary>Over with success.</summary>
    Done,
}

/// <param name="Next">State to move to; the state it was in when nothing changes.</param>
/// <param name="Action">What to do now.</param>
/// <param name="At">When, for ReadBack and Retry.</param>
/// <param name="Proven">Supply that was proven: it goes to the case.</param>
/// <param name="AlarmOn">New alarm state of the case, when one was proven.</param>
/// <param name="Detail">Plain words for the row; empty when nothing changes.</param>
public readonly record struct CommandStep(
    CommandState Next, CommandAction Action, Instant? At, Supply? Proven, bool? AlarmOn, string Detail);

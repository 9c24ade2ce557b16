using System.Globalization;
using Meters.Control.Cases;
using Meters.Units;
using static Meters.Control.Commands.CommandEventKind;
using static Meters.Control.Commands.CommandState;

namespace Meters.Control.Commands;

/// <summary>
/// Bounds of a command's life. One command is sent a few times; whether there is another is the ladder's to decide.
/// </summary>
/// <param name="SendsMax">Times that one command is sent. Default 3.</param>
/// <param name="ReadBacksMax">Times that the relay is read after one 9C. Default 4.</param>
/// <param name="RetryFirst">Pause before the second sending; doubles each time. Default 20 s.</param>
/// <param name="RetryMax">Longest pause. Default 5 min.</param>
/// <param name="ReadBackAfter">Time that a relay takes to move before it is read. Default 5 s.</param>
public sealed record LifecycleRules(
    int SendsMax, int ReadBacksMax, TimeSpan RetryFirst, TimeSpan RetryMax, TimeSpan ReadBackAfter)
{
    public static readonly LifecycleRules Default =
        new(3, 4, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5));
}

/// <summary>
/// The life of a command as one pure function. An acknowledgement is not execution: a relay command is confirmed only
/// by a read-back on the session that carried it; an alarm, keep-power or permit by the meter's 9C, because there is
/// nothing to read (a permit waits for the customer's button).
/// </summary>
public static class CommandLifecycle
{
    /// <summary>
    /// What an event does to a command. What is not listed changes nothing: a final command stays final, a late answer
    /// to an earlier sending is not an answer to the next.
    /// </summary>
    /// <param name="command">As stored; Attempts counts the sending that the event is about.</param>
    /// <param name="happened">What happened.</param>
    /// <param name="now">Program's clock.</param>
    /// <param name="rules">Bounds.</param>
    public static CommandStep On(Command command, CommandEvent happened, Instant now, LifecycleRules rules)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(rules);
        return (command.State, happened.Kind) switch
        {
            // Before it is sent.
            (Proposed, ApprovalNeeded) => To(AwaitingApproval, "Awaits approval."),
            (Proposed or AwaitingApproval, Approved) => To(Scheduled, "Approved."),
            (Scheduled, Due) => To(Queued, "Queued."),
            (Queued, CommandEventKind.Sent) => To(CommandState.Sent, "Sent.", CommandAction.AwaitAnswer),
            (Queued, GuardExhausted) when command.Kind == CommandKind.Trip
                => To(Quarantined, "Held back by the mass-disconnect guard."),
            (Quarantined, Released) => To(Queued, "Released from quarantine."),
            (Proposed or AwaitingApproval or Scheduled or Queued or Quarantined, DeadlinePassed)
                => To(Expired, "Expired before it was sent.", CommandAction.GiveUp),
            (Proposed or AwaitingApproval or Scheduled or Queued or Quarantined, CommandEventKind.Cancelled)
                => To(CommandState.Cancelled, "Cancelled.", CommandAction.GiveUp),
            (Proposed or AwaitingApproval or Scheduled or Queued or Quarantined, CommandEventKind.Superseded)
                => To(CommandState.Superseded, "Another command took its place.", CommandAction.GiveUp),

            // Sent: an answer is due.
            (CommandState.Sent, ConcentratorAccepted)
                => To(Accepted, "The concentrator took it.", CommandAction.AwaitAnswer),
            (CommandState.Sent, Denied) => Retry(command, now, rules, Failed, "The concentrator refused it"),
            (CommandState.Sent or Accepted, MeterAccepted) => OnMeterAccepted(command, now, rules),
            (CommandState.Sent or Accepted, MeterRefused) => To(
                Failed,
                string.Create(CultureInfo.InvariantCulture, $"The meter refused it with error {happened.Error:X2}."),
                CommandAction.GiveUp),
            (CommandState.Sent or Accepted, MeterSilent)
                => Retry(command, now, rules, TimedOut, "The meter does not answer its concentrator"),
            (CommandState.Sent or Accepted, NoAnswer) => Retry(command, now, rules, TimedOut, "Nothing came back"),
            (CommandState.Sent or Accepted, DeadlinePassed)
                => To(TimedOut, "No answer before the deadline.", CommandAction.GiveUp),

            // Acknowledged: the relay is read. The deadline no longer counts: read-backs are bounded by themselves.
            (Acknowledged, NoAnswer or MeterSilent) => happened.ReadBacks < rules.ReadBacksMax
                ? ReadAgain(command, now, rules, "The read-back got no answer.")
                : To(TimedOut, "The relay could not be read back.", CommandAction.GiveUp),

            // In flight at all.
            (CommandState.Sent or Accepted or Acknowledged, SessionLost)
                => Retry(command, now, rules, TimedOut, "The session that carried it was lost"),
            (CommandState.Sent or Accepted or Acknowledged, CommandEventKind.RelayRead)
                when WantedOf(command.Kind) is { } wanted => OnRelayRead(command, happened, wanted, now, rules),

            _ => new(command.State, CommandAction.None, null, null, null, ""),
        };
    }

    /// <summary>
    /// Pause before a command is sent again: doubles with each sending up to the maximum, and differs by up to a
    /// quarter either way from command to command, so that what failed together does not come back together. Same seed,
    /// same pause.
    /// </summary>
    /// <param name="sends">Times sent so far, 1 or more.</param>
    /// <param name="seed">The command's number.</param>
    /// <param name="rules">Bounds.</param>
    public static TimeSpan BackOff(int sends, long seed, LifecycleRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentOutOfRangeException.ThrowIfLessThan(sends, 1);
        var doubled = (Int128)rules.RetryFirst.Ticks << Math.Min(sends - 1, 40);
        var pause = (long)Int128.Min(doubled, rules.RetryMax.Ticks);
        var share = (long)(Mix(unchecked((ulong)seed * 31 + (ulong)sends)) % 501) - 250; // Thousandths.
        return TimeSpan.FromTicks(pause + (long)((Int128)pause * share / 1_000));
    }

    /// <summary>Not yet sent: can be taken back.</summary>
    public static bool IsUnsent(CommandState state) =>
        state is Proposed or AwaitingApproval or Scheduled or Queued or Quarantined;

    /// <summary>The bytes may have left: what the meter did is not known until it is read.</summary>
    public static bool IsInFlight(CommandState state) => state is CommandState.Sent or Accepted or Acknowledged;

    /// <summary>Relay state that a command is to end in; null for one that moves no relay.</summary>
    public static Supply? WantedOf(CommandKind kind) => kind switch
    {
        CommandKind.Trip => Supply.Off,
        CommandKind.Close or CommandKind.PermitClose => Supply.On,
        _ => null,
    };

    private static CommandStep OnMeterAccepted(
        Command command, Instant now, LifecycleRules rules) => command.Kind switch
        {
            CommandKind.Trip or CommandKind.Close => new(
                Acknowledged, CommandAction.ReadBack, now + rules.ReadBackAfter, null, null, "The meter took it."),
            CommandKind.AlarmOn => new(Confirmed, CommandAction.Done, null, null, true, "The meter's alarm is on."),
            CommandKind.AlarmOff => new(Confirmed, CommandAction.Done, null, null, false, "The meter's alarm is off."),
            _ => To(Confirmed, "The meter took it.", CommandAction.Done),
        };

    private static CommandStep OnRelayRead(
        Command command, CommandEvent read, Supply wanted, Instant now, LifecycleRules rules)
    {
        // Another session may be another device under the same address.
        if (read.SessionId != command.SessionId || read.SessionId == 0)
        {
            return new(
                command.State,
                CommandAction.ReadBack,
                now + rules.ReadBackAfter,
                null,
                null,
                "Read back on another session: does not count.");
        }

        if (read.Relay == wanted)
        {
            return new(Confirmed, CommandAction.Done, null, wanted, null, "The relay was read back as wanted.");
        }

        // Before the meter's answer the relay may not have moved yet.
        if (command.State != Acknowledged) return new(command.State, CommandAction.AwaitAnswer, null, null, null, "");
        if (read.ReadBacks < rules.ReadBacksMax) return ReadAgain(command, now, rules, "The relay has not moved yet.");
        return read.Relay == Supply.Unknown
            ? To(TimedOut, "The relay could not be read back.", CommandAction.GiveUp)
            : new(
                Failed,
                CommandAction.GiveUp,
                null,
                read.Relay,
                null,
                "The meter took it, but the relay did not move.");
    }

    private static CommandStep ReadAgain(Command command, Instant now, LifecycleRules rules, string detail) =>
        new(command.State, CommandAction.ReadBack, now + rules.ReadBackAfter, null, null, detail);

    private static CommandStep Retry(
        Command command, Instant now, LifecycleRules rules, CommandState exhausted, string what)
    {
        if (command.Attempts >= rules.SendsMax)
        {
            return To(exhausted, $"{what}; sent often enough.", CommandAction.GiveUp);
        }
        var at = now + BackOff(Math.Max(1, command.Attempts), command.Id.Value, rules);
        return at >= command.ExpiresAt
            ? To(exhausted, $"{what}; no time left to send it again.", CommandAction.GiveUp)
            : new(Queued, CommandAction.Retry, at, null, null, $"{what}; sent again later.");
    }

    private static CommandStep To(CommandState next, string detail, CommandAction action = CommandAction.None) =>
        new(next, action, null, null, null, detail);

    /// <summary>The finaliser of splitmix64: spreads neighbouring numbers over the whole range.</summary>
    private static ulong Mix(ulong x) =>
        unchecked(Scramble(Scramble(x + 0x9E3779B97F4A7C15, 30, 0xBF58476D1CE4E5B9), 27, 0x94D049BB133111EB));

    private static ulong Scramble(ulong x, int shift, ulong factor) => unchecked((x ^ (x >> shift)) * factor);
}

using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>The compare-and-set before the bytes leave, in the same order of precedence as the databases'.</summary>
internal static class MemoryDispatch
{
    public static IReadOnlyList<DispatchOutcome> Run(MemoryState state, IReadOnlyList<DispatchAttempt> attempts)
    {
        var trips = attempts
            .Where(attempt => state.FindCommand(attempt.Command) is { Kind: CommandKind.Trip }).ToList();
        if (trips.Count == 0) return [.. attempts.Select(attempt => Try(state, attempt, default))];
        if (trips.Any(trip => trip.Guard.Window != trips[0].Guard.Window))
        {
            throw new ArgumentException("The guard has one window.", nameof(attempts));
        }

        // One instant for all cuts of a transaction, as in the databases.
        var at = state.Guard.Book.At(trips.Max(trip => trip.Now));
        return [.. attempts.Select(attempt => Try(state, attempt, at))];
    }

    private static DispatchOutcome Try(MemoryState state, DispatchAttempt attempt, Instant at)
    {
        if (state.FindCommand(attempt.Command) is not { State: CommandState.Queued } command
            || command.Attempts != attempt.Attempts)
        {
            return new(DispatchStatus.NotQueued, default);
        }

        if (attempt.Now >= command.ExpiresAt)
        {
            return Refuse(state, attempt, command, CommandState.Expired, new(DispatchStatus.Expired, default));
        }

        var verdict = default(GuardVerdict);
        if (command.Kind == CommandKind.Trip)
        {
            if (TryTrip(state, attempt, command, at, out verdict) is { } refused) return refused;
        }
        else at = attempt.Now;

        state.Put(command, command with
        {
            State = CommandState.Sent,
            Attempts = command.Attempts + 1,
            SessionId = attempt.SessionId,
            SentAt = attempt.Now,
            DueAt = attempt.AnswerBy,
        });
        state.Trips.Add(new(command.Terminal, command.Kind, at, command.Account));
        return new(DispatchStatus.Sent, verdict);
    }

    /// <summary>Null when the cut may go.</summary>
    private static DispatchOutcome? TryTrip(
        MemoryState state, DispatchAttempt attempt, Command command, Instant at, out GuardVerdict verdict)
    {
        verdict = default;
        var rows = state.Accounts[command.Account];
        if (command.Origin == CommandOrigin.Policy && command.Fence != rows.Case.Fence)
        {
            return Refuse(state, attempt, command, CommandState.Cancelled, new(DispatchStatus.FenceMoved, default));
        }

        if (rows.Holds.Exists(hold => hold.From <= attempt.Now && attempt.Now < hold.Until))
        {
            return Refuse(state, attempt, command, CommandState.Cancelled, new(DispatchStatus.Held, default));
        }

        var guard = state.Guard;
        if (guard.Switches is [.., { Stopped: true }]) return new(DispatchStatus.Stopped, default);
        var released = guard.Released.Contains(command.Id);
        var proposed = state.Trips.Proposed(JustAfterHourBefore(at), Instant.Never);
        verdict = guard.TryTake(attempt.Guard, at, proposed, released);
        if (verdict.Goes) return null;
        return released
            ? new(DispatchStatus.GuardWaits, verdict)
            : Refuse(
                state, attempt, command, CommandState.Quarantined, new(DispatchStatus.GuardExhausted, verdict));
    }

    private static Instant JustAfterHourBefore(Instant at) => at - TimeSpan.FromHours(1) + TimeSpan.FromMicroseconds(1);

    private static DispatchOutcome Refuse(
        MemoryState state, DispatchAttempt attempt, Command command, CommandState to, DispatchOutcome outcome)
    {
        state.Put(command, command with { State = to });
        state.Wake(command.Account, attempt.Now);
        return outcome;
    }
}

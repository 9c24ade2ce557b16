using Meters.Control.Commands;
using Meters.Storage.Contract;

namespace Meters.Storage.Memory;

/// <summary>The compare-and-set before the bytes leave, in the same order of precedence as the databases'.</summary>
internal static class MemoryDispatch
{
    public static DispatchStatus Try(MemoryState state, DispatchAttempt attempt)
    {
        if (state.FindCommand(attempt.Command) is not { State: CommandState.Queued } command)
        {
            return DispatchStatus.NotQueued;
        }

        if (attempt.Now >= command.ExpiresAt)
        {
            return Refuse(state, attempt, command, CommandState.Expired, DispatchStatus.Expired);
        }

        var at = attempt.Now;
        if (command.Kind == CommandKind.Trip)
        {
            var rows = state.Accounts[command.Account];
            if (command.Origin == CommandOrigin.Policy && command.Fence != rows.Case.Fence)
            {
                return Refuse(state, attempt, command, CommandState.Cancelled, DispatchStatus.FenceMoved);
            }

            if (rows.Holds.Exists(hold => hold.From <= attempt.Now && attempt.Now < hold.Until))
            {
                return Refuse(state, attempt, command, CommandState.Cancelled, DispatchStatus.Held);
            }

            (at, var spent) = state.Trips.Spent(attempt.Now, attempt.GuardWindow);
            if (spent >= attempt.GuardTripsMax)
            {
                return Refuse(state, attempt, command, CommandState.Quarantined, DispatchStatus.GuardExhausted);
            }
        }

        state.Put(command, command with
        {
            State = CommandState.Sent,
            Attempts = command.Attempts + 1,
            SessionId = attempt.SessionId,
            SentAt = attempt.Now,
            DueAt = attempt.AnswerBy,
        });
        state.Trips.Add(new(command.Terminal, command.Kind, at));
        return DispatchStatus.Sent;
    }

    private static DispatchStatus Refuse(
        MemoryState state, DispatchAttempt attempt, Command command, CommandState to, DispatchStatus status)
    {
        state.Put(command, command with { State = to });
        state.Wake(command.Account, attempt.Now);
        return status;
    }
}

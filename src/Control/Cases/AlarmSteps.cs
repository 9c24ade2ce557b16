using Meters.Control.Commands;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// The arrears alarm at the meter follows the ladder: on while a rung with an alarm is done and due, off otherwise.
/// </summary>
internal static class AlarmSteps
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan PauseMax = TimeSpan.FromDays(1);

    public static void Follow(LadderDraft draft)
    {
        if (draft.Customer.Relay is null) return;
        var done = Math.Min(Math.Min(draft.Case.Rung, draft.Reach), draft.Policy.Rungs.Count);
        var wanted = draft.Policy.Rungs.Take(done)
            .Any(rung => rung.Does(RungActions.Alarm) && rung.AppliesTo(draft.Customer.Classes));
        if (wanted)
        {
            TakeBack(draft, CommandKind.AlarmOff);
            if (!draft.Case.AlarmOn) Ensure(draft, CommandKind.AlarmOn, "The balance is low: warn at the meter.");
        }
        else
        {
            TakeBack(draft, CommandKind.AlarmOn);
            if (draft.Case.AlarmOn || MaySound(draft))
            {
                Ensure(draft, CommandKind.AlarmOff, "The balance has recovered: silence the meter.");
            }
        }
    }

    private static void TakeBack(LadderDraft draft, CommandKind kind)
    {
        if (draft.FindActive(c => c.Kind == kind && SupplySteps.IsOurs(c)) is { } unsent)
        {
            draft.Cancel(unsent, CommandState.Cancelled);
        }
    }

    /// <summary>An alarm was sent and never answered: it may be sounding.</summary>
    private static bool MaySound(LadderDraft draft) =>
        draft.Last(CommandKind.AlarmOn) is { State: not CommandState.Confirmed, SentAt: { } sentAt }
            && !(draft.Last(CommandKind.AlarmOff) is { State: CommandState.Confirmed } off && off.SentAt >= sentAt);

    /// <summary>One at a time; a failed one again after as long as it has been tried, half an hour to a day.</summary>
    private static void Ensure(LadderDraft draft, CommandKind kind, string reason)
    {
        // Alarm on and off are one thing at the meter: whichever is under way ends first.
        if (draft.FindActive(c => c.Kind is CommandKind.AlarmOn or CommandKind.AlarmOff) is not null) return;
        if (draft.Last(kind) is { State: CommandState.Failed or CommandState.TimedOut or CommandState.Expired } last
            && last.CreatedAt >= draft.Case.RungAt)
        {
            var ended = SupplySteps.EndOf(last);
            var tried = ended - draft.Case.RungAt;
            var notBefore = ended + (tried < PauseMin ? PauseMin : tried > PauseMax ? PauseMax : tried);
            if (notBefore > draft.Now)
            {
                draft.LookAt(notBefore);
                return;
            }
        }

        draft.Send(kind, draft.Now + draft.Policy.CommandLife, reason);
    }
}

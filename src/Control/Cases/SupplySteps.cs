using Meters.Control.Commands;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>Reconnects and cuts: the supply that is wanted, compared with the supply that is.</summary>
internal static class SupplySteps
{
    /// <summary>
    /// Gates that no waiting within a window opens: a queued cut is withdrawn, not kept for its chance.
    /// </summary>
    private static readonly Gate[] Withdrawing =
        [Gate.NeverCut, Gate.Held, Gate.Moratorium, Gate.Grace, Gate.Relief, Gate.ApprovalMissing];

    /// <summary>
    /// Decided by policy and not sent: may be taken back. What a person asked for is a person's to take back.
    /// </summary>
    public static bool IsOurs(Command command) =>
        command.Origin == CommandOrigin.Policy && CommandLifecycle.IsUnsent(command.State) && command.Id.Value != 0;

    /// <summary>The latest instant at which a final command can have been active, as far as its row tells.</summary>
    public static Instant EndOf(Command command) => command.State == CommandState.Expired
        ? command.ExpiresAt
        : command.SentAt ?? command.CreatedAt;

    public static void Reconnect(LadderDraft draft)
    {
        if (draft.Case.ManualOff)
        {
            TakeBack(draft, IsClose, CommandState.Cancelled);
            if (IsPaid(draft) && draft.Case.Actual == Supply.Off) WaitForReconnect(draft);
            return;
        }

        if (PersonSwitches(draft)) return;
        if (IsPaid(draft))
        {
            if (draft.Case.Desired == Supply.Off) WantOn(draft);
            TakeBack(draft, IsTrip, CommandState.Cancelled);
        }
        else if (draft.Case.Desired == Supply.Off && !IsBelowCut(draft))
        {
            // Above the cut level, below what reconnects: nothing is cut any more, what is proven cut stays so. Of a
            // cut without proof nothing may remain: the next one would come without new messages.
            if (NothingWasSent(draft) || EndedUnproven(draft)) WantOn(draft);
            TakeBack(draft, IsTrip, CommandState.Cancelled);
        }

        if (draft.Case.Desired != Supply.Off && NeedsClose(draft)) EnsureClose(draft);
    }

    /// <summary>
    /// Takes back a cut that surely never left; false when it may have left.
    /// </summary>
    public static bool TryWithdrawUnsent(LadderDraft draft)
    {
        if (!NothingWasSent(draft)) return false;
        TakeBack(draft, IsTrip, CommandState.Cancelled);
        draft.Case = draft.Case with { Desired = Supply.On };
        return true;
    }

    public static void Cut(LadderDraft draft)
    {
        var rungs = draft.Policy.Rungs.Count;
        if (draft.Policy.CutRung is null || draft.Case.ManualOff || PersonSwitches(draft)) return;
        if (draft.Reach < rungs || draft.Case.Rung < rungs - 1) return;
        if (!IsBelowCut(draft))
        {
            // Above the level, by less than the hysteresis: nothing is crossed, so nothing tells, when it falls again.
            draft.LookAt(draft.Now + Ladder.CompareEvery);
            return;
        }

        var again = draft.Case.Desired == Supply.Off;
        if (again && (IsCut(draft) || KeepOrWithdraw(draft) || IsGivenUp(draft))) return;

        // A reconnect under way ends first: two orders to one relay could arrive in either order.
        if (draft.FindActive(c => IsClose(c) && CommandLifecycle.IsInFlight(c.State)) is not null) return;
        var gates = Gates.ForCut(draft.Facts with { Case = draft.Case }).Closed.ToList();
        if (again) AddPauseAfterFailure(draft, gates);
        if (gates.Count > 0)
        {
            draft.Wait("Not cut", gates);
            return;
        }

        Trip(draft, again);
    }

    private static bool IsTrip(Command command) => command.Kind == CommandKind.Trip;

    private static bool IsClose(Command command) => command.Kind is CommandKind.Close or CommandKind.PermitClose;

    /// <summary>A person's order to the relay is under way: policy keeps its hands off until it is over.</summary>
    private static bool PersonSwitches(LadderDraft draft) =>
        draft.FindActive(c => c.Origin == CommandOrigin.Manual && (IsTrip(c) || IsClose(c))) is not null;

    private static bool IsPaid(LadderDraft draft) => draft.Account.Balance >= draft.Policy.Reconnect.AtLeast
        || GraceRules.BringsBack(draft.Facts, draft.Case);

    private static bool IsBelowCut(LadderDraft draft) => draft.Policy.CutRung?.Threshold.IsBelow(draft.Account) == true;

    /// <summary>Proven off, and nothing has been sent since that could have closed it.</summary>
    private static bool IsCut(LadderDraft draft) => draft.Case.Actual == Supply.Off
        && !(draft.LastClose() is { SentAt: { } sentAt } && sentAt > draft.Case.ActualAt)
        && draft.FindActive(IsClose) is null;

    private static void TakeBack(LadderDraft draft, Func<Command, bool> which, CommandState to)
    {
        while (draft.FindActive(c => which(c) && IsOurs(c)) is { } command) draft.Cancel(command, to);
    }

    /// <summary>Wants the supply on and leaves the cut rung; the delay before the next cut counts from here.</summary>
    private static void WantOn(LadderDraft draft)
    {
        var nothingSent = NothingWasSent(draft);
        var balance = draft.Policy.Currency.Format(draft.Account.Balance);
        var rung = Math.Min(Math.Min(draft.Case.Rung, draft.Reach), draft.Policy.Rungs.Count - 1);
        draft.Case = draft.Case with { Desired = Supply.On, Rung = rung, RungAt = draft.Now, LateTold = false };
        if (nothingSent)
        {
            draft.Say("none", $"The cut is withdrawn before it was sent: the balance is {balance}.");
            return;
        }

        draft.Say("reconnect", IsPaid(draft)
            ? $"The balance of {balance} reconnects the supply."
            : $"The cut was not proven, and the balance of {balance} is above its level: the supply shall be on.");
        if (!NeedsClose(draft)) SendClose(draft); // The proof is lost: a relay that is closed already takes no harm.
        if (draft.FindActive(c => IsTrip(c) && CommandLifecycle.IsInFlight(c.State)) is not null)
        {
            draft.Say("reconnect", "A cut is on its way: the reconnect follows as soon as its end is known.");
        }
    }

    /// <summary>
    /// True when surely no cut of this run has left. Only the latest final cut is among the facts, so it is sure only
    /// while the run's first cut (made at the very instant of its rung) is the latest, or when the relay was read
    /// since.
    /// </summary>
    private static bool NothingWasSent(LadderDraft draft)
    {
        if (draft.Case.Actual == Supply.Off) return false;
        var latest = draft.FindActive(IsTrip) ?? draft.Last(CommandKind.Trip);
        if (draft.Case.Actual == Supply.On && draft.Case.ActualAt >= draft.Case.RungAt
            && !(latest?.SentAt > draft.Case.ActualAt))
        {
            return draft.FindActive(c => IsTrip(c) && CommandLifecycle.IsInFlight(c.State)) is null;
        }

        return latest is { SentAt: null } && latest.CreatedAt == draft.Case.RungAt;
    }

    /// <summary>No cut is on its way any more, and none is proven to have opened the relay.</summary>
    private static bool EndedUnproven(LadderDraft draft) =>
        !IsCut(draft) && draft.FindActive(c => IsTrip(c) && CommandLifecycle.IsInFlight(c.State)) is null;

    /// <summary>On is wanted, and the relay is or may be open.</summary>
    private static bool NeedsClose(LadderDraft draft)
    {
        var (actual, actualAt) = (draft.Case.Actual, draft.Case.ActualAt);
        var trip = draft.Last(CommandKind.Trip);
        var close = draft.LastClose();
        if (draft.FindActive(c => IsTrip(c) && CommandLifecycle.IsInFlight(c.State)) is not null) return true;

        // A permit that the meter took is all that we can do: the customer presses the button.
        if (close is { Kind: CommandKind.PermitClose, State: CommandState.Confirmed, SentAt: { } permittedAt }
            && !(trip?.SentAt > permittedAt) && !(actualAt > permittedAt + Ladder.LookAgain && actual == Supply.On))
        {
            return false;
        }

        if (actual == Supply.Off) return true;
        if (trip?.SentAt is { } sentAt && sentAt > actualAt
            && !(close is { State: CommandState.Confirmed } && close.SentAt > sentAt))
        {
            return true;
        }

        return close is { State: CommandState.Failed or CommandState.TimedOut or CommandState.Expired }
            && !(actual == Supply.On && actualAt >= close.CreatedAt);
    }

    /// <summary>A cut is in flight, whose end wakes the case; or a close is on its way already.</summary>
    private static bool IsSwitching(LadderDraft draft) =>
        draft.FindActive(c => IsClose(c) || (IsTrip(c) && !IsOurs(c))) is not null;

    private static void EnsureClose(LadderDraft draft)
    {
        if (IsSwitching(draft)) return;
        var gates = Gates.ForReconnect(draft.Facts with { Case = draft.Case });
        if (!gates.IsOpen)
        {
            draft.Wait("Not reconnected", gates.Closed);
            return;
        }

        if (draft.LastClose() is { State: CommandState.Failed or CommandState.TimedOut or CommandState.Expired } last
            && last.CreatedAt >= draft.Case.RungAt)
        {
            var ended = EndOf(last);
            var notBefore = ended + Pause(ended - draft.Case.RungAt);
            if (notBefore > draft.Now)
            {
                draft.LookAt(notBefore);
                return;
            }
        }

        SendClose(draft);
    }

    /// <summary>
    /// How long until the next close, by how long it has been tried: 1, 2, 5, then every 15 minutes, without end.
    /// </summary>
    private static TimeSpan Pause(TimeSpan tried) => TimeSpan.FromMinutes(tried.TotalMinutes switch
    {
        < 1 => 1,
        < 3 => 2,
        < 8 => 5,
        _ => 15,
    });

    /// <summary>
    /// The supply is not back within the service level: on record once, and people look at it.
    /// </summary>
    public static void TellLate(LadderDraft draft)
    {
        if (draft.Policy.Reconnect.WithinMinutes is not { } minutes || draft.Case.LateTold) return;
        if (draft.Case.Desired != Supply.On || draft.Case.ManualOff || draft.Case.Actual != Supply.Off) return;
        var lateAt = draft.Case.RungAt + TimeSpan.FromMinutes(minutes);
        if (lateAt > draft.Now)
        {
            draft.LookAt(lateAt);
            return;
        }

        draft.Case = draft.Case with { LateTold = true };
        var due = draft.Policy.Compensation.LateReconnect is { } amount
            ? $" Compensation of {draft.Policy.Currency.Format(amount)} is due."
            : "";
        draft.Say("fieldwork", $"The supply was to be back within {minutes} minutes and is not.{due}");
    }

    private static void SendClose(LadderDraft draft)
    {
        if (draft.Customer.Relay is null || IsSwitching(draft)) return;
        var kind = draft.Policy.Reconnect.Mode == ReconnectMode.Permit ? CommandKind.PermitClose : CommandKind.Close;
        draft.Send(kind, draft.Now + draft.Policy.CommandLife, "The supply shall be on.");
        draft.Say("reconnect", kind == CommandKind.Close
            ? "The relay is told to close."
            : "The relay is told to let the customer close it.");
    }

    private static void WaitForReconnect(LadderDraft draft) =>
        draft.Wait("Not reconnected", Gates.ForReconnect(draft.Facts).Closed);

    /// <summary>True while the cut that was decided is still under way, or was just withdrawn.</summary>
    private static bool KeepOrWithdraw(LadderDraft draft)
    {
        if (draft.FindActive(IsTrip) is not { } trip) return false;
        var shut = Gates.ForCut(draft.Facts with { Case = draft.Case }).Closed
            .Where(gate => Withdrawing.Contains(gate.Gate)).ToList();
        if (shut.Count == 0 || !IsOurs(trip)) return true;
        var nothingSent = NothingWasSent(draft);
        draft.Cancel(trip, CommandState.Cancelled);
        if (nothingSent)
        {
            var rung = draft.Policy.Rungs.Count - 1;
            draft.Case = draft.Case with { Desired = Supply.On, Rung = rung, RungAt = draft.Now };
        }

        draft.Say("none", "The cut is withdrawn.");
        draft.Wait("Not cut", shut);
        return true;
    }

    /// <summary>
    /// True when the cut was tried as often as allowed; told once. The rung counts on beyond the ladder, one for each
    /// attempt, so that the count needs no memory of its own.
    /// </summary>
    private static bool IsGivenUp(LadderDraft draft)
    {
        var givenUp = draft.Policy.Rungs.Count + draft.Policy.CutAttemptsMax;
        if (draft.Case.Rung >= givenUp) return true;
        if (draft.Case.Rung < givenUp - 1 || !Counts(draft.Last(CommandKind.Trip), draft)) return false;
        draft.Case = draft.Case with { Rung = givenUp };
        draft.Say(
            "fieldwork", $"The cut was tried {draft.Policy.CutAttemptsMax} times without proof: people must go there.");
        return true;
    }

    /// <summary>
    /// An attempt of this run that ran its course; one that was taken back, or that expired waiting its turn, does not
    /// count.
    /// </summary>
    private static bool Counts(Command? trip, LadderDraft draft) => trip is not null
        && trip.CreatedAt >= draft.Case.RungAt
        && (trip.State != CommandState.Expired || trip.Attempts > 0)
        && trip.State is not (CommandState.Cancelled or CommandState.Superseded);

    /// <summary>One attempt in each window.</summary>
    private static void AddPauseAfterFailure(LadderDraft draft, List<ClosedGate> gates)
    {
        if (draft.Last(CommandKind.Trip) is not { } last || !Counts(last, draft)) return;
        var windows = draft.Policy.CutWindows;
        if (windows.FindAt(draft.Now) is not { } window || last.CreatedAt < window.Opens) return;
        var word = ControlTags.Tag(last.State);
        var sentence = $"The last cut ended as {word}; it is tried again in the next hours for cuts.";
        gates.Add(new(Gate.OutsideWindow, sentence, windows.NextOccurrence(draft.Now)));
    }

    private static void Trip(LadderDraft draft, bool again)
    {
        TakeBack(draft, IsClose, CommandState.Superseded);
        var policy = draft.Policy;
        policy.CutWindows.IsOpen(draft.Now, out var mustBeDoneBy);
        var life = draft.Now + policy.CommandLife;
        var balance = policy.Currency.Format(draft.Account.Balance);
        var reason = $"The balance of {balance} is below the cut level; every earlier step is done.";
        if (!again)
        {
            draft.Case = draft.Case with { Desired = Supply.Off, Rung = policy.Rungs.Count, RungAt = draft.Now };
        }
        else if (Counts(draft.Last(CommandKind.Trip), draft))
        {
            draft.Case = draft.Case with { Rung = draft.Case.Rung + 1 };
        }

        draft.Say("cut", reason);
        if (NoticeProofs.FallbackUsed(draft.Facts, policy.Rungs.Count - 1, isCut: true) is { } fallback)
        {
            draft.Say("cut", fallback);
        }

        if (IsCut(draft))
        {
            draft.Say("cut", "The supply is off already.");
            return;
        }

        draft.Send(CommandKind.Trip, life < mustBeDoneBy ? life : mustBeDoneBy, reason);
    }
}

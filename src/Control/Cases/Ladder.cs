using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>
/// What shall happen to one account now. Pure and level-triggered: it compares what is wanted with what is, so a lost
/// event, a restart or a second call with the same facts does no harm.
/// </summary>
public static class Ladder
{
    /// <summary>
    /// Looked at again after this when a gate is shut that no event of the case and no calendar opens.
    /// </summary>
    public static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Whoever is off, or shall be, is looked at after this when nothing else is due: a lost edge heals, nobody stays
    /// dark unseen.
    /// </summary>
    public static readonly TimeSpan CompareEvery = TimeSpan.FromHours(1);

    public static LadderOutcome Decide(CaseFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var draft = new LadderDraft(facts);
        draft.ExpireOverdue();
        ForgetManualCut(draft);
        SupplySteps.Reconnect(draft); // First: a payment wins.
        FallBack(draft);
        Climb(draft);
        SupplySteps.Cut(draft);
        AlarmSteps.Follow(draft);
        TellResults(draft);
        return draft.Finish();
    }

    /// <summary>
    /// A person's cut that surely did not happen must not keep policy from the account for ever. One that timed out may
    /// have happened, and stands.
    /// </summary>
    private static void ForgetManualCut(LadderDraft draft)
    {
        if (!draft.Case.ManualOff || draft.Case.Actual == Supply.Off) return;
        if (draft.FindActive(command => command.Kind == CommandKind.Trip) is not null) return;
        var cameToNothing = draft.Last(CommandKind.Trip) is
        {
            Origin: CommandOrigin.Manual,
            State: CommandState.Expired or CommandState.Cancelled or CommandState.Superseded or CommandState.Failed,
        };
        if (!cameToNothing) return;
        draft.Case = draft.Case with { ManualOff = false, Desired = draft.Case.Actual };
        draft.Say("none", "A person's cut came to nothing; the policy decides again.");
    }

    /// <summary>Back to the highest rung that is still due; the delays count anew from here.</summary>
    private static void FallBack(LadderDraft draft)
    {
        if (draft.Case.Desired == Supply.Off) return; // Until it is back on, the cut rung stays done.
        var top = draft.Policy.CutRung is null ? draft.Policy.Rungs.Count : draft.Policy.Rungs.Count - 1;
        var rung = Math.Min(draft.Reach, top);
        if (draft.Case.Rung <= rung) return;
        draft.Case = draft.Case with { Rung = rung, RungAt = draft.Now };
        var balance = draft.Policy.Currency.Format(draft.Account.Balance);
        draft.Say("none", rung == 0
            ? $"The balance of {balance} has recovered: the ladder begins anew when it falls again."
            : $"The balance of {balance} has partly recovered: back to step '{draft.Policy.Rungs[rung - 1].Name}'.");
    }

    /// <summary>The messages, one rung after another; the cut has its own step.</summary>
    private static void Climb(LadderDraft draft)
    {
        var policy = draft.Policy;
        while (draft.Case.Rung < Math.Min(draft.Reach, policy.Rungs.Count))
        {
            // Without power nothing is used, so nothing needs saying until the reconnect is through.
            var rung = policy.Rungs[draft.Case.Rung];
            if (rung.Does(RungActions.Cut) || draft.IsOffOrSwitching) return;
            var readyAt = ReadyAt(policy, draft.Case.Rung, draft.Case.RungAt, draft.Now);
            if (readyAt > draft.Now)
            {
                draft.LookAt(readyAt);
                return;
            }

            Do(draft, rung);
        }
    }

    /// <summary>When a rung may be done, at or after now.</summary>
    internal static Instant ReadyAt(Policy policy, int index, Instant previousAt, Instant now)
    {
        var rung = policy.Rungs[index];
        var readyAt = index == 0 ? now : previousAt + rung.DelayAfterPrevious;
        if (readyAt < now) readyAt = now;
        return rung.InCutWindow ? policy.CutWindows.NextOpen(readyAt) : readyAt;
    }

    private static void Do(LadderDraft draft, PolicyRung rung)
    {
        var index = draft.Case.Rung;
        var kind = NoticeProofs.KindOf(draft.Policy, index);
        draft.Case = draft.Case with { Rung = index + 1, RungAt = draft.Now };
        var balance = draft.Policy.Currency.Format(draft.Account.Balance);
        draft.Say(ControlTags.Tag(kind), $"Step '{rung.Name}': the balance of {balance} is below its level.");
        if (rung.Does(RungActions.Sms))
        {
            draft.Say(ControlTags.Tag(kind), SentenceOf(draft, kind));
            draft.Notify(kind, EarliestCut(draft.Policy, index + 1, draft.Now));
        }

        if (rung.Does(RungActions.Alarm))
        {
            draft.Say(ControlTags.Tag(kind), draft.Customer.Relay is null
                ? "No meter of the account can sound an alarm."
                : "The alarm at the meter is switched on.");
        }
    }

    private static string SentenceOf(LadderDraft draft, NoticeKind kind)
    {
        var customer = draft.Customer;
        var sent = $"Message {draft.Facts.Texts.At(kind, customer.Language, draft.Now).Label} is sent.";
        if (customer.GoodPhone.Length > 0) return sent;
        var why = customer.PhoneWrongSince is { } since
            ? $"The phone number is marked wrong since {LocalText.DateAndTime(draft.Policy.Zone, since)}"
            : "No phone number is known";
        return customer.ReachableOtherwise ? $"{sent} {why}: it goes another way." : $"{why}: no message could be sent.";
    }

    /// <summary>
    /// The earliest cut if the balance kept falling: all delays, then the hours for cuts. Null when none is coming.
    /// </summary>
    private static Instant? EarliestCut(Policy policy, int from, Instant now)
    {
        if (policy.CutRung is null) return null;
        var at = now;
        for (var i = from; i < policy.Rungs.Count; i++) at = ReadyAt(policy, i, at, at);
        at = policy.CutWindows.NextOpen(at);
        return at < Instant.Never ? at : null;
    }

    /// <summary>"Power is off" and "power is back", once each, after the proof.</summary>
    private static void TellResults(LadderDraft draft)
    {
        var before = draft.Before;
        if (before.ManualOff || draft.Case.Desired != before.Desired) return; // Only what was wanted, and still is.
        if (before is { Desired: Supply.Off, Actual: Supply.Off }
            && draft.Last(CommandKind.Trip) is { State: CommandState.Confirmed, Origin: CommandOrigin.Policy } trip)
        {
            TellOnce(draft, NoticeKind.CutDone, trip);
        }

        if (before.Desired == Supply.On
            && draft.LastClose() is { State: CommandState.Confirmed, Origin: CommandOrigin.Policy } close
            && (before.Actual == Supply.On || close.Kind == CommandKind.PermitClose))
        {
            TellOnce(draft, NoticeKind.Reconnected, close);
        }
    }

    private static void TellOnce(LadderDraft draft, NoticeKind kind, Command done)
    {
        // Messages of an earlier run are not among the facts, so only what was done in this one is told: proven since
        // the last step, and soon after it was sent (a later routine read of the relay is no news).
        var sentAt = done.SentAt ?? done.CreatedAt;
        var provenAt = done.Kind == CommandKind.PermitClose ? sentAt : draft.Before.ActualAt;
        if (provenAt < draft.Before.RungAt || provenAt < sentAt || provenAt - sentAt > LookAgain) return;
        if (draft.Facts.Notices.Any(notice => notice.Kind == kind && notice.CreatedAt >= sentAt)) return;
        draft.Notify(kind, null);
        var reason = kind == NoticeKind.CutDone ? "The relay was read back open." : "The supply is back.";
        draft.Say(kind == NoticeKind.CutDone ? "cut" : "reconnect", $"{reason} The customer is told.");
    }
}

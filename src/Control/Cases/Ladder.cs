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
        PolicyChange.Adopt(draft);
        ForgetManualCut(draft);
        GraceRules.GrantRelief(draft);
        SupplySteps.Reconnect(draft); // First: a payment wins.
        FallBack(draft);
        Climb(draft);
        SupplySteps.Cut(draft);
        AlarmSteps.Follow(draft);
        SupplySteps.TellLate(draft);
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
        LimitRule.LiftAt(draft, rung);
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
            if (!rung.AppliesTo(draft.Customer.Classes))
            {
                // It is not for this customer: the delay of the next one counts from the one before.
                var from = draft.Case.Rung == 0 ? draft.Now : draft.Case.RungAt;
                draft.Case = draft.Case with { Rung = draft.Case.Rung + 1, RungAt = from };
                continue;
            }

            var readyAt = ReadyAt(draft.Facts, draft.Case.Rung, draft.Case.RungAt, draft.Now);
            if (readyAt > draft.Now)
            {
                draft.LookAt(readyAt);
                return;
            }

            var closed = new List<ClosedGate>();
            NoticeProofs.AddGateOfNext(draft.Facts, draft.Case.Rung, closed);
            LimitRule.AddGate(draft.Facts, draft.Case.Rung, closed);
            if (closed.Count > 0)
            {
                draft.Wait($"Step '{rung.Name}' waits", closed);
                return;
            }

            Do(draft, rung);
            if (rung.Proof == RungProof.BeforeNext) return; // Its message is not even sent yet.
        }
    }

    /// <summary>When a rung may be done, at or after now; <see cref="Instant.Never"/> when an event must come.</summary>
    internal static Instant ReadyAt(CaseFacts facts, int index, Instant previousAt, Instant now)
    {
        var (policy, rung) = (facts.Policy, facts.Policy.Rungs[index]);
        if (index == 0) return ReadyInHours(policy, rung, now);
        var limit = LimitRule.Of(facts, index);
        if (limit is not null && LimitRule.InForceSince(facts) is { } since && since > previousAt) previousAt = since;
        var readyAt = previousAt + rung.DelayAfterPrevious;
        readyAt = Later(readyAt, PolicyTime.AddDays(policy.Zone, previousAt, rung.DelayDays));
        readyAt = Later(readyAt, PolicyTime.AfterWorkingDays(policy.CutWindows, previousAt, rung.DelayWorkingDays));
        if (rung.Does(RungActions.Cut)) readyAt = Later(readyAt, GraceRules.AfterLastNotice(policy, previousAt));
        return readyAt >= Instant.Never ? Instant.Never : ReadyInHours(policy, rung, Later(readyAt, now));
    }

    /// <summary>Outside quiet hours, and within the hours for cuts where the rung waits for them.</summary>
    private static Instant ReadyInHours(Policy policy, PolicyRung rung, Instant from)
    {
        var at = from;
        for (var i = 0; i < PolicyJson.WindowsMax && at < Instant.Never; i++)
        {
            var before = at;
            if (rung.InCutWindow) at = policy.CutWindows.NextOpen(at);
            if (at >= Instant.Never) return Instant.Never;
            if (rung.Does(RungActions.Sms) && policy.QuietHours is { } quiet) at = quiet.NextAllowed(policy.Zone, at);
            if (at == before) break;
        }

        return at;
    }

    private static Instant Later(Instant a, Instant b) => a > b ? a : b;

    private static void Do(LadderDraft draft, PolicyRung rung)
    {
        var index = draft.Case.Rung;
        var kind = NoticeProofs.KindOf(draft.Policy, index);
        draft.Case = draft.Case with { Rung = index + 1, RungAt = draft.Now };
        var balance = draft.Policy.Currency.Format(draft.Account.Balance);
        var isLimit = rung.Does(RungActions.Limit);
        draft.Say(isLimit ? "fieldwork" : ControlTags.Tag(kind),
            $"Step '{rung.Name}': the balance of {balance} is below its level.");
        if (NoticeProofs.FallbackUsed(draft.Facts, index, isCut: false) is { } fallback)
        {
            draft.Say(isLimit ? "fieldwork" : ControlTags.Tag(kind), fallback);
        }

        SayWork(draft, rung);
        if (rung.Does(RungActions.Sms))
        {
            var label = NoticeTemplates.Label(kind, draft.Customer.Language);
            draft.Say(ControlTags.Tag(kind), draft.Customer.Phone.Length == 0
                ? "No phone number is known: no message could be sent."
                : $"Message {label} is sent.");
            draft.Notify(kind, EarliestCut(draft.Facts, index + 1, draft.Now));
        }

        if (rung.Does(RungActions.Alarm))
        {
            draft.Say(ControlTags.Tag(kind), draft.Customer.Relay is null
                ? "No meter of the account can sound an alarm."
                : "The alarm at the meter is switched on.");
        }
    }

    /// <summary>What people must do for a rung, and record.</summary>
    private static void SayWork(LadderDraft draft, PolicyRung rung)
    {
        if (rung.Does(RungActions.Limit))
        {
            draft.Say("fieldwork", $"The load is to be limited to {rung.LimitWatts} W: the meter's protocol has no "
                + "command for it, so people must set the limit and record it.");
        }

        if (rung.Does(RungActions.Letter)) draft.Say("fieldwork", "A letter is to be sent and recorded.");
        if (rung.Does(RungActions.Visit)) draft.Say("fieldwork", "A visit is to be made and recorded.");
    }

    /// <summary>
    /// The earliest cut if the balance kept falling: all delays, then the hours for cuts. Null when none is coming.
    /// </summary>
    private static Instant? EarliestCut(CaseFacts facts, int from, Instant now)
    {
        var policy = facts.Policy;
        if (policy.CutRung is null) return null;
        var at = now;
        for (var i = from; i < policy.Rungs.Count && at < Instant.Never; i++)
        {
            var limit = policy.Rungs[i - 1];
            var limited = limit.Does(RungActions.Limit) && limit.AppliesTo(facts.Customer.Classes);
            if (limited) at = PolicyTime.AddDays(policy.Zone, at, limit.LimitDays);
            if (policy.Rungs[i].AppliesTo(facts.Customer.Classes)) at = ReadyAt(facts, i, at, at);
        }

        if (at >= Instant.Never) return null;
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

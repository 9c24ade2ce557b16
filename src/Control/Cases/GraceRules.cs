using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>How long a customer has, whatever else is true: grace, emergency days, and partial payments.</summary>
internal static class GraceRules
{
    /// <summary>When a cut may follow a last notice at the earliest, by the policy's grace alone.</summary>
    public static Instant AfterLastNotice(Policy policy, Instant lastNoticeAt)
    {
        var days = Math.Max(policy.Grace.Days, policy.EmergencyDays);
        var byDays = PolicyTime.AddDays(policy.Zone, lastNoticeAt, days);
        var byWorkingDays = PolicyTime.AfterWorkingDays(policy.CutWindows, lastNoticeAt, policy.Grace.WorkingDays);
        return byDays > byWorkingDays ? byDays : byWorkingDays;
    }

    public static void AddGates(CaseFacts facts, List<ClosedGate> closed)
    {
        var (policy, now) = (facts.Policy, facts.Now);
        if (facts.Case.Rung == policy.Rungs.Count - 1 && facts.Case.Desired != Supply.Off)
        {
            Add("The last notice gives time", Ladder.ReadyAt(facts, facts.Case.Rung, facts.Case.RungAt, now));
        }

        if (facts.Customer.ConvertedAt is { } convertedAt && policy.Grace.AfterConversionDays > 0)
        {
            Add("The account has only just become prepaid: it has time",
                PolicyTime.AddDays(policy.Zone, convertedAt, policy.Grace.AfterConversionDays));
        }

        var backlog = facts.Health.BacklogEndedAt;
        if (backlog > Instant.Epoch && policy.Grace.AfterBacklogHours > 0)
        {
            Add("After an interruption everybody has time",
                backlog + TimeSpan.FromHours(policy.Grace.AfterBacklogHours));
        }

        if (facts.Case.ReliefUntil > now)
        {
            var until = LocalText.DateAndTime(policy.Zone, facts.Case.ReliefUntil);
            closed.Add(new(Gate.Relief, $"A part of the dues is paid: no cut before {until}.", facts.Case.ReliefUntil));
        }

        void Add(string why, Instant until)
        {
            if (until <= now) return;
            var end = until >= Instant.Never ? "without end" : $"until {LocalText.DateAndTime(policy.Zone, until)}";
            closed.Add(new(Gate.Grace, $"{why} {end}.", until));
        }
    }

    /// <summary>A part of the dues gives days from the latest payment, once in a run of the ladder.</summary>
    public static void GrantRelief(LadderDraft draft)
    {
        var facts = draft.Facts;
        if (draft.Case.ReliefUntil > Instant.Epoch || draft.Case.Rung == 0 || facts.Payments.Count == 0) return;
        if (draft.Policy.PartialPayments.Count == 0 || draft.Account.Balance >= draft.Policy.Reconnect.AtLeast) return;
        var reached = draft.Policy.PartialPayments.Where(step => IsPaid(facts, step.FromPercent)).ToList();
        if (reached.Count == 0) return;
        var step = reached[^1];
        var until = PolicyTime.AddDays(draft.Policy.Zone, facts.Payments.Max(payment => payment.At), step.Days);
        draft.Case = draft.Case with { ReliefUntil = until };
        draft.Say("none", $"At least {step.FromPercent} % of the dues is paid: no cut before "
            + $"{LocalText.DateAndTime(draft.Policy.Zone, until)}.");
    }

    /// <summary>A partial payment that still stands brings back who is off.</summary>
    public static bool BringsBack(CaseFacts facts, ControlCase now) => now.ReliefUntil > facts.Now
        && (facts.Policy.Reconnect.PercentOfDues is not { } share || IsPaid(facts, share));

    /// <summary>Payments of the run are at least this share of them and of what is still missing; exact.</summary>
    private static bool IsPaid(CaseFacts facts, int percent)
    {
        var paid = facts.Payments.Aggregate((Int128)0, (sum, payment) => sum + payment.Amount.Minor);
        var missing = facts.Policy.Reconnect.AtLeast.Minor - facts.Account.Balance.Minor;
        return paid > 0 && paid * 100 >= (paid + Math.Max(missing, 0)) * percent;
    }
}

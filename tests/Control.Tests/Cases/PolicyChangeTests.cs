using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

/// <summary>Policies that change on the way, rungs that are not for everybody, limits and service levels.</summary>
public class PolicyChangeTests
{
    [Fact]
    public void A_new_version_repeats_the_last_notice_and_withdraws_a_cut_that_has_not_left()
    {
        var facts = Given.TripStands(CommandState.Queued, sent: false).With(c => c with { Policy = "demo-72h/0" });
        var outcome = Ladder.Decide(facts);
        Assert.Equal((CommandState.Cancelled, Supply.On), (outcome.Cancelled.Single().To, outcome.After.Desired));
        Assert.Equal((1, "demo-72h/1"), (outcome.After.Rung, outcome.After.Policy));
        Assert.Empty(outcome.Notices); // The delay of the warning counts anew.
        Assert.Contains("takes the place of demo-72h/0", string.Join(' ', outcome.Decision!.Reasons),
            StringComparison.Ordinal);

        var later = facts with { Case = outcome.After, Active = [], Notices = facts.Notices };
        Assert.Empty(Ladder.Decide(later.At(facts.Now + TimeSpan.FromMinutes(359))).Notices);
        var warned = Ladder.Decide(later.At(facts.Now + TimeSpan.FromHours(6)));
        Assert.Equal(NoticeKind.Warn, Assert.Single(warned.Notices).Kind);
    }

    [Fact]
    public void A_cut_that_may_have_left_stays_the_cut_of_the_new_ladder()
    {
        var facts = Given.CutAndProven().With(c => c with { Policy = "other/3" });
        var outcome = Ladder.Decide(facts);
        Assert.Equal((Supply.Off, 3), (outcome.After.Desired, outcome.After.Rung));
        Assert.Empty(outcome.Commands);
    }

    [Fact]
    public void The_first_policy_of_a_case_and_the_same_one_again_change_nothing()
    {
        var facts = Given.DueForCut();
        Assert.Equal(2 + 1, Ladder.Decide(facts).After.Rung);
        Assert.Equal(2 + 1, Ladder.Decide(facts.With(c => c with { Policy = "demo-72h/1" })).After.Rung);
    }

    [Fact]
    public void A_rung_for_others_is_passed_over_and_its_alarm_is_not_sounded()
    {
        var rungs = Given.Demo.Rungs.ToList();
        rungs[1] = rungs[1] with { Classes = new HashSet<string> { "aided" } };
        var facts = Given.DueForCut().With(c => c with { Rung = 1, AlarmOn = false }) with
        {
            Policy = Given.Demo with { Rungs = rungs },
            Notices = [Given.Message(NoticeKind.Remind, NoticeState.Delivered, Given.Monday10 - TimeSpan.FromHours(9))],
        };
        Assert.Equal(CommandKind.Trip, Assert.Single(Ladder.Decide(facts).Commands).Kind);
        var aided = facts with { Customer = facts.Customer with { Classes = new HashSet<string> { "aided" } } };
        Assert.Equal(NoticeKind.Warn, Assert.Single(Ladder.Decide(aided).Notices).Kind);
    }

    [Fact]
    public void A_limit_in_force_is_to_be_taken_away_when_the_ladder_falls_back()
    {
        var policy = ShippedPolicies.Load("fr-residential");
        var facts = Given.DueForCut() with
        {
            Policy = policy,
            Contacts = [new(Given.Account, ContactChannel.LimitSet, Given.Monday10, new("crew"), "")],
        };
        facts = facts.With(c => c with { Rung = 3, AlarmOn = false }) with
        {
            Customer = facts.Customer with { Classes = new HashSet<string> { "aided" } },
        };
        var outcome = Ladder.Decide(facts.Paid());
        Assert.Equal((0, "fieldwork"), (outcome.After.Rung, outcome.Decision!.Outcome));
        Assert.Contains("is to be taken away", outcome.Decision.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_reconnect_that_is_late_is_on_record_once_with_what_is_due()
    {
        var policy = Given.Demo with
        {
            Reconnect = Given.Demo.Reconnect with { WithinMinutes = 60 },
            Compensation = new(null, new(2_500)),
        };
        var began = Given.Monday10;
        var facts = Given.CutAndProven().Paid()
            .With(c => c with { Desired = Supply.On, Rung = 0, RungAt = began }) with
        {
            Policy = policy,
            Active = [Given.Order(CommandKind.Close, CommandState.Sent, began, sent: true)],
        };
        Assert.False(Ladder.Decide(facts.At(began + TimeSpan.FromMinutes(59))).After.LateTold);
        var late = Ladder.Decide(facts.At(began + TimeSpan.FromMinutes(60)));
        Assert.True(late.After.LateTold);
        Assert.Contains("Compensation of", string.Join(' ', late.Decision!.Reasons), StringComparison.Ordinal);
        var again = Ladder.Decide(facts.With(_ => late.After).At(began + TimeSpan.FromMinutes(75)));
        Assert.DoesNotContain(
            again.Decision?.Reasons ?? [], one => one.Contains("Compensation", StringComparison.Ordinal));
    }

    [Fact]
    public void Days_from_a_partial_payment_end_with_the_run_of_the_ladder()
    {
        var facts = Given.DueForCut().With(c => c with { ReliefUntil = Given.Monday10 + TimeSpan.FromDays(2) });
        var waits = Ladder.Decide(facts);
        Assert.Empty(waits.Commands);
        Assert.Equal(Given.Monday10 + TimeSpan.FromDays(2), waits.DueAt);
        Assert.Equal(Instant.Epoch, Ladder.Decide(facts.Paid()).After.ReliefUntil);
    }

    [Fact]
    public void What_puts_it_back_on_is_named_with_smaller_amounts_for_days()
    {
        var facts = Given.CutAndProven() with { Policy = ShippedPolicies.Load("in-uttar-pradesh") };
        facts = facts.With(c => c with { Rung = 4 }).Balance(-9_999, 0b1111);
        var explained = SupplyExplainer.Explain(facts);
        Assert.Equal(new(10_000), explained.ToConnect);
        Assert.Equal([(new Money(5_000), 3), (new Money(7_500), 7)], explained.ForDays);
        Assert.Contains(explained.ReconnectGates, gate => gate.Gate == Gate.Balance);
        Assert.Empty(explained.CutGates);
        Assert.Contains("within 120 minutes", explained.WhatElse[0], StringComparison.Ordinal);
    }
}

using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

public class LadderTests
{
    [Fact]
    public void Nothing_happens_to_an_account_in_credit()
    {
        var outcome = Ladder.Decide(Given.InCredit());
        Assert.Null(outcome.Decision);
        Assert.Empty(outcome.Commands);
        Assert.Empty(outcome.Notices);
        Assert.Equal(Instant.Never, outcome.DueAt);
        Assert.Equal(Supply.Unknown, outcome.After.Desired);
    }

    [Fact]
    public void The_first_level_reminds_once_and_says_when_the_next_step_may_come()
    {
        var facts = Given.InCredit().Balance(2_900, 0b001);
        var outcome = Ladder.Decide(facts);
        Assert.Equal(1, outcome.After.Rung);
        Assert.Equal(facts.Now, outcome.After.RungAt);
        var message = Assert.Single(outcome.Notices);
        Assert.Equal(NoticeKind.Remind, message.Kind);
        Assert.Contains("29.00 CNY", message.Text, StringComparison.Ordinal);
        Assert.Contains("2026-03-03 08:00", message.Text, StringComparison.Ordinal); // 22:00 is no hour for cuts.
        Assert.Equal("remind", outcome.Decision!.Outcome);
        Assert.Equal("demo-72h/1", outcome.Decision.Policy);

        var again = Ladder.Decide(facts with { Case = outcome.After, Notices = outcome.Notices });
        Assert.Empty(again.Notices);
        Assert.Null(again.Decision);
        Assert.Equal(Instant.Never, again.DueAt);
    }

    [Fact]
    public void A_balance_below_all_levels_at_once_skips_no_rung_and_no_delay()
    {
        var facts = Given.InCredit().Balance(-500, 0b111);
        var first = Ladder.Decide(facts);
        Assert.Equal(1, first.After.Rung);
        Assert.Empty(first.Commands);
        Assert.Equal(facts.Now + TimeSpan.FromHours(6), first.DueAt);

        var early = Ladder.Decide(facts.At(first.DueAt - TimeSpan.FromSeconds(1)) with { Case = first.After });
        Assert.Equal(1, early.After.Rung);
        Assert.Null(early.Decision);

        var second = Ladder.Decide(facts.At(first.DueAt) with { Case = first.After, Notices = first.Notices });
        Assert.Equal(2, second.After.Rung);
        Assert.Equal(NoticeKind.Warn, Assert.Single(second.Notices).Kind);
        Assert.Equal(CommandKind.AlarmOn, Assert.Single(second.Commands).Kind);
        Assert.Equal("warn", second.Decision!.Outcome);
    }

    [Fact]
    public void A_deep_level_reached_before_a_milder_one_of_another_unit_still_begins_with_the_reminder()
    {
        var outcome = Ladder.Decide(Given.InCredit().Balance(800, 0b010));
        Assert.Equal(1, outcome.After.Rung);
        Assert.Equal(NoticeKind.Remind, Assert.Single(outcome.Notices).Kind);
    }

    [Fact]
    public void Without_a_phone_the_rung_is_done_and_the_decision_says_so()
    {
        var facts = Given.InCredit().Balance(2_900, 0b001);
        var outcome = Ladder.Decide(facts with { Customer = facts.Customer with { Phone = "" } });
        Assert.Empty(outcome.Notices);
        Assert.Equal(1, outcome.After.Rung);
        Assert.Contains(
            outcome.Decision!.Reasons, reason => reason.Contains("No phone number", StringComparison.Ordinal));
    }

    [Fact]
    public void When_every_gate_is_open_the_cut_is_queued_with_the_fence_and_an_expiry_inside_the_window()
    {
        var facts = Given.DueForCut(Given.Local(2026, 3, 2, 15, 10)).With(c => c with { Fence = 17 });
        var outcome = Ladder.Decide(facts);
        var trip = Assert.Single(outcome.Commands);
        Assert.Equal(CommandKind.Trip, trip.Kind);
        Assert.Equal(CommandState.Queued, trip.State);
        Assert.Equal(17, trip.Fence);
        Assert.Equal(0, trip.Id.Value);
        Assert.Equal(Given.Local(2026, 3, 2, 15, 30), trip.ExpiresAt);
        Assert.Equal(Supply.Off, outcome.After.Desired);
        Assert.Equal(3, outcome.After.Rung);
        Assert.Equal("cut", outcome.Decision!.Outcome);
        Assert.Equal(trip.ExpiresAt, outcome.DueAt);
    }

    [Fact]
    public void A_cut_early_in_the_window_expires_with_its_own_life()
    {
        var facts = Given.DueForCut();
        Assert.Equal(facts.Now + TimeSpan.FromHours(1), Assert.Single(Ladder.Decide(facts).Commands).ExpiresAt);
    }

    [Fact]
    public void The_cut_waits_for_its_delay()
    {
        var facts = Given.DueForCut();
        var outcome = Ladder.Decide(facts.With(c => c with { RungAt = facts.Now - TimeSpan.FromHours(5) }));
        Assert.Empty(outcome.Commands);
        Assert.Equal(facts.Now + TimeSpan.FromHours(1), outcome.DueAt);
    }

    [Fact]
    public void Outside_the_hours_the_cut_waits_for_the_window_and_says_so_once()
    {
        var facts = Given.DueForCut(Given.Local(2026, 3, 2, 20));
        var outcome = Ladder.Decide(facts);
        Assert.Empty(outcome.Commands);
        Assert.Equal("wait", outcome.Decision!.Outcome);
        var opens = Given.Local(2026, 3, 3, 8);
        Assert.InRange(outcome.DueAt - opens, TimeSpan.Zero, TimeSpan.FromMilliseconds(999));
        var open = Ladder.Decide(facts.At(outcome.DueAt) with { Case = outcome.After });
        Assert.Equal(CommandKind.Trip, Assert.Single(open.Commands).Kind);
    }

    [Fact]
    public void The_same_shut_gate_is_explained_once_and_another_one_anew()
    {
        var facts = Given.DueForCut();
        facts = facts with { Account = facts.Account with { LastReadingAt = facts.Now - TimeSpan.FromHours(5) } };
        var first = Ladder.Decide(facts);
        Assert.Equal("wait", first.Decision!.Outcome);
        Assert.InRange(first.DueAt - facts.Now, Ladder.LookAgain, Ladder.LookAgain + TimeSpan.FromSeconds(1));

        var next = facts with { Case = first.After, Now = first.DueAt };
        Assert.Null(Ladder.Decide(next).Decision);
        var other = Ladder.Decide(next.Held(Instant.Never));
        Assert.Contains(other.Decision!.Reasons, reason => reason.Contains("dispute", StringComparison.Ordinal));
        Assert.NotNull(Ladder.Decide(next.With(c => c with { Told = 0 })).Decision);
    }

    [Fact]
    public void A_hold_makes_the_cut_wait_until_the_hold_ends()
    {
        var facts = Given.DueForCut();
        var outcome = Ladder.Decide(facts.Held(facts.Now + TimeSpan.FromHours(2)));
        Assert.Empty(outcome.Commands);
        Assert.InRange(
            outcome.DueAt - facts.Now, TimeSpan.FromHours(2), TimeSpan.FromHours(2) + TimeSpan.FromSeconds(1));
        Assert.Equal(Instant.Never, Ladder.Decide(facts.Held(Instant.Never)).DueAt);
    }

    [Fact]
    public void A_failed_message_is_replaced_by_the_confirmed_alarm_and_the_explanation_says_so()
    {
        var facts = Given.DueForCut();
        facts = facts with { Notices = [facts.Notices[0] with { State = NoticeState.Failed }, facts.Notices[1]] };
        var cut = Ladder.Decide(facts);
        Assert.Equal(CommandKind.Trip, Assert.Single(cut.Commands).Kind);
        Assert.Contains(
            cut.Decision!.Reasons, reason => reason.Contains("alarm at the meter", StringComparison.Ordinal));

        var silent = Ladder.Decide(facts.With(c => c with { AlarmOn = false }));
        Assert.DoesNotContain(silent.Commands, command => command.Kind == CommandKind.Trip);
        Assert.Contains(silent.Commands, command => command.Kind == CommandKind.AlarmOn);
    }

    [Fact]
    public void An_awaited_message_is_awaited_even_when_the_alarm_sounds_until_it_is_too_old()
    {
        var facts = Given.DueForCut();
        var sentAt = facts.Now - TimeSpan.FromHours(5);
        facts = facts with { Notices = [Given.Message(NoticeKind.Warn, NoticeState.Sent, sentAt), facts.Notices[1]] };
        var outcome = Ladder.Decide(facts);
        Assert.Empty(outcome.Commands);
        Assert.InRange(
            outcome.DueAt - facts.Now, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));
        Assert.NotEmpty(Ladder.Decide(facts.At(sentAt + TimeSpan.FromHours(6))).Commands);
    }

    [Fact]
    public void A_full_recovery_begins_the_ladder_anew_and_silences_the_alarm()
    {
        var facts = Given.DueForCut().Paid();
        var outcome = Ladder.Decide(facts);
        Assert.Equal(0, outcome.After.Rung);
        Assert.Equal(facts.Now, outcome.After.RungAt);
        Assert.Equal(CommandKind.AlarmOff, Assert.Single(outcome.Commands).Kind);
        Assert.Equal("none", outcome.Decision!.Outcome);
    }

    [Fact]
    public void A_partial_recovery_falls_back_and_counts_the_delay_from_now()
    {
        var outcome = Ladder.Decide(Given.DueForCut().Balance(400, 0b011).With(c => c with { Rung = 2 }));
        Assert.Equal(2, outcome.After.Rung); // Reminded and warned still hold.
        var lower = Ladder.Decide(Given.DueForCut().Balance(2_000, 0b001));
        Assert.Equal(1, lower.After.Rung);
        Assert.Equal(Given.Monday10, lower.After.RungAt);
        Assert.Contains(lower.Commands, command => command.Kind == CommandKind.AlarmOff);
    }

    [Fact]
    public void A_rung_may_wait_for_the_hours_for_cuts_and_the_cut_follows_it()
    {
        var policy = ShippedPolicies.Load(ShippedPolicies.ChinaResidential);
        var friday = Given.Local(2026, 3, 6, 17);
        var facts = Given.InCredit(friday) with { Policy = policy };
        facts = facts.Balance(-100, 0b11111).With(
            c => c with { Rung = 3, RungAt = friday - TimeSpan.FromHours(73), AlarmOn = true });
        var waits = Ladder.Decide(facts);
        Assert.Equal(3, waits.After.Rung);
        Assert.Equal(Given.Local(2026, 3, 9, 9), waits.DueAt);
        var told = Ladder.Decide(facts.At(waits.DueAt) with { Case = waits.After });
        Assert.Equal(4, told.After.Rung);
        Assert.Contains("2026-03-09 09:30", Assert.Single(told.Notices).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_alarm_is_sent_again_later_and_later()
    {
        var facts = Given.DueForCut().Balance(400, 0b011).With(c => c with { AlarmOn = false });
        Assert.Equal(CommandKind.AlarmOn, Assert.Single(Ladder.Decide(facts).Commands).Kind);
        var lost = Given.Order(CommandKind.AlarmOn, CommandState.TimedOut, facts.Case.RungAt, sent: true);
        var soon = facts.At(facts.Case.RungAt + TimeSpan.FromMinutes(20)) with { LastFinal = [lost] };
        Assert.Empty(Ladder.Decide(soon).Commands);
        Assert.Equal(facts.Case.RungAt + TimeSpan.FromSeconds(5) + TimeSpan.FromMinutes(30), Ladder.Decide(soon).DueAt);
    }

    [Fact]
    public void An_alarm_sent_without_an_answer_is_silenced_after_recovery()
    {
        var facts = Given.DueForCut().Paid().With(c => c with { AlarmOn = false });
        var lost = Given.Order(
            CommandKind.AlarmOn, CommandState.TimedOut, facts.Now - TimeSpan.FromHours(3), sent: true);
        Assert.Equal(
            CommandKind.AlarmOff, Assert.Single(Ladder.Decide(facts with { LastFinal = [lost] }).Commands).Kind);
    }

    [Fact]
    public void The_same_facts_give_the_same_outcome()
    {
        var facts = Given.DueForCut();
        var (a, b) = (Ladder.Decide(facts), Ladder.Decide(facts));
        Assert.Equal(a.After, b.After);
        Assert.Equal(a.Commands, b.Commands);
        Assert.Equal(a.Decision!.Reasons, b.Decision!.Reasons);
    }
}

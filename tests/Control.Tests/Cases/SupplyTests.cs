using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

public class SupplyTests
{
    private static readonly Command[] None = [];

    [Fact]
    public void A_payment_reconnects_at_once_at_any_hour()
    {
        var night = Given.Local(2026, 3, 3, 2);
        var outcome = Ladder.Decide(Given.CutAndProven(night).Paid());
        var close = Assert.Single(outcome.Commands, command => command.Kind == CommandKind.Close);
        Assert.Equal(night, close.DueAt);
        Assert.Equal(Supply.On, outcome.After.Desired);
        Assert.Equal(0, outcome.After.Rung);
        Assert.Equal("reconnect", outcome.Decision!.Outcome);
        Assert.Contains(outcome.Commands, command => command.Kind == CommandKind.AlarmOff);
    }

    [Fact]
    public void A_small_payment_above_the_reconnect_level_reconnects_and_re_anchors_before_the_cut()
    {
        // Cut level not yet recovered by hysteresis.
        var outcome = Ladder.Decide(Given.CutAndProven().Balance(50, 0b111));
        Assert.Contains(outcome.Commands, command => command.Kind == CommandKind.Close);
        Assert.Equal(2, outcome.After.Rung);
        Assert.Equal(Given.Monday10, outcome.After.RungAt);
    }

    [Fact]
    public void A_payment_that_is_too_small_reconnects_nothing_and_who_is_off_is_looked_at_again()
    {
        var facts = Given.CutAndProven().Balance(-20, 0b111);
        var outcome = Ladder.Decide(facts);
        Assert.Empty(outcome.Commands);
        Assert.Null(outcome.Decision);
        Assert.Equal(Supply.Off, outcome.After.Desired);
        Assert.Equal(facts.Now + Ladder.CompareEvery, outcome.DueAt);
    }

    [Theory]
    [InlineData(CommandState.Expired, false)]
    [InlineData(CommandState.Cancelled, false)]
    [InlineData(CommandState.Failed, false)]
    [InlineData(CommandState.TimedOut, true)] // It may have happened.
    public void A_persons_cut_that_came_to_nothing_is_forgotten(CommandState state, bool stands)
    {
        var facts = Given.TripStands(state, sent: state == CommandState.Failed)
            .With(c => c with { ManualOff = true, Actual = Supply.On });
        facts = facts with
        {
            LastFinal = [.. facts.LastFinal.Select(c => c with { Origin = CommandOrigin.Manual })],
        };
        Assert.Equal(stands, Ladder.Decide(facts).After.ManualOff);
        var proven = facts.With(c => c with { Actual = Supply.Off });
        Assert.True(Ladder.Decide(proven).After.ManualOff); // It is off: the person's wish stands.
    }

    [Fact]
    public void A_manual_cut_is_not_undone_by_a_payment()
    {
        var outcome = Ladder.Decide(Given.CutAndProven().Paid().With(c => c with { ManualOff = true }));
        Assert.DoesNotContain(outcome.Commands, command => command.Kind == CommandKind.Close);
        Assert.Equal("wait", outcome.Decision!.Outcome);
    }

    [Fact]
    public void A_persons_cut_on_its_way_is_left_alone()
    {
        var facts = Given.InCredit();
        var manual = Given.Order(CommandKind.Trip, CommandState.Queued, facts.Now, sent: false, CommandOrigin.Manual);
        var outcome = Ladder.Decide(facts with { Active = [manual] });
        Assert.Empty(outcome.Cancelled);
        Assert.Empty(outcome.Commands);
    }

    [Theory]
    [InlineData(CommandState.Queued)]
    [InlineData(CommandState.Quarantined)]
    public void A_payment_cancels_a_cut_that_was_never_sent_and_needs_no_reconnect(CommandState state)
    {
        var outcome = Ladder.Decide(Given.TripStands(state, sent: false).Paid());
        Assert.Equal((new CommandId(50), CommandState.Cancelled), Assert.Single(outcome.Cancelled));
        Assert.Equal(Supply.On, outcome.After.Desired);
        Assert.DoesNotContain(outcome.Commands, command => command.Kind == CommandKind.Close);
    }

    [Fact]
    public void A_queued_cut_that_was_sent_before_is_cancelled_and_followed_by_a_close()
    {
        var outcome = Ladder.Decide(Given.TripStands(CommandState.Queued, sent: true).Paid());
        Assert.Single(outcome.Cancelled);
        Assert.Contains(outcome.Commands, command => command.Kind == CommandKind.Close);
    }

    [Fact]
    public void A_relay_read_before_the_cut_was_sent_does_not_prove_that_it_was_not()
    {
        var facts = Given.TripStands(CommandState.Queued, sent: true)
            .With(c => c with { Actual = Supply.On, ActualAt = c.RungAt + TimeSpan.FromSeconds(1) });
        var held = Ladder.Decide(facts.Held(Instant.Never));
        Assert.Single(held.Cancelled);
        Assert.Equal((3, Supply.Off), (held.After.Rung, held.After.Desired));
        var paid = Ladder.Decide(facts.Paid());
        Assert.Contains(paid.Commands, command => command.Kind == CommandKind.Close);
        Assert.DoesNotContain(
            paid.Decision!.Reasons, reason => reason.Contains("before it was sent", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(CommandState.Sent)]
    [InlineData(CommandState.Accepted)]
    [InlineData(CommandState.Acknowledged)]
    public void A_cut_in_flight_when_the_payment_arrives_is_chased_by_a_close(CommandState state)
    {
        var facts = Given.TripStands(state, sent: true).Paid();
        var first = Ladder.Decide(facts);
        Assert.Equal(Supply.On, first.After.Desired);
        Assert.Empty(first.Cancelled);
        Assert.DoesNotContain(first.Commands, command => command.Kind == CommandKind.Close); // Never both at once.

        foreach (var end in new[] { CommandState.Confirmed, CommandState.TimedOut, CommandState.Failed })
        {
            var ended = facts.Active[0] with { State = end };
            var then = Ladder.Decide(facts with { Case = first.After, Active = None, LastFinal = [ended] });
            Assert.Contains(then.Commands, command => command.Kind == CommandKind.Close);
        }
    }

    [Fact]
    public void A_cut_proven_not_to_have_happened_needs_no_close()
    {
        var facts = Given.TripStands(CommandState.Failed, sent: true).Paid()
            .With(c => c with { Actual = Supply.On, ActualAt = c.RungAt + TimeSpan.FromMinutes(1) });
        var outcome = Ladder.Decide(facts);
        Assert.DoesNotContain(outcome.Commands, command => command.Kind == CommandKind.Close);
        Assert.Equal(Supply.On, outcome.After.Desired);
    }

    [Fact]
    public void When_an_earlier_cut_of_the_run_may_have_been_sent_the_close_goes_out_although_the_last_cut_did_not()
    {
        var facts = Given.TripStands(CommandState.Expired, sent: false).Paid();
        facts = facts.With(c => c with { Rung = 4, RungAt = c.RungAt - TimeSpan.FromDays(1) });
        Assert.Contains(Ladder.Decide(facts).Commands, command => command.Kind == CommandKind.Close);
    }

    [Fact]
    public void A_failed_close_is_repeated_after_1_2_5_and_15_minutes()
    {
        var facts = Given.CutAndProven().Paid();
        var began = facts.Now;
        var at = began;
        var pauses = new List<double>();
        var state = Ladder.Decide(facts).After;
        for (var i = 0; i < 6; i++)
        {
            var failed = Given.Order(CommandKind.Close, CommandState.Failed, at, sent: true) with { SentAt = at };
            var waiting = Ladder.Decide(facts.At(at) with { Case = state, LastFinal = [failed, .. facts.LastFinal] });
            Assert.DoesNotContain(waiting.Commands, command => command.Kind == CommandKind.Close);
            pauses.Add((waiting.DueAt - at).TotalMinutes);
            at = waiting.DueAt;
            var again = Ladder.Decide(
                facts.At(at) with { Case = waiting.After, LastFinal = [failed, .. facts.LastFinal] });
            Assert.Contains(again.Commands, command => command.Kind == CommandKind.Close);
            state = again.After;
        }

        Assert.Equal([1, 2, 5, 15, 15, 15], pauses);
    }

    [Fact]
    public void A_relay_found_open_although_on_is_wanted_is_closed()
    {
        var facts = Given.InCredit().With(
            c => c with { Desired = Supply.On, Actual = Supply.Off, ActualAt = c.RungAt });
        Assert.Equal(CommandKind.Close, Assert.Single(Ladder.Decide(facts).Commands).Kind);
        var active = Given.Order(CommandKind.Close, CommandState.Queued, facts.Now, sent: false);
        Assert.Empty(Ladder.Decide(facts with { Active = [active] }).Commands);
    }

    [Fact]
    public void A_relay_found_closed_although_off_is_wanted_is_cut_anew_only_through_every_gate()
    {
        var facts = Given.CutAndProven(Given.Local(2026, 3, 3, 10));
        facts = facts.With(
            c => c with { Actual = Supply.On, ActualAt = facts.Now, RungAt = facts.Now - TimeSpan.FromDays(1) });
        facts = facts with { LastFinal = [facts.LastFinal[0] with { CreatedAt = facts.Now - TimeSpan.FromDays(1) }] };
        var outcome = Ladder.Decide(facts);
        Assert.Equal(CommandKind.Trip, Assert.Single(outcome.Commands).Kind);
        Assert.Equal(4, outcome.After.Rung); // Second attempt.
        Assert.Empty(Ladder.Decide(facts.Held(Instant.Never)).Commands);
    }

    [Theory]
    [InlineData(CommandState.Failed)]
    [InlineData(CommandState.TimedOut)]
    public void A_cut_that_came_to_nothing_is_tried_again_in_the_next_window(CommandState state)
    {
        var facts = Given.TripStands(state, sent: true);
        var outcome = Ladder.Decide(facts);
        Assert.Empty(outcome.Commands);
        Assert.Equal("wait", outcome.Decision!.Outcome);
        Assert.InRange(outcome.DueAt - Given.Local(2026, 3, 3, 8), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        var next = Ladder.Decide(facts.At(outcome.DueAt) with { Case = outcome.After });
        Assert.Equal(CommandKind.Trip, Assert.Single(next.Commands).Kind);
        Assert.Equal(4, next.After.Rung);
    }

    [Fact]
    public void A_cut_that_expired_while_it_waited_its_turn_is_no_attempt_and_queues_again_at_once()
    {
        var outcome = Ladder.Decide(Given.TripStands(CommandState.Expired, sent: false));
        Assert.Equal(CommandKind.Trip, Assert.Single(outcome.Commands).Kind);
        Assert.Equal(3, outcome.After.Rung); // Still the first attempt.
    }

    [Fact]
    public void After_the_last_attempt_people_go_there_and_this_is_told_once()
    {
        var facts = Given.TripStands(CommandState.TimedOut, sent: true).With(c => c with { Rung = 5 });
        var outcome = Ladder.Decide(facts);
        Assert.Equal("fieldwork", outcome.Decision!.Outcome);
        Assert.Empty(outcome.Commands);
        var again = Ladder.Decide(facts with { Case = outcome.After });
        Assert.Null(again.Decision);
        Assert.Contains(
            Ladder.Decide(facts.Paid() with { Case = outcome.After }).Commands,
            command => command.Kind == CommandKind.Close);
    }

    [Fact]
    public void A_hold_withdraws_a_queued_cut_and_the_delay_begins_anew()
    {
        var facts = Given.TripStands(CommandState.Queued, sent: false);
        var outcome = Ladder.Decide(facts.Held(facts.Now + TimeSpan.FromDays(2)));
        Assert.Equal(CommandState.Cancelled, Assert.Single(outcome.Cancelled).To);
        Assert.Equal((2, Supply.On, facts.Now), (outcome.After.Rung, outcome.After.Desired, outcome.After.RungAt));
    }

    [Fact]
    public void A_queued_cut_is_withdrawn_when_the_balance_is_no_longer_below_the_level_but_too_low_to_reconnect()
    {
        var policy = Given.Demo with { Reconnect = new(new(2_000), ReconnectMode.Close) };
        var outcome = Ladder.Decide(
            Given.TripStands(CommandState.Queued, sent: false).Balance(300, 0b011) with { Policy = policy });
        Assert.Single(outcome.Cancelled);
        Assert.Equal(Supply.On, outcome.After.Desired);
        var cut = Ladder.Decide(Given.CutAndProven().Balance(300, 0b011) with { Policy = policy });
        Assert.Equal(Supply.Off, cut.After.Desired);
        Assert.Empty(cut.Commands);
    }

    [Fact]
    public void No_cut_is_decided_while_a_close_is_in_flight_and_a_queued_close_is_superseded()
    {
        var facts = Given.DueForCut().With(c => c with { Desired = Supply.On });
        var sent = Given.Order(CommandKind.Close, CommandState.Sent, facts.Now - TimeSpan.FromMinutes(1), sent: true);
        Assert.Empty(Ladder.Decide(facts with { Active = [sent] }).Commands);
        var queued = Given.Order(
            CommandKind.Close, CommandState.Queued, facts.Now - TimeSpan.FromMinutes(1), sent: false);
        var outcome = Ladder.Decide(facts with { Active = [queued] });
        Assert.Equal((new CommandId(50), CommandState.Superseded), Assert.Single(outcome.Cancelled));
        Assert.Equal(CommandKind.Trip, Assert.Single(outcome.Commands).Kind);
    }

    [Fact]
    public void The_customer_is_told_of_a_proven_cut_and_of_a_proven_reconnect_once()
    {
        var cut = Given.CutAndProven();
        var untold = cut with { Notices = [.. cut.Notices.Skip(1)] };
        var told = Ladder.Decide(untold);
        Assert.Equal(NoticeKind.CutDone, Assert.Single(told.Notices).Kind);
        Assert.Empty(Ladder.Decide(cut).Notices);

        var paid = cut.Paid();
        var state = Ladder.Decide(paid).After;
        var close = Given.Order(CommandKind.Close, CommandState.Confirmed, paid.Now, sent: true);
        var back = paid with
        {
            Case = state with { Actual = Supply.On, ActualAt = paid.Now + TimeSpan.FromSeconds(20) },
            LastFinal = [.. cut.LastFinal, close],
            Now = paid.Now + TimeSpan.FromSeconds(20),
        };
        var outcome = Ladder.Decide(back);
        Assert.Equal(NoticeKind.Reconnected, Assert.Single(outcome.Notices).Kind);
        Assert.Empty(Ladder.Decide(back with { Notices = outcome.Notices, Case = outcome.After }).Notices);

        var newRun = back with { Case = back.Case with { RungAt = back.Now + TimeSpan.FromMinutes(1) } };
        Assert.Empty(Ladder.Decide(newRun).Notices);
    }

    [Fact]
    public void A_permit_that_the_meter_took_is_not_repeated_while_the_customer_has_not_pressed_the_button()
    {
        var policy = Given.Demo with { Reconnect = new(new(1), ReconnectMode.Permit) };
        var facts = Given.CutAndProven().Paid() with { Policy = policy };
        var first = Ladder.Decide(facts);
        Assert.Contains(first.Commands, command => command.Kind == CommandKind.PermitClose);
        var permit = Given.Order(CommandKind.PermitClose, CommandState.Confirmed, facts.Now, sent: true);
        var then = Ladder.Decide(facts.At(facts.Now + TimeSpan.FromMinutes(1)) with
        {
            Case = first.After with { AlarmOn = false },
            LastFinal = [.. facts.LastFinal, permit],
        });
        Assert.Empty(then.Commands);
        Assert.Contains("button", Assert.Single(then.Notices).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_account_without_a_relay_is_reminded_but_never_sent_a_command()
    {
        var facts = Given.DueForCut();
        var outcome = Ladder.Decide(facts with { Customer = facts.Customer with { Relay = null } });
        Assert.Empty(outcome.Commands);
        Assert.Equal("wait", outcome.Decision!.Outcome);
    }

    [Fact]
    public void An_overdue_unsent_command_is_expired_by_whoever_looks_first()
    {
        var facts = Given.TripStands(CommandState.Queued, sent: false);
        var later = facts.At(facts.Active[0].ExpiresAt);
        var outcome = Ladder.Decide(later);
        Assert.Equal((new CommandId(50), CommandState.Expired), Assert.Single(outcome.Cancelled));
        var again = Assert.Single(outcome.Commands); // It was never sent: it queues again, through all gates.
        Assert.Equal(CommandKind.Trip, again.Kind);
        Assert.Equal(CommandState.Queued, again.State);
    }
}

using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

/// <summary>Customers who are not reached by SMS.</summary>
public class ReachTests
{
    private static readonly Instant Since = Given.Local(2026, 2, 1, 9, 30);

    [Fact]
    public void No_message_is_made_for_a_number_marked_wrong_and_the_reason_is_kept()
    {
        var outcome = Ladder.Decide(Wrong(Given.InCredit().Balance(2_900, 0b001)));
        Assert.Empty(outcome.Notices);
        Assert.Equal(1, outcome.After.Rung);
        Assert.Contains(outcome.Decision!.Reasons, reason =>
            reason == "The phone number is marked wrong since 2026-02-01 09:30: no message could be sent.");
    }

    [Fact]
    public void Another_way_is_taken_where_there_is_one()
    {
        var facts = Wrong(Given.InCredit().Balance(2_900, 0b001));
        var outcome = Ladder.Decide(facts with { Customer = facts.Customer with { ReachableOtherwise = true } });
        var message = Assert.Single(outcome.Notices);
        Assert.Equal(("", "remind/en/1"), (message.Phone, message.Template));
        Assert.Contains(
            outcome.Decision!.Reasons, reason => reason.EndsWith("goes another way.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_number_is_no_proof_and_only_the_alarm_at_the_meter_replaces_it()
    {
        var facts = Wrong(Given.DueForCut()) with { Notices = [] };
        var silent = facts.With(found => found with { AlarmOn = false });
        Assert.Contains(Gates.ForCut(silent).Closed, gate => gate.Gate == Gate.NoticesUnproven);

        var cut = Ladder.Decide(facts);
        Assert.Contains(cut.Commands, command => command.Kind == CommandKind.Trip);
        Assert.Contains(cut.Decision!.Reasons, reason => reason.Contains(
            "No warn message could be sent. The alarm at the meter was confirmed instead.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_delivery_by_another_way_proves_and_is_named_in_the_explanation()
    {
        var facts = Given.DueForCut();
        var notices = facts.Notices
            .Select(one => one.Kind == NoticeKind.Warn ? one with { Channel = NoticeChannel.Email } : one).ToList();
        var cut = Ladder.Decide(facts with { Notices = notices });
        Assert.Contains(cut.Commands, command => command.Kind == CommandKind.Trip);
        Assert.Contains(cut.Decision!.Reasons, reason => reason.Contains(
            "The warn message did not go by SMS: it was delivered by email.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_wait_for_a_delivery_counts_from_the_end_of_the_quiet_hours()
    {
        var facts = Given.DueForCut().With(found => found with { AlarmOn = false });
        var sentAt = facts.Now - facts.Policy.NoticeProof - TimeSpan.FromHours(1);
        var warned = Given.Message(NoticeKind.Warn, NoticeState.Sent, sentAt);
        var reminded = facts.Notices[1];

        Assert.Contains("Nothing was heard", ClosedOf(warned).Sentence, StringComparison.Ordinal);
        Assert.Contains(
            "is awaited",
            ClosedOf(warned with { AllowedAt = facts.Now - TimeSpan.FromMinutes(5) }).Sentence,
            StringComparison.Ordinal);

        ClosedGate ClosedOf(Notice one) => Gates.ForCut(facts with { Notices = [one, reminded] }).Closed
            .Single(gate => gate.Gate == Gate.NoticesUnproven);
    }

    private static CaseFacts Wrong(CaseFacts facts) =>
        facts with { Customer = facts.Customer with { PhoneWrongSince = Since } };
}

using Meters.Control;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

public class GatesTests
{
    private static readonly CaseFacts Wanted = Given.DueForCut().With(c => c with { Desired = Supply.Off, Rung = 3 });
    private static readonly Command Trip = Given.Order(
        CommandKind.Trip, CommandState.Queued, Given.Monday10, sent: false);

    private static readonly HashSet<string> Ward = ["ward"];
    private static readonly HashSet<string> Nobody = [];

    /// <summary>The customer is of the class, and the policy is changed.</summary>
    private static CaseFacts Ruled(CaseFacts facts, Func<Policy, Policy> change) => facts with
    {
        Policy = change(facts.Policy),
        Customer = facts.Customer with { Classes = Ward },
    };

    /// <summary>Each changes exactly one thing of a cut whose gates are all open.</summary>
    private static readonly (Gate Gate, Func<CaseFacts, CaseFacts> Shut)[] Each =
    [
        (Gate.NeverCut, f => f with { Customer = f.Customer with { NeverCut = true } }),
        (Gate.Held, f => f.Held(f.Now + TimeSpan.FromHours(1))),
        (Gate.NeverCut, f => Ruled(f, p => p with { Protection = p.Protection with { NeverCut = Ward } })),
        (Gate.Moratorium, f => Ruled(f, p => p with { Moratoria = [new("spring", 3, 2, 3, 2, Nobody)] })),
        (Gate.Moratorium, f => f with
        {
            Moratoria =
            [
                new(1, MoratoriumKind.Weather, "*", f.Now, f.Now + TimeSpan.FromHours(1), new("clerk"), "heat"),
            ],
        }),
        (Gate.Grace, f => Ruled(f, p => p with { Grace = new(0, 0, 30, 0) }) is var g
            ? g with { Customer = g.Customer with { ConvertedAt = f.Now - TimeSpan.FromDays(29) } }
            : f),
        (Gate.Grace, f => Ruled(f, p => p with { Grace = new(0, 0, 0, 2) }) with
        {
            Health = f.Health with { BacklogEndedAt = f.Now - TimeSpan.FromHours(1) },
        }),
        (Gate.Relief, f => f.With(c => c with { ReliefUntil = f.Now + TimeSpan.FromHours(1) }) is var g
            ? g with { Policy = g.Policy with { Reconnect = g.Policy.Reconnect with { PercentOfDues = 100 } } }
            : f),
        (Gate.ContactsTooFew, f => Ruled(f, p => p with { ContactsMin = 3 })),
        (Gate.ApprovalMissing, f => Ruled(f, p => p with { Protection = p.Protection with { NeedsApproval = Ward } })),
        (
            Gate.AuthorityNotTold,
            f => Ruled(f, p => p with { Protection = p.Protection with { CopyToAuthority = Ward } })),
        (Gate.NoRelay, f => f with { Customer = f.Customer with { Relay = null } }),
        (Gate.ManualOff, f => f.With(c => c with { ManualOff = true })),
        (Gate.NotWanted, f => f.With(c => c with { Desired = Supply.On })),
        (Gate.Balance, f => f.Balance(0, 0b111)),
        (Gate.ReadingMissing, f => f with { Account = f.Account with { LastReadingAt = null } }),
        (
            Gate.ReadingNotActual,
            f => f with { Account = f.Account with { LastReadingQuality = ReadingQuality.Estimated } }),
        (
            Gate.ReadingNotActual,
            f => f with { Account = f.Account with { LastReadingQuality = ReadingQuality.Edited } }),
        (
            Gate.ReadingTooOld,
            f => f with { Account = f.Account with { LastReadingAt = f.Now - TimeSpan.FromSeconds(10_801) } }),
        (
            Gate.ReadingTooOld,
            f => f with { Account = f.Account with { LastReadingAt = f.Now + TimeSpan.FromSeconds(10_801) } }),
        (
            Gate.NoticesUnproven,
            f => f with { Notices = [f.Notices[1]] } is var g ? g.With(c => c with { AlarmOn = false }) : f),
        (Gate.NoticesUnproven, f => f with
        {
            Notices = [f.Notices[0] with { State = NoticeState.Sent, CreatedAt = f.Now }, f.Notices[1]],
        }),
        (Gate.FenceMoved, f => f.With(c => c with { Fence = 2 })),
        (Gate.PaymentsUnhealthy, f => f with { Health = f.Health with { Payments = false } }),
        (Gate.SmsUnhealthy, f => f with { Health = f.Health with { Sms = false } }),
        (Gate.IngestUnhealthy, f => f with { Health = f.Health with { Ingest = false } }),
        (Gate.ClockUnhealthy, f => f with { Health = f.Health with { Clock = false } }),
        (Gate.StoreUnhealthy, f => f with { Health = f.Health with { Store = false } }),
    ];

    [Fact]
    public void A_cut_with_everything_in_order_passes() => Assert.True(Gates.AtDispatch(Trip, Wanted).IsOpen);

    [Fact]
    public void Each_gate_alone_stops_a_cut_and_says_why()
    {
        foreach (var (gate, shut) in Each)
        {
            var closed = Assert.Single(Gates.AtDispatch(Trip, shut(Wanted)).Closed);
            Assert.Equal(gate, closed.Gate);
            Assert.EndsWith(".", closed.Sentence, StringComparison.Ordinal);
        }

        var tested = Each.Select(each => each.Gate).Append(Gate.Expired).Append(Gate.OutsideWindow);
        Assert.Equal(Enum.GetValues<Gate>(), tested.Distinct().Order());
    }

    [Fact]
    public void Each_gate_alone_stops_the_decision_to_cut_too()
    {
        Gate[] onlyAtDispatch = [Gate.NotWanted, Gate.FenceMoved];
        foreach (var (gate, shut) in Each.Where(each => !onlyAtDispatch.Contains(each.Gate)))
        {
            var outcome = Ladder.Decide(shut(Given.DueForCut()));
            Assert.DoesNotContain(outcome.Commands, command => command.Kind == CommandKind.Trip);
            Assert.True(outcome.After.Desired != Supply.Off, gate.ToString());
        }
    }

    [Fact]
    public void The_age_of_a_reading_may_be_exactly_the_maximum()
    {
        var edge = Wanted with { Account = Wanted.Account with { LastReadingAt = Wanted.Now - TimeSpan.FromHours(3) } };
        Assert.True(Gates.AtDispatch(Trip, edge).IsOpen);
    }

    [Fact]
    public void A_command_expires_at_its_instant_not_after()
    {
        var expired = Trip with { ExpiresAt = Wanted.Now };
        Assert.Equal(Gate.Expired, Assert.Single(Gates.AtDispatch(expired, Wanted).Closed).Gate);
        Assert.True(Gates.AtDispatch(Trip with { ExpiresAt = Wanted.Now + TimeSpan.FromTicks(10) }, Wanted).IsOpen);
    }

    [Theory]
    [InlineData(7, 59, false)]
    [InlineData(8, 0, true)]
    [InlineData(15, 29, true)]
    [InlineData(15, 30, false)]
    [InlineData(16, 0, false)]
    public void The_window_is_checked_at_dispatch_with_its_margin(int hour, int minute, bool open)
    {
        var facts = Wanted.At(Given.Local(2026, 3, 2, hour, minute));
        var result = Gates.AtDispatch(Trip with { ExpiresAt = Instant.Never }, facts);
        Assert.Equal(open, result.IsOpen);
        if (!open) Assert.Equal(Gate.OutsideWindow, Assert.Single(result.Closed).Gate);
    }

    [Fact]
    public void All_shut_gates_are_named_in_order()
    {
        var facts = Wanted.Balance(5_000, 0).Held(Instant.Never) with
        {
            Health = HealthFacts.Good with { Store = false },
        };
        Assert.Equal(
            [Gate.Held, Gate.Balance, Gate.StoreUnhealthy],
            Gates.AtDispatch(Trip, facts).Closed.Select(closed => closed.Gate));
    }

    [Fact]
    public void A_hold_that_has_ended_or_not_begun_does_not_count()
    {
        Assert.True(Gates.AtDispatch(Trip, Wanted.Held(Wanted.Now)).IsOpen);
        var later = Wanted.Held(Instant.Never);
        Assert.True(Gates.AtDispatch(
            Trip, later with { Holds = [later.Holds[0] with { From = later.Now + TimeSpan.FromHours(1) }] }).IsOpen);
    }

    [Fact]
    public void A_reconnect_passes_at_night_with_everything_unhealthy_and_no_reading()
    {
        var close = Given.Order(CommandKind.Close, CommandState.Queued, Given.Local(2026, 3, 3, 2), sent: false);
        var facts = Given.CutAndProven(Given.Local(2026, 3, 3, 2)).Paid().Held(Instant.Never) with
        {
            Health = new(false, false, false, false, false),
        };
        Assert.True(
            Gates.AtDispatch(close, facts with { Account = facts.Account with { LastReadingAt = null } }).IsOpen);
        Assert.Equal(
            Gate.ManualOff,
            Assert.Single(Gates.AtDispatch(close, facts.With(c => c with { ManualOff = true })).Closed).Gate);
        Assert.Equal(Gate.Balance, Assert.Single(Gates.AtDispatch(close, facts.Balance(-1, 7)).Closed).Gate);
        Assert.Equal(
            Gate.Expired, Assert.Single(Gates.AtDispatch(close with { ExpiresAt = facts.Now }, facts).Closed).Gate);
        Assert.True(Gates.AtDispatch(close with { Origin = CommandOrigin.Manual }, facts.Balance(-1, 7)).IsOpen);
    }

    [Fact]
    public void A_persons_cut_is_not_about_money_but_respects_holds_and_never_cut()
    {
        var manual = Trip with { Origin = CommandOrigin.Manual };
        Assert.True(Gates.AtDispatch(manual, Given.InCredit()).IsOpen);
        Assert.False(Gates.AtDispatch(manual, Given.InCredit().Held(Instant.Never)).IsOpen);
        Assert.False(Gates.AtDispatch(
            manual, Given.InCredit() with { Health = HealthFacts.Good with { Store = false } }).IsOpen);
    }

    [Fact]
    public void Every_status_has_its_own_snake_case_tag()
    {
        Check<Gate>(ControlTags.Tag);
        Check<CommandState>(ControlTags.Tag);
        Check<CommandKind>(ControlTags.Tag);
        Check<CommandEventKind>(ControlTags.Tag);
        Check<CommandAction>(ControlTags.Tag);
        Check<NoticeKind>(ControlTags.Tag);
        Check<NoticeState>(ControlTags.Tag);
        Check<HoldKind>(ControlTags.Tag);
        Check<Supply>(ControlTags.Tag);
        Check<ReadingQuality>(ControlTags.Tag);
        Check<Meters.Control.Policies.PolicyThresholdKind>(ControlTags.Tag);
    }

    /// <summary>The tag is the name in snake case: two swapped tags cannot hide.</summary>
    private static void Check<T>(Func<T, string> tag)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            var name = string.Concat(value.ToString().Select((c, i) =>
                char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
            Assert.Equal(name, tag(value));
        }
    }
}

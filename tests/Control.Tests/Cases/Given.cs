using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

/// <summary>Facts for one account under the shipped demo policy, changed step by step: reads as "given ...".</summary>
internal static class Given
{
    public static readonly Policy Demo = ShippedPolicies.Load(ShippedPolicies.Demo72H);
    public static readonly Currency Cny = Currency.Parse("CNY");
    public static readonly AccountId Account = new(1001);
    public static readonly RelayFacts Relay = new(new(7), new(123456789012), TerminalAddress.Of(4403, 4));

    /// <summary>A Monday, ten in the morning in China: inside the hours for cuts.</summary>
    public static readonly Instant Monday10 = Local(2026, 3, 2, 10);

    public static Instant Local(int year, int month, int day, int hour, int minute = 0) =>
        LocalZone.China.ToInstant(new DateTime(year, month, day, hour, minute, 0));

    /// <summary>In credit, nothing ever done.</summary>
    public static CaseFacts InCredit(Instant? now = null)
    {
        var at = now ?? Monday10;
        return new(
            new(
                Account,
                0,
                at - TimeSpan.FromDays(30),
                Supply.Unknown,
                Supply.Unknown,
                Instant.Epoch,
                false,
                false,
                at,
                1,
                1),
            [],
            [],
            [],
            [],
            new(
                Account,
                Cny,
                new(5_000),
                0,
                1,
                at - TimeSpan.FromMinutes(20),
                ReadingQuality.Actual,
                new(10_000),
                new(600)),
            new("Li", "+8613800000000", "en", false, Relay),
            Demo,
            at,
            HealthFacts.Good);
    }

    /// <summary>Below zero, reminded and warned with proof, all delays over: the cut is due now.</summary>
    public static CaseFacts DueForCut(Instant? now = null)
    {
        var facts = InCredit(now);
        var at = facts.Now;
        return facts with
        {
            Case = facts.Case with { Rung = 2, RungAt = at - TimeSpan.FromHours(10), AlarmOn = true },
            Account = facts.Account with { Balance = new(-150), CrossedMask = 0b111 },
            Notices =
            [
                Message(NoticeKind.Warn, NoticeState.Delivered, at - TimeSpan.FromHours(10)),
                Message(NoticeKind.Remind, NoticeState.Delivered, at - TimeSpan.FromHours(20)),
            ],
        };
    }

    /// <summary>Cut two hours ago and proven; the customer was told.</summary>
    public static CaseFacts CutAndProven(Instant? now = null)
    {
        var facts = DueForCut(now);
        var cutAt = facts.Now - TimeSpan.FromHours(2);
        return facts with
        {
            Case = facts.Case with
            {
                Rung = 3,
                RungAt = cutAt,
                Desired = Supply.Off,
                Actual = Supply.Off,
                ActualAt = cutAt + TimeSpan.FromMinutes(1),
            },
            LastFinal = [Order(CommandKind.Trip, CommandState.Confirmed, cutAt, sent: true)],
            Notices =
            [
                Message(NoticeKind.CutDone, NoticeState.Delivered, cutAt + TimeSpan.FromMinutes(1)),
                .. facts.Notices,
            ],
        };
    }

    /// <summary>The cut was decided an hour ago and its command stands so.</summary>
    public static CaseFacts TripStands(CommandState state, bool sent)
    {
        var facts = DueForCut();
        var at = facts.Now - TimeSpan.FromMinutes(10);
        var trip = Order(CommandKind.Trip, state, at, sent);
        return facts with
        {
            Case = facts.Case with { Rung = 3, RungAt = at, Desired = Supply.Off },
            Active = trip.IsFinal ? [] : [trip],
            LastFinal = trip.IsFinal ? [trip] : [],
        };
    }

    public static CaseFacts Balance(this CaseFacts facts, long minor, byte mask) =>
        facts with { Account = facts.Account with { Balance = new(minor), CrossedMask = mask } };

    public static CaseFacts Paid(this CaseFacts facts) => facts.Balance(8_000, 0);

    public static CaseFacts At(this CaseFacts facts, Instant now) => facts with
    {
        Now = now,
        Account = facts.Account with { LastReadingAt = now - TimeSpan.FromMinutes(20) },
    };

    public static CaseFacts With(this CaseFacts facts, Func<ControlCase, ControlCase> change) =>
        facts with { Case = change(facts.Case) };

    public static CaseFacts Held(this CaseFacts facts, Instant until) => facts with
    {
        Holds = [new(Account, HoldKind.Dispute, facts.Now - TimeSpan.FromDays(1), until, new("clerk"), "")],
    };

    public static Notice Message(NoticeKind kind, NoticeState state, Instant at) =>
        new(new(1), Account, kind, "+8613800000000", "en", "text", state, at, at, 1, null, null);

    public static Command Order(
        CommandKind kind, CommandState state, Instant at, bool sent,
        CommandOrigin origin = CommandOrigin.Policy) => new(
            new(50),
            Account,
            Relay.Meter,
            Relay.Address,
            Relay.Terminal,
            kind,
            state,
            origin,
            PersonId.System,
            at,
            at,
            at + TimeSpan.FromHours(1),
            sent ? 1 : 0,
            1,
            sent ? 9 : 0,
            sent ? at + TimeSpan.FromSeconds(5) : null,
            "test");
}

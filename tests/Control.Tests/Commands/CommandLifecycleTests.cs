using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Tests.Control.Cases;
using Meters.Units;
using static Meters.Control.Commands.CommandEventKind;
using A = Meters.Control.Commands.CommandAction;
using S = Meters.Control.Commands.CommandState;

namespace Meters.Tests.Control.Commands;

public class CommandLifecycleTests
{
    private static readonly LifecycleRules Rules = LifecycleRules.Default;
    private static readonly Instant Now = Given.Monday10 + TimeSpan.FromMinutes(1);
    private static readonly S[] Unsent = [S.Proposed, S.AwaitingApproval, S.Scheduled, S.Queued, S.Quarantined];
    private static readonly S[] Final = [S.Confirmed, S.Failed, S.TimedOut, S.Expired, S.Cancelled, S.Superseded];

    /// <summary>
    /// Every transition of a trip whose first sending the event is about. What is not here changes nothing.
    /// </summary>
    private static readonly Dictionary<(S, CommandEventKind), (S, A)> Table = new()
    {
        [(S.Proposed, ApprovalNeeded)] = (S.AwaitingApproval, A.None),
        [(S.Proposed, Approved)] = (S.Scheduled, A.None),
        [(S.Proposed, DeadlinePassed)] = (S.Expired, A.GiveUp),
        [(S.Proposed, Cancelled)] = (S.Cancelled, A.GiveUp),
        [(S.Proposed, Superseded)] = (S.Superseded, A.GiveUp),
        [(S.AwaitingApproval, Approved)] = (S.Scheduled, A.None),
        [(S.AwaitingApproval, DeadlinePassed)] = (S.Expired, A.GiveUp),
        [(S.AwaitingApproval, Cancelled)] = (S.Cancelled, A.GiveUp),
        [(S.AwaitingApproval, Superseded)] = (S.Superseded, A.GiveUp),
        [(S.Scheduled, Due)] = (S.Queued, A.None),
        [(S.Scheduled, DeadlinePassed)] = (S.Expired, A.GiveUp),
        [(S.Scheduled, Cancelled)] = (S.Cancelled, A.GiveUp),
        [(S.Scheduled, Superseded)] = (S.Superseded, A.GiveUp),
        [(S.Queued, Sent)] = (S.Sent, A.AwaitAnswer),
        [(S.Queued, GuardExhausted)] = (S.Quarantined, A.None),
        [(S.Queued, DeadlinePassed)] = (S.Expired, A.GiveUp),
        [(S.Queued, Cancelled)] = (S.Cancelled, A.GiveUp),
        [(S.Queued, Superseded)] = (S.Superseded, A.GiveUp),
        [(S.Quarantined, Released)] = (S.Queued, A.None),
        [(S.Quarantined, DeadlinePassed)] = (S.Expired, A.GiveUp),
        [(S.Quarantined, Cancelled)] = (S.Cancelled, A.GiveUp),
        [(S.Quarantined, Superseded)] = (S.Superseded, A.GiveUp),
        [(S.Sent, ConcentratorAccepted)] = (S.Accepted, A.AwaitAnswer),
        [(S.Sent, Denied)] = (S.Queued, A.Retry),
        [(S.Sent, MeterAccepted)] = (S.Acknowledged, A.ReadBack),
        [(S.Sent, MeterRefused)] = (S.Failed, A.GiveUp),
        [(S.Sent, MeterSilent)] = (S.Queued, A.Retry),
        [(S.Sent, NoAnswer)] = (S.Queued, A.Retry),
        [(S.Sent, SessionLost)] = (S.Queued, A.Retry),
        [(S.Sent, RelayRead)] = (S.Confirmed, A.Done),
        [(S.Sent, DeadlinePassed)] = (S.TimedOut, A.GiveUp),
        [(S.Accepted, MeterAccepted)] = (S.Acknowledged, A.ReadBack),
        [(S.Accepted, MeterRefused)] = (S.Failed, A.GiveUp),
        [(S.Accepted, MeterSilent)] = (S.Queued, A.Retry),
        [(S.Accepted, NoAnswer)] = (S.Queued, A.Retry),
        [(S.Accepted, SessionLost)] = (S.Queued, A.Retry),
        [(S.Accepted, RelayRead)] = (S.Confirmed, A.Done),
        [(S.Accepted, DeadlinePassed)] = (S.TimedOut, A.GiveUp),
        [(S.Acknowledged, MeterSilent)] = (S.Acknowledged, A.ReadBack),
        [(S.Acknowledged, NoAnswer)] = (S.Acknowledged, A.ReadBack),
        [(S.Acknowledged, SessionLost)] = (S.Queued, A.Retry),
        [(S.Acknowledged, RelayRead)] = (S.Confirmed, A.Done),
    };

    [Fact]
    public void Every_transition_is_listed_and_what_is_not_listed_changes_nothing()
    {
        foreach (var state in Enum.GetValues<S>())
        {
            foreach (var happened in Enum.GetValues<CommandEventKind>())
            {
                var step = On(Trip(state), new(happened, Supply.Off, SessionId: 9, ReadBacks: 1));
                var expected = Table.TryGetValue((state, happened), out var listed) ? listed : (state, A.None);
                Assert.True(expected == (step.Next, step.Action), $"{state} + {happened}: {step.Next}, {step.Action}");
                Assert.Equal(expected == (state, A.None), step.Detail.Length == 0);
            }
        }

        Assert.DoesNotContain(Table.Keys, key => Final.Contains(key.Item1));
    }

    [Fact]
    public void Unsent_in_flight_and_final_divide_the_states()
    {
        foreach (var state in Enum.GetValues<S>())
        {
            bool[] kinds = [CommandLifecycle.IsUnsent(state), CommandLifecycle.IsInFlight(state), Trip(state).IsFinal];
            Assert.Single(kinds, kind => kind);
            Assert.Equal(Unsent.Contains(state), kinds[0]);
        }
    }

    [Theory]
    [InlineData(CommandKind.Trip, Supply.Off)]
    [InlineData(CommandKind.Close, Supply.On)]
    [InlineData(CommandKind.PermitClose, Supply.On)]
    public void The_relay_read_as_wanted_confirms_and_is_the_proof(CommandKind kind, Supply wanted)
    {
        var step = On(Trip(S.Acknowledged) with { Kind = kind }, CommandEvent.RelayRead(wanted, 9, 1));
        Assert.Equal((S.Confirmed, (Supply?)wanted), (step.Next, step.Proven));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(0)]
    public void A_read_back_on_another_session_does_not_count(long session)
    {
        var trip = Trip(S.Acknowledged);
        foreach (var command in new[] { trip, trip with { SessionId = session == 0 ? 0 : 9 } })
        {
            var step = On(command, CommandEvent.RelayRead(Supply.Off, session, 1));
            Assert.Equal((S.Acknowledged, A.ReadBack), (step.Next, step.Action));
            Assert.Null(step.Proven);
        }
    }

    [Fact]
    public void A_relay_that_has_not_moved_is_read_a_few_times_and_then_the_trip_has_failed_with_proof()
    {
        for (var reads = 1; reads < Rules.ReadBacksMax; reads++)
        {
            var step = On(Trip(S.Acknowledged), CommandEvent.RelayRead(Supply.On, 9, reads));
            Assert.Equal(
                (S.Acknowledged, A.ReadBack, Now + Rules.ReadBackAfter), (step.Next, step.Action, step.At!.Value));
        }

        var last = On(Trip(S.Acknowledged), CommandEvent.RelayRead(Supply.On, 9, Rules.ReadBacksMax));
        Assert.Equal((S.Failed, A.GiveUp, (Supply?)Supply.On), (last.Next, last.Action, last.Proven));
        var unknown = On(Trip(S.Acknowledged), CommandEvent.RelayRead(Supply.Unknown, 9, Rules.ReadBacksMax));
        Assert.Equal((S.TimedOut, (Supply?)null), (unknown.Next, unknown.Proven));
    }

    [Fact]
    public void A_relay_not_yet_moved_before_the_meters_answer_proves_nothing()
    {
        var step = On(Trip(S.Sent), CommandEvent.RelayRead(Supply.On, 9, Rules.ReadBacksMax));
        Assert.Equal((S.Sent, A.AwaitAnswer), (step.Next, step.Action));
    }

    [Fact]
    public void Unanswered_read_backs_are_bounded()
    {
        Assert.Equal(A.ReadBack, On(Trip(S.Acknowledged), CommandEvent.NoAnswer(Rules.ReadBacksMax - 1)).Action);
        Assert.Equal(S.TimedOut, On(Trip(S.Acknowledged), CommandEvent.NoAnswer(Rules.ReadBacksMax)).Next);
    }

    [Theory]
    [InlineData(CommandKind.AlarmOn, true)]
    [InlineData(CommandKind.AlarmOff, false)]
    [InlineData(CommandKind.KeepPowerOn, null)]
    [InlineData(CommandKind.KeepPowerOff, null)]
    [InlineData(CommandKind.PermitClose, null)]
    public void Without_a_relay_to_read_the_meters_answer_confirms(CommandKind kind, bool? alarm)
    {
        var step = On(Trip(S.Accepted) with { Kind = kind }, CommandEvent.Of(MeterAccepted));
        Assert.Equal((S.Confirmed, A.Done, alarm, (Supply?)null), (step.Next, step.Action, step.AlarmOn, step.Proven));
    }

    [Fact]
    public void Only_trips_are_quarantined_and_only_relay_commands_are_read_back()
    {
        Assert.Equal(
            S.Queued, On(Trip(S.Queued) with { Kind = CommandKind.Close }, CommandEvent.Of(GuardExhausted)).Next);
        var alarm = Trip(S.Sent) with { Kind = CommandKind.AlarmOn };
        Assert.Equal(A.None, On(alarm, CommandEvent.RelayRead(Supply.Off, 9, 1)).Action);
    }

    [Fact]
    public void A_refusal_names_the_meters_error()
    {
        Assert.Contains("04", On(Trip(S.Sent), CommandEvent.MeterRefused(4)).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Denied, S.Failed)]
    [InlineData(NoAnswer, S.TimedOut)]
    [InlineData(MeterSilent, S.TimedOut)]
    [InlineData(SessionLost, S.TimedOut)]
    public void Sending_is_bounded_by_attempts_and_by_the_deadline(CommandEventKind happened, S end)
    {
        var spent = On(Trip(S.Sent) with { Attempts = Rules.SendsMax }, CommandEvent.Of(happened));
        Assert.Equal((end, A.GiveUp), (spent.Next, spent.Action));
        var late = On(Trip(S.Sent) with { ExpiresAt = Now + TimeSpan.FromSeconds(10) }, CommandEvent.Of(happened));
        Assert.Equal((end, A.GiveUp), (late.Next, late.Action));
        var again = On(Trip(S.Sent) with { Attempts = Rules.SendsMax - 1 }, CommandEvent.Of(happened));
        Assert.Equal(A.Retry, again.Action);
        Assert.InRange(again.At!.Value - Now, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void Back_off_doubles_within_a_quarter_either_way_up_to_its_maximum_and_repeats_on_the_same_seed()
    {
        var distinct = new HashSet<TimeSpan>();
        for (var seed = 1; seed <= 500; seed++)
        {
            for (var sends = 1; sends <= 60; sends++)
            {
                var middle = Math.Min(300, 20 * Math.Pow(2, sends - 1));
                var pause = CommandLifecycle.BackOff(sends, seed, Rules);
                Assert.InRange(pause.TotalSeconds, middle * 0.75 - 0.001, middle * 1.25 + 0.001);
                Assert.Equal(pause, CommandLifecycle.BackOff(sends, seed, Rules));
                if (sends == 1) distinct.Add(pause);
            }
        }

        Assert.True(distinct.Count > 200, $"Only {distinct.Count} different pauses.");
    }

    private static Command Trip(S state) => Given.Order(CommandKind.Trip, state, Given.Monday10, sent: true);

    private static CommandStep On(Command command, CommandEvent happened) =>
        CommandLifecycle.On(command, happened, Now, Rules);
}

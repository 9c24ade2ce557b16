using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class ControlStoreContract
{
    protected async Task<CaseImage> CaseAsync(int account) =>
        await Store.Control.FindCaseAsync(new(account), Stopping) ?? throw new InvalidOperationException("No case.");

    private async Task<Command> AddAsync(Command command) =>
        Assert.Single(await Store.Control.AddCommandsAsync([command], Stopping));

    private static CommandMove Move(Command command, CommandState from, CommandState to, int hour = 1) =>
        new(command.Id, from, to, Sample.Hour(hour), Sample.Hour(hour + 1), "as told");

    [Fact(Timeout = Patience)]
    public async Task What_was_decided_is_stored_and_the_revision_rises()
    {
        await TownAsync();
        var before = (await CaseAsync(1)).Case;
        var after = new ControlCase(
            new(1), 2, Sample.Hour(1), Supply.Off, Supply.On, Sample.Hour(-1), true, true, Sample.Hour(7), 999, 999)
        {
            Told = 0b101,
        };
        var decision = new CaseDecision(
            before.Revision, after, [Sample.Command(1, CommandKind.Trip)], [], [Sample.Notice(1, Sample.Hour(1))],
            Sample.Decision(1, Sample.Hour(1)));
        Assert.Equal(1, await Store.Control.CommitAsync([decision], Stopping));
        if (CanReopen) await ReopenAsync();
        var image = await CaseAsync(1);
        Assert.Equal(after with { Revision = before.Revision + 1, Fence = 0 }, image.Case);
        await Store.Control.AddHoldAsync(
            new(new(1), HoldKind.Dispute, Sample.Hour(1), Sample.Hour(2), new("tester"), "asks"), Stopping);
        Assert.Equal(0, (await CaseAsync(1)).Case.Told); // What wakes a case is answered anew.
        var command = Assert.Single(image.Active);
        Assert.Equal(Sample.Command(1, CommandKind.Trip) with { Id = command.Id }, command);
        Assert.True(command.Id.Value > 0);
        var notice = Assert.Single(image.Notices);
        Assert.Equal(Sample.Notice(1, Sample.Hour(1)) with { Id = notice.Id }, notice);
        var stored = Assert.Single(await Store.Queries.DecisionsAsync(new(1), 9, Stopping));
        Assert.Equal(Sample.Decision(1, Sample.Hour(1)).Reasons, stored.Reasons);
        Assert.Equal(Sample.Decision(1, Sample.Hour(1)) with { Reasons = [] }, stored with { Reasons = [] });
    }

    [Fact(Timeout = Patience)]
    public async Task A_decision_on_an_old_revision_is_left_out_whole()
    {
        var shard = await TownAsync();
        var (one, two) = ((await CaseAsync(1)).Case, (await CaseAsync(2)).Case);
        await shard.CommitAsync(commit => commit.Wake.Add(new(1)), Sample.Hour(1));
        var stale = new CaseDecision(
            one.Revision, one with { Rung = 1, DueAt = Instant.Never }, [Sample.Command(1, CommandKind.Trip)], [],
            [Sample.Notice(1, Sample.T0)], Sample.Decision(1, Sample.T0));
        var good = Sample.Decide(two, two with { Rung = 1 });
        Assert.Equal(1, await Store.Control.CommitAsync([stale, good, good], Stopping));
        var image = await CaseAsync(1);
        Assert.Equal((0, Sample.Hour(1)), (image.Case.Rung, image.Case.DueAt));
        Assert.Empty(image.Active);
        Assert.Empty(image.Notices);
        Assert.Empty(await Store.Queries.DecisionsAsync(new(1), 9, Stopping));
        Assert.Equal((1, two.Revision + 1), ((await CaseAsync(2)).Case.Rung, (await CaseAsync(2)).Case.Revision));
        Assert.Equal(0, await Store.Control.CommitAsync([Sample.Decide(one with { Account = new(77) })], Stopping));
        Assert.Equal(0, await Store.Control.CommitAsync([], Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_second_active_command_of_a_kind_is_left_out_and_a_cancelled_one_makes_room()
    {
        await TownAsync();
        var first = await AddAsync(Sample.Command(1, CommandKind.Trip));
        Assert.Empty(await Store.Control.AddCommandsAsync([Sample.Command(1, CommandKind.Trip)], Stopping));
        var sent = await AddAsync(Sample.Command(1, CommandKind.AlarmOn, CommandState.Sent));
        var found = (await CaseAsync(1)).Case;
        var twice = Sample.Decide(found) with
        {
            Commands = [Sample.Command(1, CommandKind.Trip), Sample.Command(1, CommandKind.Close)],
        };
        Assert.Equal(1, await Store.Control.CommitAsync([twice], Stopping));
        Assert.Equal(
            [CommandKind.Trip, CommandKind.AlarmOn, CommandKind.Close],
            (await CaseAsync(1)).Active.Select(command => command.Kind));

        found = (await CaseAsync(1)).Case;
        var instead = Sample.Decide(found) with
        {
            Commands = [Sample.Command(1, CommandKind.Trip)],
            Cancelled = [(first.Id, CommandState.Superseded), (sent.Id, CommandState.Cancelled)],
        };
        Assert.Equal(1, await Store.Control.CommitAsync([instead], Stopping));
        var image = await CaseAsync(1);
        Assert.Equal(
            [
                (CommandKind.AlarmOn, CommandState.Sent), (CommandKind.Close, CommandState.Queued),
                (CommandKind.Trip, CommandState.Queued),
            ],
            image.Active.Select(command => (command.Kind, command.State)));
        Assert.Equal((first.Id, CommandState.Superseded), (image.LastFinal[0].Id, image.LastFinal[0].State));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Control.CommitAsync(
            [Sample.Decide(image.Case) with { Cancelled = [(sent.Id, CommandState.Confirmed)] }], Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_case_shows_the_latest_final_command_of_each_kind()
    {
        await TownAsync();
        foreach (var kind in new[] { CommandKind.Trip, CommandKind.Close, CommandKind.Trip })
        {
            var command = await AddAsync(Sample.Command(1, kind));
            Assert.True(await Store.Control.MoveCommandAsync(
                Move(command, CommandState.Queued, CommandState.Failed), Stopping));
        }

        await AddAsync(Sample.Command(2, CommandKind.Trip));
        var image = await CaseAsync(1);
        Assert.Empty(image.Active);
        Assert.Equal([CommandKind.Close, CommandKind.Trip], image.LastFinal.Select(command => command.Kind));
        Assert.True(image.LastFinal[1].Id.Value > image.LastFinal[0].Id.Value);
        Assert.Empty((await CaseAsync(2)).LastFinal);
    }

    [Fact(Timeout = Patience)]
    public async Task Notices_count_from_the_moment_the_ladder_was_last_at_its_foot()
    {
        await TownAsync();
        async Task DecideAsync(int hour, int rung, params Notice[] notices)
        {
            var found = (await CaseAsync(1)).Case;
            var after = found with { Rung = rung, RungAt = rung == found.Rung ? found.RungAt : Sample.Hour(hour) };
            Assert.Equal(
                1, await Store.Control.CommitAsync([Sample.Decide(found, after) with { Notices = notices }], Stopping));
        }

        await DecideAsync(1, 1, Sample.Notice(1, Sample.Hour(1)));
        await DecideAsync(2, 2, Sample.Notice(1, Sample.Hour(2)));
        Assert.Equal([2, 1], (await CaseAsync(1)).Notices.Select(notice => (notice.CreatedAt - Sample.T0).Hours));
        await DecideAsync(3, 0);
        Assert.Empty((await CaseAsync(1)).Notices);
        await DecideAsync(4, 1, Sample.Notice(1, Sample.Hour(4)));
        await DecideAsync(5, 1, [.. Enumerable.Range(0, 60).Select(_ => Sample.Notice(1, Sample.Hour(5)))]);
        var notices = (await CaseAsync(1)).Notices;
        Assert.Equal(50, notices.Count);
        Assert.All(notices, notice => Assert.Equal(Sample.Hour(5), notice.CreatedAt));
        Assert.Equal(notices.OrderByDescending(notice => notice.Id.Value), notices);
        Assert.Equal(63, (await Store.Queries.NoticesAsync(new(1), 99, Stopping)).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task Due_cases_come_oldest_first_and_no_more_than_asked()
    {
        var shard = await TownAsync(5);
        foreach (var (account, hour) in new[] { (4, 1), (2, 3), (3, 3), (5, 9) })
        {
            await shard.CommitAsync(commit => commit.Wake.Add(new(account)), Sample.Hour(hour));
        }

        async Task<IEnumerable<long>> Due(int hour, int max) =>
            (await Store.Control.TakeDueAsync(Sample.Hour(hour), max, Stopping)).Select(
                image => image.Case.Account.Value);
        Assert.Equal([4, 2, 3], await Due(8, 99));
        Assert.Equal([4, 2], await Due(8, 2));
        Assert.Equal([4, 2, 3, 5], await Due(9, 99));
        Assert.Empty(await Due(0, 99));
        Assert.Null(await Store.Control.FindCaseAsync(new(99), Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task The_next_due_instant_is_the_least_of_cases_commands_and_notices()
    {
        await TownAsync();
        Task<Instant?> Next() => Store.Control.NextDueAsync(Stopping);
        var cases = (await CaseAsync(1)).Case;
        var decision = Sample.Decide(cases, cases with { DueAt = Sample.Hour(50) }) with
        {
            Commands =
            [
                Sample.Command(1, CommandKind.Trip) with { DueAt = Sample.Hour(40) },
                Sample.Command(2, CommandKind.Trip, CommandState.Quarantined) with { DueAt = Sample.Hour(1) },
                Sample.Command(3, CommandKind.Trip, CommandState.AwaitingApproval) with { DueAt = Sample.Hour(1) },
            ],
            Notices = [Sample.Notice(1, Sample.T0) with { DueAt = Sample.Hour(30) }],
        };
        await Store.Control.CommitAsync([decision], Stopping);
        Assert.Equal(Sample.Hour(30), await Next());
        var notice = Assert.Single(await Store.Control.ReadyNoticesAsync(Sample.Hour(30), 9, Stopping));
        Assert.True(await Store.Control.MoveNoticeAsync(
            new(notice.Id, NoticeState.Queued, NoticeState.Sent, Sample.T0, Sample.Hour(35), "ok", true), Stopping));
        Assert.Equal(Sample.Hour(35), await Next()); // A report is awaited until then.
        Assert.Empty(await Store.Control.ReadyNoticesAsync(Sample.Hour(34), 9, Stopping));
        Assert.Equal(notice.Id, Assert.Single(await Store.Control.ReadyNoticesAsync(Sample.Hour(35), 9, Stopping)).Id);
        Assert.True(await Store.Control.MoveNoticeAsync(
            new(notice.Id, NoticeState.Sent, NoticeState.Sent, Sample.T0, Instant.Never, "unheard", false), Stopping));
        Assert.Equal(Sample.Hour(40), await Next());
        var trip = Assert.Single(await Store.Control.ReadyCommandsAsync(Sample.Hour(40), 9, Stopping));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trip, now: 1, answerBy: 45));
        Assert.Equal(Sample.Hour(45), await Next());
        Assert.True(await Store.Control.MoveCommandAsync(
            Move(trip, CommandState.Sent, CommandState.Acknowledged, 60), Stopping));
        Assert.Equal(Sample.Hour(50), await Next());
    }

    [Fact(Timeout = Patience)]
    public async Task Ready_commands_come_by_priority_then_due_then_id()
    {
        await TownAsync(5);
        await Store.Control.AddCommandsAsync(
            [
                Sample.Command(1, CommandKind.Trip) with { DueAt = Sample.Hour(-9) },
                Sample.Command(2, CommandKind.Close) with { DueAt = Sample.Hour(1) },
                Sample.Command(3, CommandKind.Close) with { DueAt = Sample.T0 },
                Sample.Command(4, CommandKind.Close) with { DueAt = Sample.T0 },
                Sample.Command(5, CommandKind.Close) with { DueAt = Sample.Hour(2) },
                Sample.Command(5, CommandKind.AlarmOff, CommandState.Scheduled),
            ],
            Stopping);
        var ready = await Store.Control.ReadyCommandsAsync(Sample.Hour(1), 9, Stopping);
        Assert.Equal([3, 4, 2, 1], ready.Select(command => command.Account.Value));
        Assert.Equal(2, (await Store.Control.ReadyCommandsAsync(Sample.Hour(1), 2, Stopping)).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task A_person_s_commands_wake_their_cases()
    {
        await TownAsync();
        var added = await Store.Control.AddCommandsAsync(
            [Sample.Command(1, CommandKind.Close), Sample.Command(1, CommandKind.AlarmOff)], Stopping);
        Assert.Equal(2, added.Select(command => command.Id).Distinct().Count());
        var image = await CaseAsync(1);
        Assert.Equal((1L, Sample.T0), (image.Case.Revision, image.Case.DueAt));
        Assert.Equal(added, image.Active);
        Assert.Equal(added.Reverse(), await Store.Queries.CommandsAsync(new(1), 9, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_command_moves_only_from_the_state_expected()
    {
        await TownAsync();
        var command = await AddAsync(Sample.Command(1, CommandKind.Close, CommandState.Sent));
        var woken = (await CaseAsync(1)).Case;
        Assert.False(await Store.Control.MoveCommandAsync(
            Move(command, CommandState.Accepted, CommandState.Confirmed) with { Proven = Supply.On, AlarmOn = true },
            Stopping));
        Assert.Equal(woken, (await CaseAsync(1)).Case);
        Assert.True(
            await Store.Control.MoveCommandAsync(Move(command, CommandState.Sent, CommandState.Accepted), Stopping));
        Assert.Equal(woken, (await CaseAsync(1)).Case);
        Assert.Equal(
            [command with { State = CommandState.Accepted, DueAt = Sample.Hour(2) }],
            await Store.Control.InFlightAsync(Stopping));

        var confirmed = Move(command, CommandState.Accepted, CommandState.Confirmed, -5);
        Assert.True(await Store.Control.MoveCommandAsync(
            confirmed with { Proven = Supply.On, AlarmOn = true }, Stopping));
        Assert.Equal(
            woken with
            {
                Revision = woken.Revision + 1,
                DueAt = Sample.Hour(-5),
                Actual = Supply.On,
                ActualAt = Sample.Hour(-5),
                AlarmOn = true,
            },
            (await CaseAsync(1)).Case);
        Assert.Empty(await Store.Control.InFlightAsync(Stopping));
        Assert.False(await Store.Control.MoveCommandAsync(
            Move(command with { Id = new(99) }, CommandState.Sent, CommandState.Accepted), Stopping));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Store.Control.MoveCommandAsync(Move(command, CommandState.Confirmed, CommandState.Queued), Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_supply_that_was_proven_outlives_a_decision_made_before_it()
    {
        await TownAsync();
        var command = await AddAsync(Sample.Command(1, CommandKind.Trip, CommandState.Sent));
        var before = (await CaseAsync(1)).Case;
        var move = Move(command, CommandState.Sent, CommandState.Acknowledged) with { Proven = Supply.Off };
        Assert.True(await Store.Control.MoveCommandAsync(move, Stopping));
        Assert.Equal(0, await Store.Control.CommitAsync([Sample.Decide(before)], Stopping));
        Assert.Equal(Supply.Off, (await CaseAsync(1)).Case.Actual);
    }

    [Fact(Timeout = Patience)]
    public async Task A_notice_moves_on_and_its_end_wakes_the_case()
    {
        await TownAsync();
        var found = (await CaseAsync(1)).Case;
        await Store.Control.CommitAsync(
            [Sample.Decide(found) with { Notices = [Sample.Notice(1, Sample.T0)] }], Stopping);
        var notice = Assert.Single(await Store.Control.ReadyNoticesAsync(Sample.T0, 9, Stopping));
        Assert.Empty(await Store.Control.ReadyNoticesAsync(Sample.Hour(-1), 9, Stopping));
        NoticeMove To(NoticeState from, NoticeState to, int hour) =>
            new(notice.Id, from, to, Sample.Hour(hour), Sample.Hour(hour + 1), to.ToString(), to == NoticeState.Sent);
        Assert.True(await Store.Control.MoveNoticeAsync(To(NoticeState.Queued, NoticeState.Queued, 1), Stopping));
        Assert.True(await Store.Control.MoveNoticeAsync(To(NoticeState.Queued, NoticeState.Sent, 2), Stopping));
        Assert.False(await Store.Control.MoveNoticeAsync(To(NoticeState.Queued, NoticeState.Failed, 3), Stopping));
        Assert.Equal(Instant.Never, (await CaseAsync(1)).Case.DueAt);
        Assert.True(await Store.Control.MoveNoticeAsync(To(NoticeState.Sent, NoticeState.Delivered, 4), Stopping));
        var image = await CaseAsync(1);
        Assert.Equal((2L, Sample.Hour(4)), (image.Case.Revision, image.Case.DueAt));
        Assert.Equal(
            notice with
            {
                State = NoticeState.Delivered,
                DueAt = Sample.Hour(5),
                Attempts = 1,
                ChannelAttempts = 1,
                DoneAt = Sample.Hour(4),
                Detail = "Delivered",
            },
            Assert.Single(image.Notices));
        Assert.False(await Store.Control.MoveNoticeAsync(
            To(NoticeState.Sent, NoticeState.Delivered, 4) with { Notice = new(99) }, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_hold_stands_from_its_beginning_to_before_its_end_or_until_lifted()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Wake.Add(new(1)), Sample.Hour(-9));
        var hold = Sample.Hold(1, Sample.Hour(1), Sample.Hour(5));
        await Store.Control.AddHoldAsync(hold, Stopping);
        async Task<IReadOnlyList<Hold>> At(int hour) =>
            Assert.Single(await Store.Control.TakeDueAsync(Sample.Hour(hour), 9, Stopping)).Holds;
        Assert.Empty(await At(0));
        Assert.Equal([hold], await At(1));
        Assert.Equal([hold], await At(4));
        Assert.Empty(await At(5));
        Assert.Equal([hold], (await CaseAsync(1)).Holds);

        Assert.False(
            await Store.Control.LiftHoldAsync(new(1), HoldKind.Outage, Sample.Clerk, Sample.Hour(3), Stopping));
        var revision = (await CaseAsync(1)).Case.Revision;
        Assert.True(
            await Store.Control.LiftHoldAsync(new(1), HoldKind.Dispute, Sample.Clerk, Sample.Hour(3), Stopping));
        Assert.False(
            await Store.Control.LiftHoldAsync(new(1), HoldKind.Dispute, Sample.Clerk, Sample.Hour(3), Stopping));
        Assert.Equal([Sample.Clerk], await Store.Control.LiftersAsync(new(1), Sample.Hour(3), Stopping));
        Assert.Empty(await Store.Control.LiftersAsync(new(1), Sample.Hour(4), Stopping));
        Assert.Empty(await Store.Control.LiftersAsync(new(2), Sample.Hour(3), Stopping));
        Assert.Empty(await At(4));
        Assert.Empty((await CaseAsync(1)).Holds);
        Assert.Equal(revision + 1, (await CaseAsync(1)).Case.Revision);
    }

    [Fact(Timeout = Patience)]
    public async Task Totals_count_everything_by_kind_and_state()
    {
        var shard = await TownAsync();
        await AddAsync(Sample.Command(1, CommandKind.Trip));
        await AddAsync(Sample.Command(2, CommandKind.Trip));
        var found = (await CaseAsync(3)).Case;
        var off = Sample.Decide(found, found with { Desired = Supply.Off });
        await Store.Control.CommitAsync([off with { Notices = [Sample.Notice(3, Sample.T0)] }], Stopping);
        await shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 1, 5)));
        var totals = await Store.Queries.TotalsAsync(Stopping);
        Assert.Equal(1, totals.Payments);
        Assert.Equal(1, totals.Commands[(CommandKind.Trip, CommandState.Queued)]);
        Assert.Equal(1, totals.Commands[(CommandKind.Trip, CommandState.Cancelled)]);
        Assert.Equal(1, totals.Notices[(NoticeKind.Warn, NoticeState.Queued)]);
        Assert.Equal(2, totals.Cases[(Supply.Unknown, Supply.Unknown)]);
        Assert.Equal(1, totals.Cases[(Supply.Off, Supply.Unknown)]);
    }
}

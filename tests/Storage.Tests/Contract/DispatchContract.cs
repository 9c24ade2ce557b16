using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class ControlStoreContract
{
    private static readonly TimeSpan GuardWindow = TimeSpan.FromHours(1);

    private Task<DispatchStatus> TryAsync(Command command, int now = 0, int cap = 100, int answerBy = 9) =>
        TryAsync(Store, new(
            command.Id, command.Attempts, Sample.Hour(now), 77,
            Sample.Hour(answerBy), GuardTerms.OfTrips(GuardWindow, cap)));

    private static async Task<DispatchStatus> TryAsync(IStore store, DispatchAttempt attempt) =>
        (await store.Control.DispatchAsync([attempt], Stopping))[0].Status;

    private async Task<CommandState> StateAsync(Command command) =>
        (await Store.Queries.CommandsAsync(command.Account, 99, Stopping)).Single(row => row.Id == command.Id).State;

    [Fact(Timeout = Patience)]
    public async Task A_queued_command_is_sent_once()
    {
        await TownAsync();
        var command = await AddAsync(Sample.Command(1, CommandKind.Trip));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(command, now: 1));
        Assert.Equal(DispatchStatus.NotQueued, await TryAsync(command, now: 1));
        var sent = command with
        {
            State = CommandState.Sent,
            Attempts = 1,
            SessionId = 77,
            SentAt = Sample.Hour(1),
            DueAt = Sample.Hour(9),
        };
        Assert.Equal([sent], await Store.Control.InFlightAsync(Stopping));
        Assert.Equal(DispatchStatus.NotQueued, await TryAsync(command with { Id = new(99) }));

        Assert.True(
            await Store.Control.MoveCommandAsync(Move(command, CommandState.Sent, CommandState.Queued), Stopping));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(command with { Attempts = 1 }, now: 1));
        if (CanReopen) await ReopenAsync();
        Assert.Equal(2, Assert.Single(await Store.Control.InFlightAsync(Stopping)).Attempts);
        var fact = new DispatchFact(command.Terminal, CommandKind.Trip, Sample.Hour(1), command.Account);
        Assert.Equal([fact, fact], await Store.Control.DispatchesSinceAsync(Sample.Hour(1), Stopping));
        Assert.Empty(await Store.Control.DispatchesSinceAsync(Sample.Hour(2), Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Who_knows_of_fewer_sendings_than_there_were_does_not_get_it()
    {
        await TownAsync();
        var stale = await AddAsync(Sample.Command(1, CommandKind.Close)); // As two processes read it.
        Assert.Equal(DispatchStatus.Sent, await TryAsync(stale));
        Assert.True(
            await Store.Control.MoveCommandAsync(Move(stale, CommandState.Sent, CommandState.Queued), Stopping));
        Assert.Equal(DispatchStatus.NotQueued, await TryAsync(stale));
        Assert.Equal(DispatchStatus.NotQueued, await TryAsync(stale with { Attempts = 2 }));
        Assert.Equal(CommandState.Queued, await StateAsync(stale));
        Assert.Single(await Store.Control.DispatchesSinceAsync(Instant.Epoch, Stopping));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(stale with { Attempts = 1 }));
    }

    [Fact(Timeout = Patience)]
    public async Task At_or_after_its_expiry_a_command_expires_and_its_case_is_woken()
    {
        await TownAsync();
        var command = await AddAsync(Sample.Command(1, CommandKind.Close) with { CreatedAt = Sample.Hour(5) });
        Assert.Equal(DispatchStatus.Expired, await TryAsync(command, now: 2));
        Assert.Equal(CommandState.Expired, await StateAsync(command));
        Assert.Equal((2L, Sample.Hour(2)), ((await CaseAsync(1)).Case.Revision, (await CaseAsync(1)).Case.DueAt));
    }

    [Fact(Timeout = Patience)]
    public async Task A_payment_in_between_voids_a_trip_but_not_a_reconnect()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 1, 5)));
        var (trip, close) = (
            await AddAsync(Sample.Command(1, CommandKind.Trip)), await AddAsync(Sample.Command(1, CommandKind.Close)));
        Assert.Equal(DispatchStatus.FenceMoved, await TryAsync(trip));
        Assert.Equal(CommandState.Cancelled, await StateAsync(trip));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(close));
        var decidedAfter = await AddAsync(Sample.Command(1, CommandKind.Trip) with { Fence = 1 });
        Assert.Equal(DispatchStatus.Sent, await TryAsync(decidedAfter));
    }

    [Fact(Timeout = Patience)]
    public async Task A_persons_cut_is_not_about_money_and_outlives_a_payment()
    {
        var shard = await TownAsync();
        var trip = await AddAsync(Sample.Command(1, CommandKind.Trip) with { Origin = CommandOrigin.Manual });
        await shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 1, 5)));
        Assert.Equal(CommandState.Queued, await StateAsync(trip));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trip));
    }

    [Fact(Timeout = Patience)]
    public async Task A_hold_cancels_a_trip_but_not_a_reconnect()
    {
        await TownAsync();
        await Store.Control.AddHoldAsync(Sample.Hold(1, Sample.Hour(0), Sample.Hour(1)), Stopping);
        var (trip, close) = (
            await AddAsync(Sample.Command(1, CommandKind.Trip)), await AddAsync(Sample.Command(1, CommandKind.Close)));
        Assert.Equal(DispatchStatus.Held, await TryAsync(trip, now: 0));
        Assert.Equal(CommandState.Cancelled, await StateAsync(trip));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(close, now: 0));
        var later = await AddAsync(Sample.Command(1, CommandKind.Trip));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(later, now: 1));
    }

    [Fact(Timeout = Patience)]
    public async Task Faults_are_named_in_order_of_precedence()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 1, 5)));
        await Store.Control.AddHoldAsync(Sample.Hold(1, Sample.T0, Sample.Hour(9)), Stopping);
        await Store.Control.AddHoldAsync(Sample.Hold(2, Sample.T0, Sample.Hour(9)), Stopping);
        var expired = await AddAsync(Sample.Command(1, CommandKind.Trip));
        Assert.Equal(DispatchStatus.Expired, await TryAsync(expired, now: 2, cap: 0));
        var moved = await AddAsync(Sample.Command(1, CommandKind.Trip));
        Assert.Equal(DispatchStatus.FenceMoved, await TryAsync(moved, cap: 0));
        var held = await AddAsync(Sample.Command(2, CommandKind.Trip));
        Assert.Equal(DispatchStatus.Held, await TryAsync(held, cap: 0));
        var over = await AddAsync(Sample.Command(3, CommandKind.Trip));
        Assert.Equal(DispatchStatus.GuardExhausted, await TryAsync(over, cap: 0));
        Assert.Equal(CommandState.Quarantined, await StateAsync(over));
        Assert.Empty(await Store.Control.DispatchesSinceAsync(Instant.Epoch, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task The_guard_counts_trips_in_the_window_that_ends_now()
    {
        await TownAsync(9);
        var trips = new List<Command>();
        for (var account = 1; account <= 7; account++)
        {
            trips.Add(await AddAsync(Sample.Command(account, CommandKind.Trip) with { ExpiresAt = Instant.Never }));
        }

        var close = await AddAsync(Sample.Command(9, CommandKind.Close));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trips[0], now: 0, cap: 2));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(close, now: 0, cap: 2));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trips[1], now: 0, cap: 2));
        Assert.Equal(DispatchStatus.GuardExhausted, await TryAsync(trips[2], now: 0, cap: 2));
        Assert.Equal(2, (await CaseAsync(3)).Case.Revision);

        // Exactly one window later the first two have left it; a clock that stands behind does not bring budget back.
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trips[3], now: 1, cap: 2));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trips[4], now: -50, cap: 2));
        Assert.Equal(DispatchStatus.GuardExhausted, await TryAsync(trips[5], now: -90, cap: 2));

        // Released by people, it is tried again.
        Assert.True(await Store.Control.MoveCommandAsync(
            Move(trips[5], CommandState.Quarantined, CommandState.Queued), Stopping));
        Assert.Equal(DispatchStatus.Sent, await TryAsync(trips[5], now: 2, cap: 2));
    }

    [Fact(Timeout = Patience)]
    public async Task Racing_dispatchers_never_send_twice_and_never_exceed_the_cap()
    {
        const int Trips = 24, Cap = 7, Racers = 4;
        await TownAsync(Trips);
        var other = CanShare ? await OpenAnotherAsync() : Store;
        var commands = await Store.Control.AddCommandsAsync(
            [.. Enumerable.Range(1, Trips).Select(n => Sample.Command(n, CommandKind.Trip))], Stopping);
        var results = await Task.WhenAll(Enumerable.Range(0, Racers).Select(racer => Task.Run(async () =>
        {
            var random = new Random(racer);
            var statuses = new List<(Command Command, DispatchStatus Status)>();
            foreach (var command in commands.OrderBy(_ => random.Next()))
            {
                var now = Sample.T0 + TimeSpan.FromMinutes(random.Next(60));
                var store = racer % 2 == 0 ? Store : other;
                statuses.Add((command, await TryAsync(
                    store, new(command.Id, 0, now, racer, Sample.Hour(9), GuardTerms.OfTrips(GuardWindow, Cap)))));
            }

            return statuses;
        })));
        var all = results.SelectMany(statuses => statuses).ToList();
        Assert.Equal(Cap, all.Count(one => one.Status == DispatchStatus.Sent));
        Assert.Equal(Trips - Cap, all.Count(one => one.Status == DispatchStatus.GuardExhausted));
        Assert.Equal((Racers - 1) * Trips, all.Count(one => one.Status == DispatchStatus.NotQueued));
        Assert.Equal(Cap, (await Store.Control.DispatchesSinceAsync(Instant.Epoch, Stopping)).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task A_payment_that_races_with_a_dispatch_either_cancels_the_trip_or_finds_it_sent()
    {
        const int Accounts = 30;
        var shard = await TownAsync(Accounts);
        var commands = await Store.Control.AddCommandsAsync(
            [.. Enumerable.Range(1, Accounts).Select(n => Sample.Command(n, CommandKind.Trip))], Stopping);
        var paying = Task.Run(async () =>
        {
            foreach (var command in commands.Reverse().Chunk(3))
            {
                await shard.CommitAsync(commit => commit.Payments.AddRange(command.Select(
                    one => Sample.Payment($"p{one.Account}", (int)one.Account.Value, 5))));
            }
        }, Stopping);
        var statuses = new Dictionary<CommandId, DispatchStatus>();
        foreach (var command in commands) statuses[command.Id] = await TryAsync(command);
        await paying;
        foreach (var command in commands)
        {
            var expected = statuses[command.Id] == DispatchStatus.Sent ? CommandState.Sent : CommandState.Cancelled;
            Assert.Equal(expected, await StateAsync(command));
            Assert.Contains(statuses[command.Id], new[] { DispatchStatus.Sent, DispatchStatus.NotQueued });
            Assert.Equal(1, (await CaseAsync((int)command.Account.Value)).Case.Fence);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Wakes_that_race_with_decisions_are_never_lost()
    {
        const int Rounds = 40;
        var shard = await TownAsync(4);
        var waking = Task.Run(async () =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                await shard.CommitAsync(commit => commit.Wake.UnionWith([new(4), new(1), new(3), new(2)]), Sample.T0);
            }
        }, Stopping);
        var stored = 0;
        while (!waking.IsCompleted)
        {
            var due = await Store.Control.TakeDueAsync(Sample.T0, 9, Stopping);
            stored += await Store.Control.CommitAsync(
                [.. due.Reverse().Select(
                    image => Sample.Decide(image.Case, image.Case with { DueAt = Instant.Never }))],
                Stopping);
        }

        await waking;
        foreach (var image in await Store.Control.TakeDueAsync(Sample.T0, 9, Stopping))
        {
            stored += await Store.Control.CommitAsync([Sample.Decide(image.Case)], Stopping);
        }

        var revisions = 0L;
        for (var account = 1; account <= 4; account++) revisions += (await CaseAsync(account)).Case.Revision;
        Assert.Equal((4 * Rounds) + stored, revisions);
    }
}

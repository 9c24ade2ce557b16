using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class ControlStoreContract
{
    private static readonly PersonId Ann = new("ann");
    private static readonly PersonId Bob = new("bob");

    private static GuardTerms Terms(long watts, params GuardBudget[] budgets) => new()
    {
        Window = GuardWindow,
        Watts = watts,
        Budgets = [new(GuardKey.System, new(1_000, 10_000_000)), .. budgets],
        WarnPercent = 50,
        QuarantinePercent = 75,
    };

    private static GuardBudget Feeder(string name, long trips, long watts = long.MaxValue) =>
        new(new(GuardScope.Feeder, name), new(trips, watts));

    private async Task<IReadOnlyList<Command>> TripsAsync(int count, Func<Command, Command>? with = null) =>
        await Store.Control.AddCommandsAsync(
            [
                .. Enumerable.Range(1, count).Select(n => Sample.Command(n, CommandKind.Trip))
                    .Select(command => with?.Invoke(command) ?? command),
            ],
            Stopping);

    private static async Task<IReadOnlyList<DispatchOutcome>> SendAsync(
        IStore store, IEnumerable<Command> commands, GuardTerms terms, Instant now) =>
        await store.Control.DispatchAsync(
            [.. commands.Select(one => new DispatchAttempt(one.Id, one.Attempts, now, 77, Sample.Hour(9), terms))],
            Stopping);

    private static List<DispatchStatus> Statuses(IReadOnlyList<DispatchOutcome> outcomes) =>
        [.. outcomes.Select(outcome => outcome.Status)];

    [Fact(Timeout = Patience)]
    public async Task Many_commands_go_in_one_transaction_each_with_its_own_checks()
    {
        var shard = await TownAsync(120);
        await shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 2, 5)));
        await Store.Control.AddHoldAsync(Sample.Hold(3, Sample.T0, Sample.Hour(9)), Stopping);
        var trips = await TripsAsync(120);
        var outcomes = await SendAsync(
            Store, trips.Append(trips[0]).Append(trips[0] with { Id = new(9_999) }), Terms(1_000), Sample.T0);
        Assert.Equal(
            [DispatchStatus.Sent, DispatchStatus.FenceMoved, DispatchStatus.Held, DispatchStatus.Sent],
            Statuses(outcomes).Take(4));
        Assert.All(outcomes.Skip(3).Take(117), outcome => Assert.Equal(DispatchStatus.Sent, outcome.Status));
        Assert.All(outcomes.Skip(120), outcome => Assert.Equal(DispatchStatus.NotQueued, outcome.Status));
        Assert.Equal(118, (await Store.Control.InFlightAsync(Stopping)).Count);
        Assert.All(await Store.Control.InFlightAsync(Stopping), c => Assert.Equal((77, 1), (c.SessionId, c.Attempts)));
        Assert.Equal(118, (await Store.Control.DispatchesSinceAsync(Sample.T0, Stopping)).Count);
        Assert.Empty(await Store.Control.DispatchAsync([], Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Three_lines_warn_quarantine_and_cap_and_what_two_people_release_goes_up_to_the_cap()
    {
        await TownAsync(10);
        var trips = await TripsAsync(10, trip => trip with { ExpiresAt = Instant.Never });
        var terms = Terms(1_000, Feeder("F1", 4));
        var outcomes = await SendAsync(Store, trips.Take(6), terms, Sample.T0);
        Assert.Equal(
            [GuardLine.Clear, GuardLine.Clear, GuardLine.Warn, GuardLine.Quarantine, GuardLine.Quarantine,
                GuardLine.Quarantine],
            outcomes.Select(outcome => outcome.Guard.Line));
        Assert.Equal(3, outcomes.Count(outcome => outcome.Status == DispatchStatus.Sent));
        Assert.Equal(3, await Store.Guard.QuarantinedCountAsync(Stopping));
        var alarms = await Store.Guard.AlarmsAsync(openOnly: true, 9, Stopping);
        Assert.Equal([1L, 3L], alarms.OrderBy(alarm => alarm.Line).Select(alarm => alarm.Times));
        Assert.All(alarms, alarm => Assert.Equal(new GuardKey(GuardScope.Feeder, "F1"), alarm.Key));
        Assert.Contains("feeder F1", alarms[0].Sentence, StringComparison.Ordinal);

        var asked = await Store.Guard.AskAsync(
            new(GuardAction.Release, null, null, Ann, Sample.T0, "checked by hand"), Stopping);
        Assert.Equal((3L, GuardReleaseState.Asked), (asked!.Cuts, asked.State));
        Assert.Equal([PersonId.System], await Store.Guard.RequestersAsync(asked.Id, Stopping));
        Assert.Equal(CommandState.Quarantined, await StateAsync(trips[3])); // One person moves nothing.
        var done = await Store.Guard.DecideAsync(new(asked.Id, true, Bob, Sample.T0, "agreed"), Stopping);
        Assert.Equal((GuardReleaseState.Done, 3L, Bob), (done!.State, done.Moved, done.DecidedBy));
        Assert.Null(await Store.Guard.DecideAsync(new(asked.Id, true, Bob, Sample.T0, "again"), Stopping));

        // One more fits below the cap; the others stay queued, and are not quarantined a second time.
        Assert.Equal(
            [DispatchStatus.Sent, DispatchStatus.GuardWaits, DispatchStatus.GuardWaits],
            Statuses(await SendAsync(Store, trips.Skip(3).Take(3), terms, Sample.T0)));
        Assert.Equal(CommandState.Queued, await StateAsync(trips[5]));
        Assert.Equal(
            DispatchStatus.GuardExhausted, Statuses(await SendAsync(Store, [trips[6]], terms, Sample.T0))[0]);
        Assert.Equal(
            [DispatchStatus.Sent, DispatchStatus.Sent],
            Statuses(await SendAsync(Store, trips.Skip(4).Take(2), terms, Sample.Hour(1))));
    }

    [Fact(Timeout = Patience)]
    public async Task Caps_on_load_people_and_history_hold_beside_the_number_of_cuts()
    {
        await TownAsync(9);
        var trips = await TripsAsync(9);
        var load = Terms(40_000, Feeder("F1", 100, 100_000));
        Assert.Equal(
            [DispatchStatus.Sent, DispatchStatus.GuardExhausted],
            Statuses(await SendAsync(Store, trips.Take(2), load, Sample.T0)));
        var key = GuardKey.Operator(" Mallory");
        var person = Terms(1, new GuardBudget(key, new(2, long.MaxValue)));
        var people = await SendAsync(Store, trips.Skip(2).Take(3), person, Sample.T0);
        Assert.Equal(
            [DispatchStatus.Sent, DispatchStatus.GuardExhausted, DispatchStatus.GuardExhausted], Statuses(people));
        Assert.Equal(GuardKey.Operator("mallory "), people[1].Guard.Key);

        // Nine were proposed within the hour.
        var jump = await SendAsync(Store, [trips[5]], Terms(1) with { Jump = new(2, 8) }, Sample.T0);
        Assert.Equal((DispatchStatus.GuardExhausted, GuardKey.History), (jump[0].Status, jump[0].Guard.Key));
        var usual = await SendAsync(Store, [trips[6]], Terms(1) with { Jump = new(8, 9) }, Sample.T0);
        Assert.Equal((DispatchStatus.Sent, GuardLine.Warn), (usual[0].Status, usual[0].Guard.Line));
        Assert.Equal(9, await Store.Guard.ProposedAsync(Sample.T0, Sample.Hour(1), Stopping));
        Assert.Equal(0, await Store.Guard.ProposedAsync(Sample.Hour(1), Sample.Hour(2), Stopping));
        Assert.Equal(Sample.T0, await Store.Guard.FirstProposedAsync(Stopping));
        var spent = await Store.Guard.SpentAsync(Sample.T0, GuardWindow, Stopping);
        Assert.Equal(
            [(GuardKey.System, new TripLoad(3, 40_002)), (new(GuardScope.Feeder, "F1"), new(1, 40_000)),
                (key, new(1, 1))],
            spent);
        var since = await Store.Guard.TripsSinceAsync(Sample.T0 - GuardWindow, Stopping);
        Assert.Equal([40_000L, 1, 1], since.Where(row => row.Key == GuardKey.System).Select(row => row.Load.Watts));
    }

    [Fact(Timeout = Patience)]
    public async Task While_cuts_are_stopped_none_goes_in_any_process_and_reconnects_do()
    {
        await TownAsync(3);
        var trip = await AddAsync(Sample.Command(1, CommandKind.Trip));
        var close = await AddAsync(Sample.Command(2, CommandKind.Close));
        Assert.Null(await Store.Guard.SwitchAsync(Stopping));
        Assert.True(await Store.Guard.TurnAsync(new(true, Ann, Sample.T0, "wrong tariff"), Stopping));
        Assert.False(await Store.Guard.TurnAsync(new(true, Bob, Sample.T0, "me too"), Stopping));
        if (CanReopen) await ReopenAsync();
        var other = CanShare ? await OpenAnotherAsync() : Store;
        Assert.Equal(
            [DispatchStatus.Stopped, DispatchStatus.Sent],
            Statuses(await SendAsync(other, [trip, close], Terms(1), Sample.T0)));
        Assert.Equal(CommandState.Queued, await StateAsync(trip));
        Assert.True(await Store.Guard.TurnAsync(new(false, Bob, Sample.Hour(1), "tariff taken back"), Stopping));
        Assert.Equal([false, true], (await Store.Guard.SwitchesAsync(9, Stopping)).Select(one => one.Stopped));
        Assert.Equal(Ann, (await Store.Guard.SwitchesAsync(9, Stopping))[1].By);
        Assert.Equal(DispatchStatus.Sent, (await SendAsync(other, [trip], Terms(1), Sample.Hour(1)))[0].Status);
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_deleted_in_quarantine_is_cancelled_and_what_was_paid_meanwhile_stays_so()
    {
        var shard = await TownAsync(4);
        var trips = await TripsAsync(4, trip => trip with { RequestedBy = trip.Account.Value < 3 ? Ann : Bob });
        await SendAsync(Store, trips, Terms(1, Feeder("", 0)), Sample.T0);
        Assert.Null(await Store.Guard.AskAsync(
            new(GuardAction.Delete, [new(9_999)], null, Ann, Sample.T0, "none of them"), Stopping));
        Assert.Empty(await Store.Guard.ReleasesAsync(9, Stopping));
        var asked = await Store.Guard.AskAsync(
            new(GuardAction.Delete, null, Ann, Bob, Sample.T0, "a rogue login"), Stopping);
        Assert.Equal(2, asked!.Cuts);
        await shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 1, 5)));
        var done = await Store.Guard.DecideAsync(new(asked.Id, true, Sample.Clerk, Sample.T0, "yes"), Stopping);
        Assert.Equal(1, done!.Moved);
        Assert.Equal(CommandState.Cancelled, await StateAsync(trips[1]));
        Assert.Equal(CommandState.Quarantined, await StateAsync(trips[2]));
        var rest = await Store.Guard.AskAsync(
            new(GuardAction.Release, [trips[2].Id, trips[3].Id], null, Ann, Sample.T0, "these"), Stopping);
        var no = await Store.Guard.DecideAsync(new(rest!.Id, false, Bob, Sample.T0, "no"), Stopping);
        Assert.Equal((GuardReleaseState.Rejected, 0L), (no!.State, no.Moved));
        Assert.Equal(2, (await Store.Guard.QuarantinedAsync(9, Stopping)).Count);
        Assert.Equal(no, await Store.Guard.FindReleaseAsync(rest.Id, Stopping));
        Assert.Null(await Store.Guard.FindReleaseAsync(99, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task An_alarm_that_was_seen_is_closed_and_the_next_is_a_new_one()
    {
        await TownAsync(3);
        var trips = await TripsAsync(3);
        await SendAsync(Store, [trips[0]], Terms(1, Feeder("", 0)), Sample.T0);
        await SendAsync(Store, [trips[1]], Terms(1, Feeder("", 0)), Sample.T0 + TimeSpan.FromMinutes(1));
        var alarm = Assert.Single(await Store.Guard.AlarmsAsync(openOnly: true, 9, Stopping));
        Assert.Equal((2L, Sample.T0), (alarm.Times, alarm.FirstAt));
        Assert.True(await Store.Guard.SeenAsync(alarm.Id, Ann, Sample.Hour(1), Stopping));
        Assert.False(await Store.Guard.SeenAsync(alarm.Id, Bob, Sample.Hour(1), Stopping));
        Assert.Empty(await Store.Guard.AlarmsAsync(openOnly: true, 9, Stopping));
        await SendAsync(Store, [trips[2]], Terms(1, Feeder("", 0)), Sample.Hour(1));
        Assert.Equal([null, Ann], (await Store.Guard.AlarmsAsync(openOnly: false, 9, Stopping)).Select(a => a.SeenBy));
    }

    [Fact(Timeout = Patience)]
    public async Task Two_processes_that_send_batches_at_once_never_exceed_a_cap_in_any_window()
    {
        const int Trips = 300, Cap = 9;
        await TownAsync(Trips);
        var other = CanShare ? await OpenAnotherAsync() : Store;
        var trips = await TripsAsync(Trips, trip => trip with { ExpiresAt = Instant.Never });
        var work = new[] { Store, other }.Select((store, process) => Task.Run(async () =>
        {
            var random = new Random(process);
            foreach (var batch in trips.OrderBy(_ => random.Next()).Chunk(7))
            {
                var now = Sample.T0 + TimeSpan.FromMinutes(random.Next(600));
                var feeder = $"F{random.Next(3)}";
                await SendAsync(store, batch, Terms(2_000, Feeder(feeder, Cap, Cap * 2_000)), now);
            }
        }));
        await Task.WhenAll(work);
        var sent = await Store.Guard.TripsSinceAsync(Instant.Epoch, Stopping);
        Assert.NotEmpty(sent);
        foreach (var budget in sent.Where(row => row.Key.Scope == GuardScope.Feeder).GroupBy(row => row.Key))
        {
            var at = budget.Select(row => row.At).ToList();
            Assert.All(at, first => Assert.True(at.Count(t => t >= first && t - first < GuardWindow) <= Cap));
        }
    }
}

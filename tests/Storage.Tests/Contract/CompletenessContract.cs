using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

/// <summary>Hours of concentrators: what is expected, what came, how far the asking is; and their clocks.</summary>
public abstract partial class StoreContract
{
    private static readonly TerminalAddress One = TerminalAddress.Of(4403, 1);
    private static readonly TerminalAddress Two = TerminalAddress.Of(4403, 2);
    private static readonly AskingRules Rules = new(3, Sample.T0 - TimeSpan.FromDays(31));

    [Fact(Timeout = Patience)]
    public async Task Hours_are_counted_from_meters_and_billed_registers_without_estimates()
    {
        var shard = await TownAsync(4);
        Assert.Null(await Store.Completeness.CountedThroughAsync(Stopping));
        var estimate = Sample.Reading(Sample.Channel(3), Sample.Hour(1), 5);
        await shard.CommitAsync(commit => commit.Readings.AddRange(
        [
            Sample.Reading(Sample.Channel(1), Sample.Hour(1), 5),
            Sample.Reading(Sample.Channel(2), Sample.Hour(2), 5),
            Sample.Reading(Sample.Channel(2, RegisterKind.ReverseActive), Sample.Hour(1), 5),
            estimate with { Reading = estimate.Reading with { Quality = ReadingQuality.Estimated } },
        ]));
        var counts = await Store.Completeness.CountAsync([One, Two], Sample.Hour(1), Stopping);
        Assert.Equal([new HourCount(One, Sample.Hour(1), 4, 1)], counts);
        Assert.Empty(await Store.Completeness.HoursAsync(One, Sample.T0, Instant.Never, 10, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Counted_hours_are_kept_and_counted_again_without_losing_their_attempts()
    {
        await TownAsync(2);
        HourCount[] counts = [Count(One, 1, 2, 0), Count(One, 2, 2, 2), Count(Two, 1, 5, 4)];
        await Store.Completeness.KeepAsync(counts, Sample.Hour(3), Stopping);
        await Store.Completeness.KeepLookAsync(
            new(One, Sample.Hour(4), Sample.Hour(5), 1), [Count(One, 1, 2, 1)], [Sample.Hour(1)], Stopping);
        await Store.Completeness.KeepAsync([Count(One, 1, 3, 1)], Sample.Hour(6), Stopping);
        await Store.Completeness.MoveThroughAsync(Sample.Hour(1), Sample.T0, Stopping);
        await Store.Completeness.MoveThroughAsync(Sample.Hour(2), Sample.T0, Stopping);
        await ReopenIfPossibleAsync();

        Assert.Equal(Sample.Hour(2), await Store.Completeness.CountedThroughAsync(Stopping));
        Assert.Equal(
            [new TerminalHour(Count(One, 1, 3, 1), 1), new(Count(One, 2, 2, 2), 0)],
            await Store.Completeness.HoursAsync(One, Sample.Hour(1), Sample.Hour(2), 10, Stopping));
        Assert.Single(await Store.Completeness.HoursAsync(One, Sample.Hour(1), Sample.Hour(2), 1, Stopping));
        Assert.Equal([new TerminalHour(Count(One, 1, 3, 1), 1), new(Count(Two, 1, 5, 4), 0)],
            await Store.Completeness.IncompleteAsync(Sample.Hour(1), Stopping));
        Assert.Null(await Store.Completeness.FindHourAsync(Two, Sample.Hour(2), Stopping));
        Assert.Equal(new(10, 7, 3, 2), await TotalsAsync(0, 2));
        Assert.Equal(new(0, 0, 0, 0), await TotalsAsync(2, 9));
        Assert.Equal(
            [new CompletenessOfTerminal(One, 5, 3, 1), new(Two, 5, 4, 0)],
            await Store.Completeness.WorstAsync(Sample.T0, Sample.Hour(2), 10, Stopping));
        await Store.Completeness.MoveThroughAsync(Sample.Hour(3), Sample.Hour(2), Stopping);
        Assert.Equal(new(2, 2, 1, 0), await TotalsAsync(0, 9));
    }

    [Fact(Timeout = Patience)]
    public async Task Concentrators_are_due_in_order_until_nothing_is_missing()
    {
        await TownAsync();
        await Store.Completeness.KeepAsync([Count(One, 1, 2, 2), Count(Two, 1, 5, 4)], Sample.Hour(3), Stopping);
        await Store.Completeness.KeepAsync([Count(One, 2, 2, 1), Count(Two, 2, 5, 4)], Sample.Hour(4), Stopping);
        Assert.Empty(await Store.Completeness.DueAsync(Sample.Hour(2), 10, Stopping));
        Assert.Equal(
            [new AskingState(Two, Sample.Hour(3), Sample.Hour(3), 0), new(One, Sample.Hour(4), Sample.Hour(4), 0)],
            await Store.Completeness.DueAsync(Sample.Hour(4), 10, Stopping));
        Assert.Single(await Store.Completeness.DueAsync(Sample.Hour(4), 1, Stopping));
        await Store.Completeness.PostponeAsync([Two], Sample.Hour(9), Stopping);
        await Store.Completeness.KeepLookAsync(new(One, Instant.Never, Sample.Hour(8), 2), [], [], Stopping);
        Assert.Empty(await Store.Completeness.DueAsync(Sample.Hour(8), 10, Stopping));
        await Store.Completeness.KeepAsync([Count(One, 1, 2, 1), Count(Two, 3, 5, 4)], Instant.Never, Stopping);
        Assert.Empty(await Store.Completeness.DueAsync(Sample.Hour(8), 10, Stopping));
        await Store.Completeness.KeepAsync([Count(One, 3, 2, 1)], Sample.Hour(5), Stopping);
        Assert.Equal(
            [new AskingState(One, Sample.Hour(5), Sample.Hour(8), 2)],
            await Store.Completeness.DueAsync(Sample.Hour(8), 10, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_look_counts_anew_and_names_what_is_still_missing()
    {
        var shard = await TownAsync(3);
        HourCount[] counts = [Count(One, 1, 3, 0), Count(One, 2, 3, 0), Count(One, 3, 2, 1), Count(One, 4, 3, 3)];
        await Store.Completeness.KeepAsync(counts, Sample.Hour(5), Stopping);
        await shard.CommitAsync(commit => commit.Readings.AddRange(
        [
            Sample.Reading(Sample.Channel(1), Sample.Hour(1), 5),
            Sample.Reading(Sample.Channel(3), Sample.Hour(1), 5),
            Sample.Reading(Sample.Channel(1), Sample.Hour(3), 5),
            Sample.Reading(Sample.Channel(2), Sample.Hour(3), 5), // Of three meters now; two were expected then.
        ]));
        var image = await Store.Completeness.LookAsync(One, Rules, 10, Stopping);
        Assert.Equal([0, 0, 1], image.Before.Select(hour => hour.Count.Stored));
        Assert.Equal([Count(One, 1, 3, 2), Count(One, 2, 3, 0), Count(One, 3, 2, 2)], image.Now);
        Assert.Equal(
            [new MissingReading(1, Sample.Hour(2)), new(2, Sample.Hour(1)), new(2, Sample.Hour(2)),
                new(3, Sample.Hour(2))],
            image.Missing);
        Assert.Single((await Store.Completeness.LookAsync(One, Rules, 1, Stopping)).Before);
        var later = Rules with { NotBefore = Sample.Hour(2) };
        Assert.Equal(2, (await Store.Completeness.LookAsync(One, later, 10, Stopping)).Before.Count);
        Assert.Empty((await Store.Completeness.LookAsync(Two, Rules, 10, Stopping)).Before);
    }

    [Fact(Timeout = Patience)]
    public async Task An_hour_that_was_asked_for_often_enough_or_is_too_old_is_exhausted()
    {
        var shard = await TownAsync(2);
        await Store.Completeness.KeepAsync([Count(One, 1, 2, 0), Count(One, 2, 2, 0)], Sample.Hour(3), Stopping);
        var state = new AskingState(One, Sample.Hour(4), Sample.Hour(4), 1);
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(await Store.Completeness.ExhaustedAsync(Rules, Sample.T0, Sample.Hour(9), 10, Stopping));
            await Store.Completeness.KeepLookAsync(state, [], [Sample.Hour(2)], Stopping);
        }

        Assert.Equal([Sample.Hour(1)], (await Store.Completeness.LookAsync(One, Rules, 10, Stopping))
            .Before.Select(hour => hour.Count.At));
        var found = await Store.Completeness.FindHourAsync(One, Sample.Hour(2), Stopping);
        Assert.True(Rules.IsExhausted(found!));
        Assert.Equal(
            [(Sample.Channel(1), Sample.Hour(2)), (Sample.Channel(2), Sample.Hour(2))],
            await Store.Completeness.ExhaustedAsync(Rules, Sample.T0, Sample.Hour(9), 10, Stopping));
        await shard.CommitAsync(commit => commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.Hour(2), 1)));
        var later = Rules with { NotBefore = Sample.Hour(2) };
        Assert.Equal(
            [(Sample.Channel(1), Sample.Hour(1)), (Sample.Channel(2), Sample.Hour(1)),
                (Sample.Channel(2), Sample.Hour(2))],
            await Store.Completeness.ExhaustedAsync(later, Sample.T0, Sample.Hour(9), 10, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_meter_that_was_replaced_is_expected_through_its_last_hour_and_its_heir_after_it()
    {
        var shard = await TownAsync(2);
        await shard.CommitAsync(commit => commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.Hour(2), 5)));
        await Store.Completeness.KeepAsync([Count(One, 2, 2, 1), Count(One, 3, 2, 0)], Sample.Hour(4), Stopping);
        var addition = new RegistryAddition
        {
            Meters = [Sample.Meter(3, account: 1) with { Point = 1 }],
            MeterChanges =
            [
                new(new(1), new(1), new(5), new(3), new(0), Sample.Hour(2), Sample.Clerk, Sample.Hour(3), "worn out"),
            ],
        };
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(addition, Stopping));
        var store = Store.Completeness;
        Assert.Equal([Count(One, 2, 2, 1)], await store.CountAsync([One], Sample.Hour(2), Stopping));
        Assert.Equal([Count(One, 3, 2, 0)], await store.CountAsync([One], Sample.Hour(3), Stopping));
        var image = await store.LookAsync(One, Rules, 10, Stopping);
        Assert.Equal([Count(One, 2, 2, 1), Count(One, 3, 2, 0)], image.Now);
        Assert.Equal(
            [new MissingReading(1, Sample.Hour(3)), new(2, Sample.Hour(2)), new(2, Sample.Hour(3))], image.Missing);
        var later = Rules with { NotBefore = Sample.Hour(9) };
        Assert.Equal(
            [(Sample.Channel(2), Sample.Hour(2)), (Sample.Channel(2), Sample.Hour(3)),
                (Sample.Channel(3), Sample.Hour(3))],
            await store.ExhaustedAsync(later, Sample.T0, Sample.Hour(9), 10, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Clocks_are_kept_as_they_are()
    {
        var drifting = new TerminalClock(
            One, ClockState.NeedsPerson, TimeSpan.FromMilliseconds(-86_400_123), Sample.T0, Sample.Hour(1),
            Sample.Hour(2), Sample.Clerk, Sample.Hour(3));
        var fresh = new TerminalClock(Two, ClockState.Unknown, TimeSpan.Zero, null, null, null, null, Sample.Hour(4));
        await Store.Clocks.KeepAsync(fresh with { State = ClockState.Good, Drift = TimeSpan.FromHours(9) }, Stopping);
        await Store.Clocks.KeepAsync(fresh, Stopping);
        await Store.Clocks.KeepAsync(drifting, Stopping);
        await ReopenIfPossibleAsync();
        Assert.Equal([drifting, fresh], (await Store.Clocks.LoadAsync(Stopping)).OrderBy(c => c.DueAt));
        Assert.Equal(drifting, await Store.Clocks.FindAsync(One, Stopping));
        Assert.Null(await Store.Clocks.FindAsync(TerminalAddress.Of(1, 1), Stopping));
    }

    private static HourCount Count(TerminalAddress terminal, int hour, int expected, int stored) =>
        new(terminal, Sample.Hour(hour), expected, stored);

    private Task<CompletenessTotals> TotalsAsync(int after, int to) =>
        Store.Completeness.TotalsAsync(Sample.Hour(after), Sample.Hour(to), Stopping);

    private Task ReopenIfPossibleAsync() => CanReopen ? ReopenAsync() : Task.CompletedTask;
}

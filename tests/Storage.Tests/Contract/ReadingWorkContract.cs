using Meters.Billing.Validation;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static readonly Closing Closed = new(new("wei"), Sample.Hour(50), "seen on site; \"ok\"");

    private static Finding Found(int meter, int hour, CheckKind check = CheckKind.Spike, int hours = 1) => new(
        check, Sample.Channel(meter), Sample.Hour(hour), Sample.Hour(hour + hours),
        [new("per_hour", 60_000, "tenths_wh"), new("ratio", -3, "times")], "6 kWh in an hour.");

    private static ReadingConflict Against(int meter, int hour, long first, long second) => new(
        Sample.Channel(meter), Sample.Hour(hour), ReadingQuality.Actual, new(first), new(7), new(second), new(8),
        Sample.Hour(hour + 1));

    private static BillingHold Held(int meter, int hour = 1) => new(
        new(meter), Sample.Hour(hour), "register_fell", "The register fell.", PersonId.System, Sample.Hour(hour));

    [Fact(Timeout = Patience)]
    public async Task Findings_are_kept_once_and_read_newest_first_by_check_and_meter()
    {
        Finding[] found = [Found(1, 1), Found(2, 1), Found(1, 1, CheckKind.Bypass)];
        Assert.Equal(3, await Store.Work.RaiseAsync(found, Sample.Hour(9), Stopping));
        Assert.Equal(1, await Store.Work.RaiseAsync([.. found, found[0], Found(1, 2)], Sample.Hour(10), Stopping));
        var all = await Store.Work.FindingsAsync(null, null, openOnly: true, 10, Stopping);
        Assert.Equal([2, 1, 1, 1], all.Select(one => (one.Finding.From - Sample.T0).Hours));
        Assert.Equal(found[1] with { Figures = [] }, all[2].Finding with { Figures = [] });
        Assert.Equal(found[1].Figures, all[2].Finding.Figures);
        Assert.Equal((Sample.Hour(9), null), (all[2].RaisedAt, all[2].Closed));
        Assert.Equal(3, (await Store.Work.FindingsAsync(null, new(1), openOnly: false, 10, Stopping)).Count);
        Assert.Equal(
            CheckKind.Bypass,
            Assert.Single(await Store.Work.FindingsAsync(CheckKind.Bypass, new(1), true, 10, Stopping)).Finding.Check);
        Assert.Equal(2, (await Store.Work.FindingsAsync(null, null, openOnly: false, 2, Stopping)).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task A_finding_that_goes_on_moves_its_end_until_it_is_closed()
    {
        await Store.Work.RaiseAsync([Found(1, 1)], Sample.Hour(9), Stopping);
        Assert.Equal(0, await Store.Work.RaiseAsync([Found(1, 1, hours: 5)], Sample.Hour(10), Stopping));
        var one = Assert.Single(await Store.Work.FindingsAsync(null, null, openOnly: true, 10, Stopping));
        Assert.Equal((Sample.Hour(6), Sample.Hour(9)), (one.Finding.To, one.RaisedAt));
        Assert.Equal(WorkStatus.Done, await Store.Work.CloseFindingAsync(one.Id, Closed, Stopping));
        var other = Closed with { By = new("li") };
        Assert.Equal(WorkStatus.ClosedBefore, await Store.Work.CloseFindingAsync(one.Id, other, Stopping));
        Assert.Equal(WorkStatus.Unknown, await Store.Work.CloseFindingAsync(one.Id + 100, Closed, Stopping));
        Assert.Equal(0, await Store.Work.RaiseAsync([Found(1, 1, hours: 9)], Sample.Hour(11), Stopping));
        Assert.Empty(await Store.Work.FindingsAsync(null, null, openOnly: true, 10, Stopping));
        var kept = Assert.Single(await Store.Work.FindingsAsync(null, null, openOnly: false, 10, Stopping));
        Assert.Equal((Closed, Sample.Hour(6)), (kept.Closed, kept.Finding.To));
    }

    [Fact(Timeout = Patience)]
    public async Task A_conflict_is_one_whichever_value_came_first_and_is_settled_with_all_of_its_instant()
    {
        await using var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Work.Conflicts.AddRange(
            [Against(1, 3, 10, 20), Against(1, 3, 20, 10), Against(1, 3, 10, 30), Against(2, 3, 10, 20)]));
        await shard.CommitAsync(commit => commit.Work.Conflicts.Add(Against(1, 3, 10, 20)));
        var open = await Store.Work.ConflictsAsync(null, openOnly: true, 10, Stopping);
        Assert.Equal(3, open.Count);
        Assert.Equal(
            new StoredConflict(open[2].Id, Against(1, 3, 10, 20), null, null, null),
            await Store.Work.FindConflictAsync(open[2].Id, Stopping));
        Assert.Null(await Store.Work.FindConflictAsync(open[0].Id + 100, Stopping));
        var decision = new ConflictDecision(
            Sample.Channel(1), Sample.Hour(3), ConflictChoice.Edited, new Energy(15), Closed);
        await shard.CommitAsync(commit => commit.Work.Decisions.Add(decision));
        await shard.CommitAsync(commit => commit.Work.Decisions.Add(
            decision with { Choice = ConflictChoice.Neither, Chosen = null }));
        Assert.Equal(
            Sample.Channel(2),
            Assert.Single(await Store.Work.ConflictsAsync(null, openOnly: true, 10, Stopping)).Conflict.Channel);
        var settled = await Store.Work.ConflictsAsync(new(1), openOnly: false, 10, Stopping);
        Assert.Equal(2, settled.Count);
        Assert.All(settled, one => Assert.Equal(
            (ConflictChoice.Edited, new Energy(15), Closed), (one.Choice, one.Chosen, one.Closed)));
    }

    [Fact(Timeout = Patience)]
    public async Task One_hold_stands_per_meter_until_it_is_lifted_with_a_note()
    {
        await using var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Work.Holds.AddRange([Held(1), Held(1, hour: 2), Held(2)]));
        Assert.Equal(2, (await Store.Work.HoldsAsync(null, standingOnly: true, 10, Stopping)).Count);
        await shard.CommitAsync(commit =>
        {
            commit.Work.Lifts.Add(new(new(1), Closed));
            commit.Work.Holds.Add(Held(1, hour: 4)); // The next fault, found in the same commit.
        });
        var all = await Store.Work.HoldsAsync(new(1), standingOnly: false, 10, Stopping);
        Assert.Equal([Held(1, hour: 4), Held(1)], all.Select(one => one.Hold));
        Assert.Equal([null, Closed], all.Select(one => one.Lifted));
        if (CanReopen) await ReopenAsync();
        Assert.Equal(
            [Held(1, hour: 4), Held(2)],
            (await Store.Work.HoldsAsync(null, standingOnly: true, 10, Stopping)).Select(one => one.Hold));
    }

    [Fact(Timeout = Patience)]
    public async Task A_released_item_of_the_quarantine_says_who_let_it_go_on()
    {
        await using var shard = await TownAsync();
        var item = new QuarantineItem(
            new(7), TerminalAddress.Of(4403, 1), Sample.T0, "implausible", null, null, Sample.Channel(2),
            Sample.Hour(1), 99, "Too much.");
        var other = item with { Kind = "bad_bcd", Channel = null };
        await shard.CommitAsync(commit => commit.Quarantine.AddRange([item, other]));
        var rows = await Store.Work.QuarantineAsync(null, null, openOnly: true, 10, Stopping);
        Assert.Equal(2, rows.Count);
        var row = Assert.Single(await Store.Work.QuarantineAsync("implausible", new(2), openOnly: true, 10, Stopping));
        Assert.Equal((item, null), (row.Item, row.Release));
        var release = new QuarantineRelease(row.Id, "rated", Closed);
        await shard.CommitAsync(commit => commit.Work.Releases.Add(release));
        await shard.CommitAsync(commit => commit.Work.Releases.Add(release with { Outcome = "conflict" }));
        Assert.Equal(release, (await Store.Work.FindQuarantineAsync(row.Id, Stopping))!.Release);
        Assert.Single(await Store.Work.QuarantineAsync(null, null, openOnly: true, 10, Stopping));
        Assert.Equal(2, (await Store.Work.QuarantineAsync(null, null, openOnly: false, 10, Stopping)).Count);
        Assert.Null(await Store.Work.FindQuarantineAsync(row.Id + 100, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Registers_that_live_on_estimates_are_counted_by_the_rows_that_still_stand()
    {
        await using var shard = await TownAsync();
        var guess = Enumerable.Range(1, 5).Select(hour => Sample.Reading(Sample.Channel(1), Sample.Hour(hour), hour));
        var estimated = guess.Select(row => row with
        {
            Reading = row.Reading with { Quality = ReadingQuality.Estimated },
        });
        await shard.CommitAsync(commit =>
        {
            commit.Readings.AddRange([Sample.Reading(Sample.Channel(1), Sample.T0, 0), .. estimated]);
            commit.Readings.Add(Sample.Reading(Sample.Channel(2), Sample.T0, 0));
            commit.Work.Estimates.Add(new(
                Sample.Channel(1), Sample.T0, Sample.Hour(6), 5, "own_profile", Sample.Hour(9), new(7)));
            commit.Work.Estimates.Add(new(
                Sample.Channel(2), Sample.T0, Sample.Hour(6), 5, "own_profile", Sample.Hour(9), new(7)));
        });
        Assert.Equal(
            [new ProlongedEstimate(Sample.Channel(1), 5, Sample.Hour(1), Sample.T0)],
            await Store.Work.ProlongedAsync(Sample.T0, 5, 10, Stopping));
        await shard.CommitAsync(commit =>
        {
            commit.Replacements.Add(Sample.Reading(Sample.Channel(1), Sample.Hour(2), 2));
            commit.Work.Estimates.Add(new(
                Sample.Channel(1), Sample.T0, Sample.Hour(2), 1, "straight_line", Sample.Hour(10), new(8)));
        });
        Assert.Empty(await Store.Work.ProlongedAsync(Sample.T0, 5, 10, Stopping));
        Assert.Equal(
            [new ProlongedEstimate(Sample.Channel(1), 3, Sample.Hour(3), Sample.Hour(2))],
            await Store.Work.ProlongedAsync(Sample.Hour(2), 1, 10, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task What_a_fenced_writer_decides_about_readings_is_not_stored()
    {
        await using var old = await TownAsync();
        await using var owner = await Store.TakeShardAsync(0, Stopping);
        await Assert.ThrowsAsync<ShardFencedException>(() => old.CommitAsync(commit => commit.Work.Holds.Add(Held(1))));
        Assert.Empty(await Store.Work.HoldsAsync(null, standingOnly: false, 10, Stopping));
    }
}

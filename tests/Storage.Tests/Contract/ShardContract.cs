using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Commands;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    [Fact(Timeout = Patience)]
    public async Task Readings_and_frames_are_there_when_the_commit_returns_and_after_a_restart()
    {
        var shard = await TownAsync();
        RatedReading[] readings =
        [
            Sample.Reading(Sample.Channel(1), Sample.T0, 10),
            new(
                new(Sample.Channel(1), Sample.Hour(1), new(long.MaxValue), ReadingQuality.Estimated, new(8)),
                long.MinValue),
            Sample.Reading(Sample.Channel(1, RegisterKind.ReverseActive), Sample.Hour(1), 3),
        ];
        await shard.CommitAsync(commit =>
        {
            commit.Readings.AddRange(readings);
            commit.Frames.AddRange([Sample.Frame(7), Sample.Frame(8) with { Bytes = default }]);
        });
        if (CanReopen) await ReopenAsync();
        Assert.Equal(
            readings[..2],
            await Store.Queries.ReadingsAsync(Sample.Channel(1), Sample.T0, Sample.Hour(9), 9, Stopping));
        Assert.Equal(
            readings[1..2],
            await Store.Queries.ReadingsAsync(Sample.Channel(1), Sample.Hour(1), Sample.Hour(1), 9, Stopping));
        Assert.Equal(
            readings[..1],
            await Store.Queries.ReadingsAsync(Sample.Channel(1), Sample.T0, Sample.Hour(9), 1, Stopping));
        var frame = await Store.Queries.FrameAsync(new(7), Stopping);
        Assert.Equal(Sample.Frame(7).Bytes.ToArray(), frame!.Value.Bytes.ToArray());
        Assert.Equal(Sample.Frame(7) with { Bytes = default }, frame.Value with { Bytes = default });
        Assert.Equal(0, (await Store.Queries.FrameAsync(new(8), Stopping))!.Value.Bytes.Length);
        Assert.Null(await Store.Queries.FrameAsync(new(9), Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Every_row_of_a_large_commit_arrives()
    {
        const int Rows = 30_001;
        var shard = await TownAsync();
        await shard.CommitAsync(commit =>
        {
            commit.Readings.AddRange(
                Enumerable.Range(0, Rows).Select(
                    i => Sample.Reading(Sample.Channel(1 + (i % 3)), Sample.Hour(i / 3), i, i)));
            commit.Frames.AddRange(
                Enumerable.Range(0, 1_001).Select(i => Sample.Frame(i) with { Bytes = new byte[i * 3] }));
            commit.Frames.Add(Sample.Frame(5_000) with { Bytes = new byte[1_000_000] });
        });
        var totals = await Store.Queries.TotalsAsync(Stopping);
        Assert.Equal((Rows, 1_002), (totals.Readings, totals.Frames));
        var last = await Store.Queries.ReadingsAsync(
            Sample.Channel(1), Sample.Hour(10_000), Sample.Hour(10_000), 1, Stopping);
        Assert.Equal(new(30_000), Assert.Single(last).Reading.Register);
        Assert.Equal(3_000, (await Store.Queries.FrameAsync(new(1_000), Stopping))!.Value.Bytes.Length);
        Assert.Equal(1_000_000, (await Store.Queries.FrameAsync(new(5_000), Stopping))!.Value.Bytes.Length);
    }

    [Fact(Timeout = Patience)]
    public async Task An_empty_commit_is_fine()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(_ => { });
        Assert.Equal((null, 0L), await shard.LoadProgressAsync(Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task An_earlier_owner_is_fenced_and_leaves_nothing()
    {
        var first = await TownAsync();
        var second = await Store.TakeShardAsync(0, Stopping);
        Assert.True(second.Epoch > first.Epoch);
        await Assert.ThrowsAsync<ShardFencedException>(() => first.CommitAsync(commit =>
        {
            commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.T0, 1));
            commit.Payments.Add(Sample.Payment("a", 1, 5));
            commit.Entries.Add(Sample.PaymentEntry(1, 1, 5));
        }));
        Assert.Equal(0, (await Store.Queries.TotalsAsync(Stopping)).Readings);
        Assert.Empty(await second.FindPaymentsAsync(["a"], Stopping));
        await second.CommitAsync(commit => commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.T0, 1)));
        await Assert.ThrowsAsync<ShardFencedException>(() => first.CommitAsync(_ => { }));
    }

    [Fact(Timeout = Patience)]
    public async Task Shards_are_fenced_each_for_itself()
    {
        var zero = await TownAsync();
        var one = await Store.TakeShardAsync(1, Stopping);
        await zero.CommitAsync(commit => commit.Frames.Add(Sample.Frame(1)));
        await one.CommitAsync(commit => commit.Frames.Add(Sample.Frame(2)));
        Assert.Equal(2, (await Store.Queries.TotalsAsync(Stopping)).Frames);
        Assert.Equal((0, 1), (zero.Shard, one.Shard));
    }

    [Fact(Timeout = Patience)]
    public async Task An_epoch_outlives_a_restart()
    {
        var before = await TownAsync();
        await ReopenAsync();
        Assert.Equal(before.Epoch + 1, (await Store.TakeShardAsync(0, Stopping)).Epoch);
    }

    [Fact(Timeout = Patience)]
    public async Task A_commit_of_which_one_part_fails_leaves_nothing()
    {
        var shard = await TownAsync();
        var reading = Sample.Reading(Sample.Channel(1), Sample.T0, 1);
        await shard.CommitAsync(commit => commit.Readings.Add(reading));
        await Assert.ThrowsAnyAsync<Exception>(() => shard.CommitAsync(commit =>
        {
            commit.Payments.Add(Sample.Payment("a", 1, 5));
            commit.Entries.Add(Sample.PaymentEntry(1, 1, 5));
            commit.Frames.Add(Sample.Frame(1));
            commit.Wake.Add(new(1));
            commit.Readings.Add(reading); // The writer's own fault: the row is there.
        }));
        var totals = await Store.Queries.TotalsAsync(Stopping);
        Assert.Equal((1, 0, 0), (totals.Readings, totals.Frames, totals.Payments));
        Assert.Empty(await Store.Queries.EntriesAsync(new(1), 9, Stopping));
        Assert.Null(await Store.Control.NextDueAsync(Stopping));

        await shard.CommitAsync(commit => commit.Frames.Add(Sample.Frame(1))); // And it goes on.
        Assert.Equal(1, (await Store.Queries.TotalsAsync(Stopping)).Frames);
    }

    [Fact(Timeout = Patience)]
    public async Task A_commit_that_contradicts_itself_is_refused()
    {
        var shard = await TownAsync();
        var line = new DayCharge(new(1), Sample.Day0, 0, default, 0, default);
        await Assert.ThrowsAsync<ArgumentException>(() => shard.CommitAsync(commit => commit.ClosesDay = Sample.Day0));
        await Assert.ThrowsAsync<ArgumentException>(() => shard.CommitAsync(commit => commit.DayCharges.Add(line)));
        await Assert.ThrowsAsync<ArgumentException>(
            () => shard.CommitAsync(commit => commit.Entries.Add(Sample.PaymentEntry(1, 1, 5, shard: 3))));
    }

    [Fact(Timeout = Patience)]
    public async Task A_charge_is_changed_where_the_reading_stands()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Readings.AddRange(
        [
            Sample.Reading(Sample.Channel(1), Sample.T0, 1, 100),
            Sample.Reading(Sample.Channel(1), Sample.Hour(40), 1, 200),
            Sample.Reading(Sample.Channel(2), Sample.T0, 1, 300),
        ]));
        await shard.CommitAsync(commit => commit.ChargeChanges.AddRange(
        [
            new(Sample.Channel(1), Sample.T0, 1), new(Sample.Channel(1), Sample.Hour(40), 2),
            new(Sample.Channel(1), Sample.T0, 3),
        ]));
        var charges = await Store.Queries.ReadingsAsync(Sample.Channel(1), Sample.T0, Sample.Hour(99), 9, Stopping);
        Assert.Equal([3, 2], charges.Select(reading => reading.Charge));

        await Assert.ThrowsAsync<InvalidDataException>(() => shard.CommitAsync(commit =>
        {
            commit.ChargeChanges.Add(new(Sample.Channel(2), Sample.T0, 9));
            commit.ChargeChanges.Add(new(Sample.Channel(3), Sample.T0, 9));
        }));
        var other = await Store.Queries.ReadingsAsync(Sample.Channel(2), Sample.T0, Sample.T0, 9, Stopping);
        Assert.Equal(300, Assert.Single(other).Charge);
    }

    [Fact(Timeout = Patience)]
    public async Task A_register_of_better_quality_replaces_the_row_and_a_missing_row_stops_the_commit()
    {
        var shard = await TownAsync();
        var first = Sample.Reading(Sample.Channel(1), Sample.T0, 1, 100);
        await shard.CommitAsync(commit => commit.Readings.Add(first));
        var better = first with
        {
            Reading = first.Reading with { Register = new(777), Quality = ReadingQuality.Edited, Frame = new(9) },
            Charge = 42,
        };
        await shard.CommitAsync(commit => commit.Replacements.Add(better));
        var stored = await Store.Queries.ReadingsAsync(Sample.Channel(1), Sample.T0, Sample.T0, 9, Stopping);
        Assert.Equal(better, Assert.Single(stored));

        var missing = better with { Reading = better.Reading with { At = Sample.Hour(90) } };
        await Assert.ThrowsAsync<InvalidDataException>(() => shard.CommitAsync(commit =>
        {
            commit.Replacements.Add(better with { Charge = 43 });
            commit.Replacements.Add(missing);
        }));
        stored = await Store.Queries.ReadingsAsync(Sample.Channel(1), Sample.T0, Sample.T0, 9, Stopping);
        Assert.Equal(42, Assert.Single(stored).Charge);
    }

    [Fact(Timeout = Patience)]
    public async Task Rows_that_are_not_rated_are_known_at_a_start_and_no_neighbour_of_others()
    {
        var shard = await TownAsync();
        var (first, second) = (Sample.Reading(Sample.Channel(1), Sample.T0, 1), Sample.Hour(1));
        await shard.CommitAsync(commit =>
        {
            commit.Readings.AddRange([first, Sample.Reading(Sample.Channel(1), second, 2)]);
            commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.Hour(2), 3));
        });
        var disputed = Sample.Reading(Sample.Channel(1), second, 2);
        disputed = disputed with
        {
            Reading = disputed.Reading with { Quality = ReadingQuality.DisputedActual },
            Charge = 0,
        };
        await shard.CommitAsync(commit =>
        {
            commit.Replacements.Add(disputed);
            commit.Unrated.Add((Sample.Channel(1), second));
        });
        var again = await Store.TakeShardAsync(0, Stopping);
        Assert.Equal([(Sample.Channel(1), second)], await again.LoadUnratedAsync(Stopping).ToListAsync());
        var rows = await again.ReadChannelAsync(Sample.Channel(1), Sample.Hour(2), Instant.Never, Stopping);
        Assert.Equal([first.Reading.At, second, Sample.Hour(2)], rows.Select(row => row.Reading.At));
        await again.CommitAsync(commit => commit.RatedAgain.Add((Sample.Channel(1), second)));
        Assert.Empty(await again.LoadUnratedAsync(Stopping).ToListAsync());
    }

    [Fact(Timeout = Patience)]
    public async Task A_channel_is_read_from_the_reading_before()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Readings.AddRange(
            Enumerable.Range(0, 4)
                .Select(i => 1 + (30 * i))
                .Select(hour => Sample.Reading(Sample.Channel(1), Sample.Hour(hour), hour))));
        await shard.CommitAsync(commit => commit.Readings.Add(Sample.Reading(Sample.Channel(2), Sample.Hour(50), 1)));

        Task<IReadOnlyList<RatedReading>> Read(int from, int to) =>
            shard.ReadChannelAsync(Sample.Channel(1), Sample.Hour(from), Sample.Hour(to), Stopping);
        Assert.Equal([31, 61], (await Read(32, 61)).Select(row => row.Reading.Register.TenthsWh));
        Assert.Equal([1, 31], (await Read(31, 60)).Select(row => row.Reading.Register.TenthsWh));
        Assert.Equal([1], (await Read(1, 1)).Select(row => row.Reading.Register.TenthsWh));
        Assert.Equal([91], (await Read(100, 200)).Select(row => row.Reading.Register.TenthsWh));
        Assert.Empty(await Read(-5, 0));
    }

    [Fact(Timeout = Patience)]
    public async Task Payments_are_found_by_key_from_any_shard()
    {
        var zero = await TownAsync();
        var one = await Store.TakeShardAsync(1, Stopping);
        var payment = Sample.Payment("it's; \"key\" 钥", 1, 500);
        var bare = Sample.Payment("b", 2, 7) with { Order = Sample.Payment("b", 2, 7).Order with { Reference = null } };
        await zero.CommitAsync(commit => commit.Payments.AddRange([payment, bare]));
        Assert.Equal([payment], await one.FindPaymentsAsync([payment.Order.Key, "c"], Stopping));
        Assert.Equal([bare], await one.FindPaymentsAsync(["b"], Stopping));
        Assert.Empty(await one.FindPaymentsAsync([], Stopping));
        Assert.Equal([payment], await Store.Queries.PaymentsAsync(new(1), 9, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_payment_key_that_two_shards_race_for_is_posted_once()
    {
        var zero = await TownAsync();
        var one = await Store.TakeShardAsync(1, Stopping);
        await zero.CommitAsync(commit => commit.Payments.Add(Sample.Payment("a", 1, 5)));
        await Assert.ThrowsAsync<PaymentKeyRaceException>(() => one.CommitAsync(commit =>
        {
            commit.Payments.Add(Sample.Payment("b", 2, 5));
            commit.Payments.Add(Sample.Payment("a", 2, 6));
            commit.Frames.Add(Sample.Frame(1));
        }));
        Assert.Equal(["a"], (await one.FindPaymentsAsync(["a", "b"], Stopping)).Select(payment => payment.Order.Key));
        Assert.Equal(0, (await Store.Queries.TotalsAsync(Stopping)).Frames);
        await one.CommitAsync(commit => commit.Payments.Add(Sample.Payment("b", 2, 5)));
    }

    [Fact(Timeout = Patience)]
    public async Task A_payment_raises_the_fence_and_cancels_the_queued_trip_in_the_same_commit()
    {
        var shard = await TownAsync();
        CommandState[] states =
        [
            CommandState.Proposed, CommandState.AwaitingApproval, CommandState.Scheduled, CommandState.Queued,
            CommandState.Quarantined, CommandState.Sent, CommandState.Accepted, CommandState.Acknowledged,
        ];
        await Store.Registry.AddAsync(Sample.Town(12), Stopping);
        await Store.Control.AddCommandsAsync(
            [.. states.Select((state, i) => Sample.Command(i + 1, CommandKind.Trip, state)),
                Sample.Command(1, CommandKind.AlarmOn), Sample.Command(12, CommandKind.Trip)],
            Stopping);
        await shard.CommitAsync(
            commit =>
            {
                commit.Payments.AddRange(states.Select((_, i) => Sample.Payment($"p{i}", i + 1, 5)));
                commit.Payments.Add(Sample.Payment("again", 1, 5));
            },
            Sample.Hour(-3));
        for (var i = 0; i < states.Length; i++)
        {
            var image = await Store.Control.FindCaseAsync(new(i + 1), Stopping);
            Assert.Equal((1L, 2L, Sample.Hour(-3)), (image!.Case.Fence, image.Case.Revision, image.Case.DueAt));
            var trip = Assert.Single(
                await Store.Queries.CommandsAsync(new(i + 1), 9, Stopping), c => c.Kind == CommandKind.Trip);
            Assert.Equal(i < 5 ? CommandState.Cancelled : states[i], trip.State);
        }

        var bystander = await Store.Control.FindCaseAsync(new(12), Stopping);
        Assert.Equal((0L, 1L), (bystander!.Case.Fence, bystander.Case.Revision));
        Assert.Equal(CommandState.Queued, Assert.Single(bystander.Active).State);
        Assert.Equal(
            CommandState.Queued,
            Assert.Single((await Store.Control.FindCaseAsync(new(1), Stopping))!.Active).State);
    }

    [Fact(Timeout = Patience)]
    public async Task A_wake_makes_a_case_due_at_the_latest_then()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Wake.UnionWith([new(1), new(2)]), Sample.Hour(5));
        await shard.CommitAsync(commit => commit.Wake.Add(new(1)), Sample.Hour(9));
        await shard.CommitAsync(commit => commit.Wake.Add(new(2)), Sample.Hour(3));
        var due = await Store.Control.TakeDueAsync(Sample.Hour(9), 9, Stopping);
        Assert.Equal(
            [(2L, Sample.Hour(3), 2L), (1L, Sample.Hour(5), 2L)],
            due.Select(image => (image.Case.Account.Value, image.Case.DueAt, image.Case.Revision)));
        Assert.Equal(Sample.Hour(3), await Store.Control.NextDueAsync(Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Only_the_newest_frames_of_an_unregistered_address_are_kept()
    {
        const int Max = ShardCommit.UnregisteredFramesPerAddressMax;
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Unregistered.AddRange(
            Enumerable.Range(0, Max - 1).Select(i => Sample.Frame(i, 50, Sample.Hour(i)))));
        await shard.CommitAsync(commit =>
        {
            commit.Unregistered.AddRange(Enumerable.Range(200, 4).Select(i => Sample.Frame(i, 50, Sample.Hour(i))));
            commit.Unregistered.Add(Sample.Frame(300, 51, Sample.Hour(-1)));
        });
        var kept = await Store.Queries.UnregisteredAsync(1_000, Stopping);
        Assert.Equal(Max + 1, kept.Count);
        Assert.Equal([203, 202, 201, 200, Max - 2], kept.Take(5).Select(frame => frame.Id.Value));
        Assert.Equal([3, 300], kept.TakeLast(2).Select(frame => frame.Id.Value));
        Assert.Equal(2, (await Store.Queries.UnregisteredAsync(2, Stopping)).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task Quarantined_items_are_found_newest_first_and_by_kind()
    {
        var shard = await TownAsync();
        QuarantineItem[] items =
        [
            new(new(1), TerminalAddress.Of(4403, 1), Sample.T0, "unknown_fn", null, null, null, null, null, "a"),
            new(new(1), new(uint.MaxValue), Sample.T0, "conflict", 3, 129, Sample.Channel(1), Sample.Hour(1), -5, "b"),
            new(new(2), new(1), Sample.T0, "conflict", 3, 129, Sample.Channel(2), Sample.Hour(1), 5, "c"),
        ];
        await shard.CommitAsync(commit => commit.Quarantine.AddRange(items));
        Assert.Equal(items.Reverse(), await Store.Queries.QuarantineAsync(null, 9, Stopping));
        Assert.Equal(items[2..], await Store.Queries.QuarantineAsync("conflict", 1, Stopping));
        Assert.Empty(await Store.Queries.QuarantineAsync("nothing", 9, Stopping));
        Assert.Equal(3, (await Store.Queries.TotalsAsync(Stopping)).Quarantined);
    }

    [Fact(Timeout = Patience)]
    public async Task What_is_kept_of_frames_is_found_again_after_a_commit_of_unknown_outcome()
    {
        var shard = await TownAsync();
        var item = new QuarantineItem(
            new(7), new(0x0001_3301), Sample.T0, "conflict", null, 101, Sample.Channel(1), Sample.Hour(1), 5,
                "Another value.");
        await shard.CommitAsync(commit =>
        {
            commit.Frames.AddRange([Sample.Frame(7), Sample.Frame(8)]);
            commit.Unregistered.Add(Sample.Frame(9));
            commit.Quarantine.AddRange([item, item with { Frame = new(8), Channel = null, At = null, Value = null }]);
        });
        var kept = await shard.FindKeptAsync([new(7), new(9), new(10)], Stopping);
        Assert.Equal([new FrameId(7), new FrameId(9)], kept.Frames.OrderBy(f => f.Value));
        Assert.Equal([item], kept.Quarantined);
        Assert.Empty((await shard.FindKeptAsync([], Stopping)).Frames);
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static AccountSnapshot Snapshot(int account, long entry) =>
        new(new(account), entry, new(-7), 11, -13, new(17), new(19), Sample.Day0, "1,-2;3,4;5,6");

    private static ChannelSnapshot Snapshot(ChannelId channel, Instant last) => new(
        channel, Sample.T0, last, new(5), new(6), ReadingQuality.Edited, Sample.T0, new(-1), ulong.MaxValue);

    [Fact(Timeout = Patience)]
    public async Task An_account_without_a_snapshot_is_loaded_from_its_whole_journal()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => commit.Entries.AddRange(
        [
            Sample.PaymentEntry(1, 2, 1_000), Sample.ChargeEntry(2, 2, 300), Sample.PaymentEntry(3, 2, 50),
            Sample.ChargeEntry(4, 2, 1),
        ]));
        var loaded = await shard.LoadAccountsAsync(Stopping).ToListAsync();
        Assert.Equal(
            [
                new(new(1), null, default, default, null, new(new(1), 0, 0)),
                new(new(2), null, new(1_050), new(-301), new Money(50), new(new(2), 0, 0)),
                new(new(3), null, default, default, null, new(new(3), 0, 0)),
            ],
            loaded);
    }

    [Fact(Timeout = Patience)]
    public async Task An_account_is_loaded_from_its_snapshot_and_the_entries_after_it()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit =>
        {
            commit.Entries.AddRange([Sample.PaymentEntry(1, 1, 1_000), Sample.PaymentEntry(2, 2, 2_000)]);
            commit.AccountSnapshots.AddRange([Snapshot(1, 1), Snapshot(2, 2), Snapshot(3, 2)]);
        });
        var reversal = Sample.PaymentEntry(4, 1, 40) with
        {
            Debit = LedgerAccount.CustomerPrepayment,
            Credit = LedgerAccount.CashMobile,
        };
        await shard.CommitAsync(commit =>
        {
            commit.Entries.AddRange([Sample.PaymentEntry(3, 1, 500), reversal, Sample.ChargeEntry(5, 1, 7)]);
            commit.AccountSnapshots.Add(Snapshot(2, 2) with { AccruedNext = 99 });
            commit.Thresholds.Add(new(new(2), 0b1010_0001, 4));
            commit.Thresholds.Add(new(new(2), 255, 5));
        });
        if (CanReopen)
        {
            await ReopenAsync();
            shard = await Store.TakeShardAsync(0, Stopping);
        }

        Assert.Equal(
            [
                new(new(1), Snapshot(1, 1), new(460), new(-7), new Money(500), new(new(1), 0, 0)),
                new(
                    new(2), Snapshot(2, 2) with { AccruedNext = 99 }, default, default, null,
                    new ThresholdState(new(2), 255, 5)),
                new(new(3), Snapshot(3, 2), default, default, null, new(new(3), 0, 0)),
            ],
            await shard.LoadAccountsAsync(Stopping).ToListAsync());
    }

    [Fact(Timeout = Patience)]
    public async Task A_shard_loads_its_own_rows_only_and_in_order()
    {
        Assert.Equal(RegistryStatus.Added, await Store.Registry.AddAsync(Sample.Town(40, shards: 2), Stopping));
        var zero = await Store.TakeShardAsync(0, Stopping);
        var one = await Store.TakeShardAsync(1, Stopping);
        var numbers = Enumerable.Range(1, 40).Reverse().ToList();
        await zero.CommitAsync(commit =>
        {
            commit.Entries.Add(Sample.PaymentEntry(1, 2, 5));
            commit.AccountSnapshots.AddRange(numbers.Select(n => Snapshot(n, 0)));
            commit.ChannelSnapshots.AddRange(numbers.Select(n => Snapshot(Sample.Channel(n), Sample.T0)));
            commit.Readings.AddRange(numbers.SelectMany(n => Enumerable.Range(0, 3).Select(
                hour => Sample.Reading(Sample.Channel(n), Sample.Hour(hour), hour))));
        });
        await one.CommitAsync(commit => commit.Entries.Add(Sample.PaymentEntry(1, 1, 5, shard: 1)));

        var odd = Enumerable.Range(0, 20).Select(i => 1 + (2 * i)).ToList();
        Assert.Equal(
            odd.Select(n => (long)n),
            (await one.LoadAccountsAsync(Stopping).ToListAsync()).Select(image => image.Account.Value));
        Assert.Equal(
            odd.Select(n => Snapshot(Sample.Channel(n), Sample.T0)),
            await one.LoadChannelsAsync(Stopping).ToListAsync());
        Assert.Equal(
            odd.SelectMany(n => Enumerable.Range(1, 2).Select(
                hour => Sample.Reading(Sample.Channel(n), Sample.Hour(hour), hour))),
            await one.LoadReadingsAfterSnapshotAsync(Stopping).ToListAsync());
        Assert.Equal(40 / 2 * 2, (await zero.LoadReadingsAfterSnapshotAsync(Stopping).ToListAsync()).Count);
        Assert.Equal((null, 1L), await zero.LoadProgressAsync(Stopping));
        Assert.Equal(new(5), (await zero.LoadAccountsAsync(Stopping).ToListAsync())[0].PaidAfter);
    }

    [Fact(Timeout = Patience)]
    public async Task A_channel_without_a_snapshot_is_loaded_from_its_first_reading()
    {
        var shard = await TownAsync();
        var kinds = Enum.GetValues<RegisterKind>();
        await shard.CommitAsync(commit =>
        {
            commit.AccountSnapshots.Add(Snapshot(1, 0));
            commit.ChannelSnapshots.Add(Snapshot(Sample.Channel(1), Sample.Hour(1)));
            foreach (var kind in kinds)
            {
                commit.Readings.Add(Sample.Reading(Sample.Channel(1, kind), Sample.T0, 1));
                commit.Readings.Add(Sample.Reading(Sample.Channel(1, kind), Sample.Hour(100), 2));
            }
        });
        var loaded = await shard.LoadReadingsAfterSnapshotAsync(Stopping).ToListAsync();
        Assert.Equal((kinds.Length * 2) - 1, loaded.Count);
        Assert.Equal(Sample.Reading(Sample.Channel(1), Sample.Hour(100), 2), loaded[0]);
        Assert.Equal(
            loaded.OrderBy(row => row.Reading.Channel).ThenBy(row => row.Reading.At), loaded);

        await shard.CommitAsync(commit => commit.ChannelSnapshots.Add(Snapshot(Sample.Channel(1), Sample.Hour(100))));
        Assert.Equal(
            (kinds.Length * 2) - 2, (await shard.LoadReadingsAfterSnapshotAsync(Stopping).ToListAsync()).Count);
        Assert.Equal(
            Snapshot(Sample.Channel(1), Sample.Hour(100)),
            Assert.Single(await shard.LoadChannelsAsync(Stopping).ToListAsync()));
    }

    [Fact(Timeout = Patience)]
    public async Task Channels_of_an_account_without_a_snapshot_are_loaded_from_their_first_reading()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit =>
        {
            commit.ChannelSnapshots.Add(Snapshot(Sample.Channel(1), Sample.Hour(1)));
            commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.T0, 1));
            commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.Hour(1), 2));
        });
        Assert.Equal(2, (await shard.LoadReadingsAfterSnapshotAsync(Stopping).ToListAsync()).Count);
        await shard.CommitAsync(commit => commit.AccountSnapshots.Add(Snapshot(1, 0)));
        Assert.Empty(await shard.LoadReadingsAfterSnapshotAsync(Stopping).ToListAsync());
    }

    [Fact(Timeout = Patience)]
    public async Task Days_are_read_with_the_one_before_and_with_what_corrects_them()
    {
        var shard = await TownAsync();
        var days = Enumerable.Range(0, 4).Select(Sample.Day0.AddDays).ToList();
        DayCharge ChargeOf(ServiceDay day, int account) => new(new(account), day, 7, new(1), 3, new(2));
        AccrualCorrection[] corrections =
        [
            new(new(1), days[0], days[0], 5, new(1), CorrectedLine.Format([new("a;b:c", 5, new(1))])),
            new(new(1), days[0], days[3], -6, Money.Zero),
            new(new(1), days[2], days[2], 8, new(9)),
            new(new(2), days[2], days[2], 4, Money.Zero),
        ];
        Assert.All(await shard.LoadAccountsAsync(Stopping).ToListAsync(), image => Assert.False(image.NeedsDays));
        foreach (var day in days)
        {
            await shard.CommitAsync(commit =>
            {
                commit.DayCharges.AddRange([ChargeOf(day, 1), ChargeOf(day, 2)]);
                commit.DayLines.Add(new(new(1), day, "energy", 7, new(1)));
                (commit.ClosesDay, commit.ClosesThrough) = (day, Sample.Hour(24 * (day.DaysSinceEpoch + 1)));
            });
        }

        await shard.CommitAsync(commit => commit.Corrections.AddRange(corrections));
        var read = await shard.ReadDaysAsync(new(1), days[2], Stopping);
        Assert.Equal(days.Skip(1).Select(day => ChargeOf(day, 1)), read.Charges);
        Assert.Equal(days.Skip(1), read.Lines.Select(line => line.Day));
        Assert.Equal([corrections[1], corrections[2]], read.Corrections);
        var all = await shard.ReadDaysAsync(new(1), days[0], Stopping);
        Assert.Equal(corrections[..3], all.Corrections);
        Assert.Equal([new("a;b:c", 5, new(1))], CorrectedLine.Parse(all.Corrections[0].Lines));
        Assert.True((await shard.LoadAccountsAsync(Stopping).ToListAsync())[0].NeedsDays);
    }

    [Fact(Timeout = Patience)]
    public async Task Progress_is_the_closed_day_and_the_last_entry()
    {
        var shard = await TownAsync();
        Assert.Equal((null, 0L), await shard.LoadProgressAsync(Stopping));
        await shard.CommitAsync(
            commit => (commit.ClosesDay, commit.ClosesThrough) = (Sample.Day0.AddDays(-1), Sample.T0));
        Assert.Equal((Sample.Day0.AddDays(-1), 0L), await shard.LoadProgressAsync(Stopping));
        DayCharge[] lines =
        [
            new(new(1), Sample.Day0, 5, new(-6), 7, new(8)), new(new(2), Sample.Day0, 1, default, 0, default),
        ];
        await shard.CommitAsync(commit =>
        {
            (commit.ClosesDay, commit.ClosesThrough) = (Sample.Day0, Sample.Hour(24));
            commit.DayCharges.AddRange(lines);
            commit.Entries.AddRange([Sample.ChargeEntry(1, 1, 6), Sample.ChargeEntry(2, 2, 6)]);
        });
        Assert.Equal((Sample.Day0, 2L), await shard.LoadProgressAsync(Stopping));
        Assert.Equal(lines[..1], await Store.Queries.DayChargesAsync(new(1), 9, Stopping));
        Assert.Equal([Sample.ChargeEntry(2, 2, 6)], await Store.Queries.EntriesAsync(new(2), 9, Stopping));
        Assert.Equal(0, await Store.Queries.LedgerImbalanceAsync(Stopping));
        var other = await Store.TakeShardAsync(1, Stopping);
        Assert.Equal((null, 0L), await other.LoadProgressAsync(Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_crossing_is_stored_once()
    {
        var shard = await TownAsync();
        var fell = new Crossing(new(1), 7, 3, Sample.T0, new(-1), new(0), CrossingDirection.Fell);
        var rose = fell with { Direction = CrossingDirection.Recovered, At = Sample.Hour(1) };
        await shard.CommitAsync(commit => commit.Crossings.AddRange([fell, fell with { Balance = new(-2) }]));
        await shard.CommitAsync(commit => commit.Crossings.AddRange([fell with { At = Sample.Hour(9) }, rose]));
        Assert.Equal([rose, fell], await Store.Queries.CrossingsAsync(new(1), 9, Stopping));
        Assert.Equal([rose], await Store.Queries.CrossingsAsync(new(1), 1, Stopping));
    }
}

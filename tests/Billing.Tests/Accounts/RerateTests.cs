using Meters.Billing.Accounts;
using Meters.Billing.Tariffs;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class RerateTests
{
    [Fact]
    public void A_late_reading_splits_the_charge_of_its_gap()
    {
        var one = Filled();
        var result = one.Rerate(Kwh(Day(1, 2), 1));
        Assert.Equal([new(Kwh(Day(1, 2), 1), 50 * ExactCharge.PerMinor)], result.Inserted);
        Assert.Equal([new(Channel, Day(1, 3), 150 * ExactCharge.PerMinor)], result.Changed);
        Assert.Empty(one.TakeCorrections().Corrections);
        Assert.Equal(new Money(-300), one.Position.Balance);
        Assert.True(one.Book.WasSeen(Channel, Day(1, 2)));
    }

    [Fact]
    public void A_late_reading_before_the_first_one_becomes_the_first()
    {
        var one = Filled();
        var result = one.Rerate(Read(Day(1), 0));
        Assert.Equal([new(Read(Day(1), 0), 0)], result.Inserted);
        Assert.Equal(Day(1), one.Book.ChannelsOf(Account).Single().FirstAt);
        Assert.Equal(new Money(-300), one.Position.Balance);
    }

    [Theory]
    [InlineData(5, ReadingQuality.Actual, ReadingStatus.RegisterFell)]
    [InlineData(-1, ReadingQuality.Actual, ReadingStatus.RegisterFell)]
    public void A_late_register_lies_between_its_neighbours(long kwh, ReadingQuality quality, ReadingStatus expected)
    {
        var one = Filled();
        var reading = Read(Day(1, 2), kwh * Energy.PerKwh, quality);
        Assert.Equal([(reading, expected)], one.Rerate(reading).Rejected);
    }

    [Fact]
    public void A_late_reading_is_held_against_the_sanctioned_load_too()
    {
        var one = new BookOfOne();
        one.Apply(Kwh(Day(1, 1), 0));
        one.Apply(Kwh(Day(1, 5), 20));
        var reading = Kwh(Day(1, 2), 16);
        Assert.Equal([(reading, ReadingStatus.Implausible)], one.Rerate(reading).Rejected);
    }

    [Fact]
    public void What_stands_is_compared_by_value_and_quality()
    {
        var one = Filled();
        var (same, other, worse) = (Kwh(Day(1, 3), 4), Kwh(Day(1, 3), 3), Read(Day(1, 3), 0, ReadingQuality.Estimated));
        var result = one.Rerate(same, other, worse);
        Assert.Equal(1, result.Duplicates);
        Assert.Equal([(other, ReadingStatus.Conflict), (worse, ReadingStatus.Outranked)], result.Rejected);
        Assert.Empty(result.Inserted);
    }

    [Fact]
    public void A_better_quality_replaces_whichever_came_first()
    {
        var one = new BookOfOne();
        one.Apply(Kwh(Day(1, 1), 0));
        one.Apply(Read(Day(1, 2), 30_000, ReadingQuality.Estimated));
        one.Apply(Kwh(Day(1, 3), 4));
        var result = one.Rerate(Kwh(Day(1, 2), 1));
        Assert.Equal([new(Kwh(Day(1, 2), 1), 50 * ExactCharge.PerMinor)], result.Replaced);
        Assert.Equal([new(Channel, Day(1, 3), 150 * ExactCharge.PerMinor)], result.Changed);
        Assert.Equal(new Money(-200), one.Position.Balance);
    }

    [Fact]
    public void Among_late_readings_of_one_instant_the_best_quality_counts_and_two_equal_ones_are_disputed()
    {
        var one = Filled();
        var (estimate, first, second) =
            (Read(Day(1, 2), 5_000, ReadingQuality.Estimated), Kwh(Day(1, 2), 1), Kwh(Day(1, 2), 2));
        var result = one.Rerate(estimate, first, second, first);
        Assert.Equal(
            first with { Quality = ReadingQuality.DisputedActual }, Assert.Single(result.Inserted).Reading);
        Assert.Empty(result.Replaced);
        Assert.Equal([(second, ReadingStatus.Conflict)], result.Rejected);
        Assert.Equal(1, result.Duplicates);
    }

    [Fact]
    public void A_better_quality_at_the_last_instant_moves_the_channel()
    {
        var one = new BookOfOne();
        one.Apply(Kwh(Day(1, 1), 0));
        one.Apply(Read(Day(1, 2), 30_000, ReadingQuality.Estimated));
        one.Rerate(Read(Day(1, 2), 30_000));
        Assert.Equal(ReadingQuality.Actual, one.Position.LastReadingQuality);
        Assert.Equal(new Money(-150), one.Position.Balance);
    }

    [Fact]
    public void Closed_days_get_corrections_and_their_sum_is_zero_where_only_the_split_moves()
    {
        var one = new BookOfOne();
        one.Apply(Kwh(Day(1, 12), 0));
        one.Apply(Kwh(Day(2, 12), 10));
        one.CloseDay();
        one.CloseDay();
        one.Rerate(Kwh(Day(2), 6));
        var first = ServiceDay.Of(new(2026, 1, 1));
        var (corrections, entries) = one.TakeCorrections();
        Assert.Equal(
            [
                new(Account, first, first.AddDays(1), 300 * ExactCharge.PerMinor, new(300)),
                new(Account, first.AddDays(1), first.AddDays(1), -300 * ExactCharge.PerMinor, new(-300)),
            ],
            corrections);
        Assert.Equal(Money.Zero, new(entries.Sum(entry => entry.ToCustomer.Minor)));
        Assert.Single(entries.Select(entry => entry.Group).Distinct());
        Assert.Equal(0, one.Book.Snapshot(Account).AccruedOpen);
    }

    [Fact]
    public void A_reading_inside_a_gap_over_the_period_start_asks_for_the_period_before_once()
    {
        var tariff = Tiered(
            Accumulation.Month, LocalZone.China, 1, Instant.Utc(2025, 1, 1), (10, 10_000_000), (0, 90_000_000));
        var one = new BookOfOne(tariff, watts: 0);
        one.Book.SetProgress(ServiceDay.Of(new(2026, 2, 1)), 0);
        Apply(Day(20), 0);
        Apply(Day(25), 8);
        Apply(Day(34), 20);
        Assert.Equal(Day(32), one.Book.HistoryFrom(Channel, Day(33)));
        Assert.Equal(Day(1), one.Book.HistoryFrom(Channel, Day(32))); // Its interval lies in January.
        var late = Kwh(Day(33), 18);
        var rows = one.Rows;
        var result = one.Book.Rerate(Channel, [.. rows.Skip(1)], [late], Day(40));
        Assert.Equal(Day(1), result.NeedsHistoryFrom);
        Assert.Empty(result.Inserted);
        result = one.Book.Rerate(Channel, rows, [late], Day(40));
        Assert.Null(result.NeedsHistoryFrom);

        // 8 to 18 kWh in eight days, seven of them in January: 2 kWh at 0.10 and 6.75 at 0.90; then 1.25 at 0.10.
        Assert.Equal(640, new ExactCharge(Assert.Single(result.Inserted).Charge).RoundHalfUp().Minor);

        void Apply(Instant at, long kwh) =>
            Assert.InRange(one.Apply(Kwh(at, kwh), Day(40)), ReadingStatus.Rated, ReadingStatus.First);
    }

    [Fact]
    public void Late_readings_whose_charge_does_not_fit_are_all_refused()
    {
        var late = Tiered(Accumulation.None, LocalZone.China, 1, Day(1), (0, long.MaxValue / 4));
        var one = new BookOfOne(late, watts: 0);
        one.Apply(Read(Day(1, 2), 5));
        var before = one.Book.Snapshot(Account);
        var reading = Read(Day(1, 1), 0);
        Assert.Equal([(reading, ReadingStatus.ChargeOverflow)], one.Rerate(reading).Rejected);
        Assert.Equal(before, one.Book.Snapshot(Account));
        Assert.Equal(Day(1, 2), one.Book.ChannelsOf(Account).Single().FirstAt);
    }

    [Fact]
    public void Rows_of_another_end_and_readings_of_another_channel_are_the_callers_fault()
    {
        var one = Filled();
        Assert.Throws<ArgumentException>(
            () => one.Rerate(Read(Day(1, 2), 1, channel: new(Meter, RegisterKind.ReverseActive))));
        Assert.Throws<ArgumentException>(() => one.Book.Rerate(Channel, [one.Rows[0]], [], BookOfOne.Now));
        Assert.Throws<ArgumentException>(
            () => one.Book.Rerate(Channel, [one.Rows[^1]], [Kwh(Day(1, 2), 1)], BookOfOne.Now));
        Assert.Throws<InvalidOperationException>(() => one.Book.Rerate(new(9), one.Rows, [], BookOfOne.Now));
    }

    [Fact]
    public void A_late_reading_that_is_too_old_is_rejected_by_itself()
    {
        var one = Filled();
        var (old, good) = (Read(Day(1) - TimeSpan.FromDays(500), 0), Kwh(Day(1, 2), 1));
        var result = one.Rerate(old, good);
        Assert.Equal([(old, ReadingStatus.TooOld)], result.Rejected);
        Assert.Single(result.Inserted);
    }

    /// <summary>0 kWh at 01:00, 4 at 03:00, 6 at 04:00.</summary>
    private static BookOfOne Filled()
    {
        var one = new BookOfOne();
        one.Apply(Kwh(Day(1, 1), 0));
        one.Apply(Kwh(Day(1, 3), 4));
        one.Apply(Kwh(Day(1, 4), 6));
        return one;
    }
}

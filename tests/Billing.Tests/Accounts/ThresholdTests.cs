using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class ThresholdTests
{
    [Fact]
    public void A_balance_crosses_once_and_again_only_after_it_has_recovered_above_the_hysteresis()
    {
        var one = new BookOfOne(thresholds: [new(2, ThresholdKind.Amount, 1_000, new(500))]);
        one.Pay(1_100, "a");
        Assert.Empty(one.TakeCrossings());
        one.Apply(Kwh(Day(1, 1), 0));
        one.Apply(Kwh(Day(1, 2), 2));
        Assert.Empty(one.TakeCrossings()); // Exactly at the level is not below it.
        one.Apply(Read(Day(1, 3), 20_100));
        Assert.Equal([Crossed(1, 999, CrossingDirection.Fell)], one.TakeCrossings());
        one.Apply(Kwh(Day(1, 4), 3));
        Assert.Empty(one.TakeCrossings());
        one.Pay(549, "b");
        Assert.Empty(one.TakeCrossings());
        one.Pay(1, "c");
        Assert.Equal([Crossed(1, 1_500, CrossingDirection.Recovered)], one.TakeCrossings());
        one.Apply(Kwh(Day(1, 5), 15));
        Assert.Equal([Crossed(2, 900, CrossingDirection.Fell)], one.TakeCrossings());
        Assert.Equal((4, 2), (one.Position.CrossedMask, one.Position.Arm));
    }

    [Fact]
    public void Half_a_minor_unit_is_owed_and_a_shade_less_is_not()
    {
        var one = new BookOfOne(Flat(1), thresholds: [new(0, ThresholdKind.Amount, 0, Money.Zero)], watts: 0);
        one.Apply(Read(Day(1, 1), 0));
        one.Apply(Read(Day(1, 2), (ExactCharge.PerMinor / 2) - 1));
        Assert.Empty(one.TakeCrossings());
        one.Apply(Read(Day(1, 3), ExactCharge.PerMinor / 2));
        Assert.Equal(new Money(-1), Assert.Single(one.TakeCrossings()).Balance);
    }

    [Fact]
    public void A_new_account_is_below_every_positive_level()
    {
        var one = new BookOfOne(
            thresholds: [new(0, ThresholdKind.Amount, 1, Money.Zero), new(1, ThresholdKind.Amount, 0, Money.Zero)]);
        Assert.Equal(0, Assert.Single(one.TakeCrossings()).Threshold);
        Assert.Empty(one.TakeCrossings());
    }

    [Fact]
    public void A_percentage_is_of_the_last_purchase_rounded_down()
    {
        var one = new BookOfOne(thresholds: [new(0, ThresholdKind.PercentOfLastPurchase, 30, Money.Zero)]);
        Assert.Empty(one.TakeCrossings());
        one.Pay(333);
        Use(one, Day(1, 1), 46_800); // 234 of 333: 99 left, and 30 % is 99.9.
        Assert.Empty(one.TakeCrossings());
        Use(one, Day(1, 2), 200);
        var fell = Assert.Single(one.TakeCrossings());
        Assert.Equal((new Money(98), new Money(99)), (fell.Balance, fell.Level));
        one.Pay(1_000, "b");
        Assert.Equal(new Money(300), Assert.Single(one.TakeCrossings()).Level);
    }

    [Fact]
    public void Days_of_own_use_follow_the_average_of_closed_days()
    {
        var one = new BookOfOne(thresholds: [new(0, ThresholdKind.DaysOfOwnUse, 35, Money.Zero)]);
        one.Pay(999);
        Use(one, Day(1, 1), 40_000);
        Assert.Empty(one.TakeCrossings());
        one.CloseDay(); // 200 a day: 3.5 days are 700, and 799 are left.
        Assert.Empty(one.TakeCrossings());
        Use(one, Day(2, 1), 20_000);
        Assert.Equal(new Money(700), Assert.Single(one.TakeCrossings()).Level);
    }

    [Fact]
    public void Without_purchase_or_use_only_a_debt_crosses()
    {
        var one = new BookOfOne(
            thresholds:
            [
                new(0, ThresholdKind.PercentOfLastPurchase, 99, Money.Zero),
                new(1, ThresholdKind.DaysOfOwnUse, 99, Money.Zero),
            ]);
        Assert.Empty(one.TakeCrossings());
        Use(one, Day(1, 1), 200);
        Assert.Equal([0, 1], one.TakeCrossings().Select(crossing => crossing.Threshold));
    }

    [Fact]
    public void Several_thresholds_recover_with_an_arm_number_each()
    {
        var one = new BookOfOne(
            thresholds: [new(0, ThresholdKind.Amount, 100, Money.Zero), new(1, ThresholdKind.Amount, 50, Money.Zero)]);
        Assert.Equal([1, 1], one.TakeCrossings().Select(crossing => crossing.Arm));
        one.Pay(100);
        Assert.Equal([1, 2], one.TakeCrossings().Select(crossing => crossing.Arm));
        Assert.Equal(3, one.Position.Arm);
    }

    [Fact]
    public void The_state_of_an_account_is_given_only_when_it_changed()
    {
        var one = new BookOfOne(thresholds: [new(0, ThresholdKind.Amount, 100, Money.Zero)]);
        var states = new List<ThresholdState>();
        one.Book.TakeCrossings(BookOfOne.Now, [], states);
        Assert.Equal([new(Account, 1, 1)], states);
        one.Pay(99);
        one.Book.TakeCrossings(BookOfOne.Now, [], states);
        Assert.Single(states);
    }

    [Fact]
    public void New_thresholds_of_a_policy_hold_from_the_next_look()
    {
        var one = new BookOfOne(thresholds: [new(0, ThresholdKind.Amount, 100, Money.Zero)]);
        Assert.Single(one.TakeCrossings());
        one.Book.DefineThresholds("policy", new(new Threshold(5, ThresholdKind.Amount, 10, Money.Zero)));
        Assert.Equal(5, Assert.Single(one.TakeCrossings()).Threshold);
        Assert.Equal(1 << 5, one.Position.CrossedMask);
    }

    [Fact]
    public void Levels_at_the_end_of_64_bits_neither_overflow_nor_hide_a_crossing()
    {
        var one = new BookOfOne(
            thresholds:
            [
                new(0, ThresholdKind.Amount, long.MaxValue, new(long.MaxValue)),
                new(1, ThresholdKind.Amount, long.MinValue, new(long.MaxValue)),
                new(2, ThresholdKind.PercentOfLastPurchase, long.MaxValue, Money.Zero),
            ]);
        one.Pay(1_000_000);
        Assert.Equal([0, 2], one.TakeCrossings().Select(crossing => crossing.Threshold));
        Assert.Empty(one.TakeCrossings());
    }

    [Fact]
    public void A_restored_account_crosses_where_it_would_have_without_the_restart()
    {
        var one = new BookOfOne(thresholds: [new(2, ThresholdKind.Amount, -1_000, Money.Zero)]);
        var snapshot = new AccountSnapshot(
            Account, 1, new(-900), 0, 0, new(5), new(6), one.Book.ClosedThrough);
        one.Book.Restore(Account, snapshot, Money.Zero, Money.Zero, null, new(Account, 0, 4));
        one.Book.Replay(new(Kwh(Day(1, 1), 0), 0));
        Assert.Empty(one.TakeCrossings());
        one.Apply(Read(Day(1, 2), 20_200));
        var fell = Assert.Single(one.TakeCrossings());
        Assert.Equal((4, new Money(-1_001)), (fell.Arm, fell.Balance));
        Assert.Equal((new Money(5), new Money(6)), (one.Position.LastPurchase, one.Position.AverageDay));
    }

    [Fact]
    public void A_set_refuses_what_makes_no_sense()
    {
        var good = new Threshold(0, ThresholdKind.Amount, -5, Money.Zero);
        Assert.Single(new ThresholdSet(good).Thresholds);
        Assert.Throws<ArgumentException>(() => new ThresholdSet(good, good));
        Assert.Throws<ArgumentException>(() => new ThresholdSet(good with { Number = 8 }));
        Assert.Throws<ArgumentException>(() => new ThresholdSet(good with { Hysteresis = new(-1) }));
        Assert.Throws<ArgumentException>(
            () => new ThresholdSet(good with { Kind = ThresholdKind.PercentOfLastPurchase }));
        Assert.Throws<ArgumentException>(() => new ThresholdSet(good with { Kind = ThresholdKind.DaysOfOwnUse }));
    }

    private static Crossing Crossed(int arm, long balance, CrossingDirection direction) =>
        new(Account, 2, arm, BookOfOne.Now, new(balance), new(1_000), direction);

    /// <summary>Half a minor unit for each 0.01 kWh; the first use follows a reading of zero at midnight.</summary>
    private static void Use(BookOfOne one, Instant at, long tenthsWh)
    {
        if (one.Rows.Count == 0) one.Apply(Read(Day(1), 0));
        var status = one.Apply(Read(at, one.Rows[^1].Reading.Register.TenthsWh + tenthsWh));
        Assert.Equal(ReadingStatus.Rated, status);
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class ReadingStatusTests
{
    private const long Kwh = Energy.PerKwh;

    [Fact]
    public void The_first_reading_costs_nothing_and_the_next_costs_what_was_used()
    {
        var one = new BookOfOne();
        Assert.Equal(ReadingStatus.First, one.Apply(Read(Day(1, 1), 70 * Kwh)));
        Assert.Equal(ReadingStatus.Rated, one.Apply(Read(Day(1, 2), 72 * Kwh)));
        Assert.Equal([0, 100 * ExactCharge.PerMinor], one.Rows.Select(row => row.Charge));
        Assert.Equal(new Money(-100), one.Position.Balance);
        Assert.Equal(Day(1, 2), one.Position.LastReadingAt);
    }

    [Fact]
    public void The_multiplier_stands_between_the_register_and_the_charge()
    {
        var one = new BookOfOne(multiplier: 40);
        one.Apply(Read(Day(1, 1), 0));
        one.Apply(Read(Day(1, 2), Kwh / 10));
        Assert.Equal(new Money(-200), one.Position.Balance);
    }

    [Fact]
    public void Registers_that_are_not_billed_are_kept_without_a_charge()
    {
        var one = new BookOfOne();
        var export = new ChannelId(Meter, RegisterKind.ReverseActive);
        Assert.Equal(ReadingStatus.First, one.Apply(Read(Day(1, 1), 0, channel: export)));
        Assert.Equal(ReadingStatus.Rated, one.Apply(Read(Day(1, 2), Kwh, channel: export)));
        Assert.Equal(ReadingStatus.Duplicate, one.Apply(Read(Day(1, 2), Kwh, channel: export)));
        Assert.Equal(ReadingStatus.RegisterFell, one.Apply(Read(Day(1, 3), 0, channel: export)));
        Assert.Equal(Money.Zero, one.Position.Balance);
        Assert.Null(one.Position.LastReadingAt);
        Assert.Equal([export], one.Book.ChannelsOf(Account).Select(channel => channel.Channel));
    }

    [Fact]
    public void An_unknown_meter_or_register_is_meter_unknown()
    {
        var one = new BookOfOne();
        var stranger = new ChannelId(new(999), RegisterKind.ForwardActive);
        Assert.Equal(ReadingStatus.MeterUnknown, one.Apply(Read(Day(1, 1), 0, channel: stranger)));
        Assert.Equal(ReadingStatus.MeterUnknown, one.Apply(Read(Day(1, 1), 0, channel: new(Meter, (RegisterKind)8))));
    }

    [Theory]
    [InlineData(0, ReadingStatus.First)]
    [InlineData(1, ReadingStatus.InFuture)]
    public void A_reading_may_be_an_hour_ahead_of_the_clock(long microsMore, ReadingStatus expected)
    {
        var at = new Instant(Day(1, 6).UnixMicros + microsMore);
        Assert.Equal(expected, new BookOfOne().Apply(Read(at, 0), now: Day(1, 5)));
    }

    [Theory]
    [InlineData(0, ReadingStatus.First)]
    [InlineData(-1, ReadingStatus.TooOld)]
    public void A_reading_may_be_400_days_old(long microsMore, ReadingStatus expected)
    {
        var at = new Instant((Day(5) - TimeSpan.FromDays(400)).UnixMicros + microsMore);
        Assert.Equal(expected, new BookOfOne().Apply(Read(at, 0), now: Day(5)));
    }

    [Fact]
    public void At_the_last_instant_the_value_and_the_quality_decide()
    {
        var one = new BookOfOne();
        one.Apply(Read(Day(1, 1), 5, ReadingQuality.Edited));
        Assert.Equal(ReadingStatus.Duplicate, one.Apply(Read(Day(1, 1), 5, ReadingQuality.Edited)));
        Assert.Equal(ReadingStatus.Duplicate, one.Apply(Read(Day(1, 1), 5, ReadingQuality.Estimated)));
        Assert.Equal(ReadingStatus.NeedsHistory, one.Apply(Read(Day(1, 1), 6, ReadingQuality.Edited)));
        Assert.Equal(ReadingStatus.Outranked, one.Apply(Read(Day(1, 1), 6, ReadingQuality.Estimated)));
        Assert.Equal(ReadingStatus.NeedsHistory, one.Apply(Read(Day(1, 1), 6)));
        Assert.Equal(ReadingStatus.NeedsHistory, one.Apply(Read(Day(1, 1), 5)));
    }

    [Fact]
    public void An_older_reading_needs_history_whatever_its_value()
    {
        var one = new BookOfOne();
        one.Apply(Read(Day(1, 2), 5));
        Assert.Equal(ReadingStatus.NeedsHistory, one.Apply(Read(Day(1, 1), 99)));
    }

    [Fact]
    public void A_register_that_falls_puts_its_meter_on_hold_until_a_person_lifts_that()
    {
        var one = new BookOfOne();
        Assert.Equal(ReadingStatus.RegisterFell, one.Apply(Read(Day(1, 1), -1)));
        one.Apply(Read(Day(1, 1), 5));
        Assert.Equal(ReadingStatus.RegisterFell, one.Apply(Read(Day(1, 2), 4)));
        var holds = new List<MeterHold>();
        one.Book.TakeHolds(holds);
        Assert.Equal((Meter, Day(1, 2)), (Assert.Single(holds).Meter, holds[0].Since));
        Assert.Equal(ReadingStatus.Held, one.Apply(Read(Day(1, 2), 5)));
        Assert.Equal(ReadingStatus.Duplicate, one.Apply(Read(Day(1, 1), 5)));
        Assert.True(one.Book.Lift(Meter));
        Assert.Equal(ReadingStatus.Rated, one.Apply(Read(Day(1, 2), 5)));
        Assert.False(one.Book.Hold(new(9_999)));
    }

    [Theory]
    [InlineData(5_000, 1, 15 * Kwh, ReadingStatus.Rated)]
    [InlineData(5_000, 1, (15 * Kwh) + 1, ReadingStatus.Implausible)]
    [InlineData(5_000, 10, Kwh * 3 / 2, ReadingStatus.Rated)]
    [InlineData(5_000, 10, (Kwh * 3 / 2) + 1, ReadingStatus.Implausible)]
    [InlineData(100, 1, Kwh, ReadingStatus.Rated)]
    [InlineData(100, 1, Kwh + 1, ReadingStatus.Implausible)]
    [InlineData(0, 1, 9_999 * Kwh, ReadingStatus.Rated)]
    public void An_hour_adds_at_most_three_times_the_sanctioned_load_and_always_one_kilowatt_hour(
        int watts, int multiplier, long tenthsWh, ReadingStatus expected)
    {
        var one = new BookOfOne(multiplier: multiplier, watts: watts);
        one.Apply(Read(Day(1, 1), 0));
        Assert.Equal(expected, one.Apply(Read(Day(1, 2), tenthsWh)));
    }

    [Fact]
    public void After_the_next_day_the_open_day_must_close_first()
    {
        var one = new BookOfOne();
        Assert.Equal(Day(2), one.Book.OpenEnd);
        Assert.Equal(Day(3), one.Book.NextEnd);
        Assert.Equal(ReadingStatus.DayMustCloseFirst, one.Apply(Read(Day(3, 1), 0)));
        Assert.Equal(ReadingStatus.First, one.Apply(Read(Day(3), 0)));
        Assert.Equal(ReadingStatus.DayMustCloseFirst, one.Apply(Read(Day(3, 1), 5)));
        Assert.Equal(ReadingStatus.RegisterFell, one.Apply(Read(Day(3, 1), -5))); // No register shows that: no hold.
        one.CloseDay();
        Assert.Equal(ReadingStatus.Rated, one.Apply(Read(Day(3, 1), 5)));
    }

    [Fact]
    public void A_charge_that_does_not_fit_is_refused_and_changes_nothing()
    {
        var one = new BookOfOne(Flat(long.MaxValue / 3), watts: 0);
        one.Apply(Read(Day(1, 1), 0));
        var before = one.Book.Snapshot(Account);
        Assert.Equal(ReadingStatus.ChargeOverflow, one.Apply(Read(Day(1, 2), 4)));
        Assert.Equal(ReadingStatus.ChargeOverflow, one.Apply(Read(Day(1, 2), long.MaxValue)));
        Assert.Equal(before, one.Book.Snapshot(Account));
        Assert.Equal(ReadingStatus.Rated, one.Apply(Read(Day(1, 2), 2)));
        // Its own charge fits, the sum does not.
        Assert.Equal(ReadingStatus.ChargeOverflow, one.Apply(Read(Day(1, 3), 4)));
        Assert.Equal(2, one.Rows.Count);
    }

    [Fact]
    public void A_tier_position_that_does_not_fit_is_refused()
    {
        var tariff = Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (10, 1), (0, 2));
        var one = new BookOfOne(tariff, multiplier: 1_000, watts: 0);
        one.Apply(Read(Day(1, 1), 0));
        Assert.Equal(ReadingStatus.ChargeOverflow, one.Apply(Read(Day(1, 2), long.MaxValue / 10)));
    }

    [Fact]
    public void A_reading_for_a_closed_day_goes_to_the_open_one_with_a_correction()
    {
        var one = new BookOfOne();
        one.Apply(Read(Day(1, 1), 0));
        one.CloseDay();
        one.CloseDay();
        Assert.Equal(ReadingStatus.Rated, one.Apply(Read(Day(2), 2 * Kwh)));
        var day = ServiceDay.Of(new(2026, 1, 1));
        var (corrections, entries) = one.TakeCorrections();
        Assert.Equal([new(Account, day, day.AddDays(1), 100 * ExactCharge.PerMinor, new(100))], corrections);
        Assert.Equal((EntryKind.Correction, new Money(100)), (entries.Single().Kind, entries.Single().Amount));
        Assert.Empty(one.TakeCorrections().Corrections);
        Assert.Equal(0, one.Book.Snapshot(Account).AccruedOpen);
        Assert.Equal(new Money(-100), one.Position.Journal);
    }

    [Fact]
    public void Midnight_belongs_to_the_day_that_it_ends()
    {
        var one = new BookOfOne();
        one.Apply(Read(Day(1, 23), 0));
        one.Apply(Read(Day(2), Kwh));
        one.Apply(Read(Day(2, 1), 3 * Kwh));
        var snapshot = one.Book.Snapshot(Account);
        Assert.Equal(50 * ExactCharge.PerMinor, snapshot.AccruedOpen);
        Assert.Equal(100 * ExactCharge.PerMinor, snapshot.AccruedNext);
    }

    [Fact]
    public void Every_status_has_a_tag_of_its_own_in_snake_case()
    {
        var tags = Enum.GetValues<ReadingStatus>().Select(status => status.Tag()).ToList();
        Assert.Equal(tags.Count, tags.Distinct().Count());
        Assert.Equal(
            Enum.GetNames<ReadingStatus>(),
            tags.Select(
                tag => string.Concat(tag.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ReadingStatus)99).Tag());
    }

    [Fact]
    public void Seen_hours_say_yes_only_where_a_reading_stands()
    {
        var one = new BookOfOne();
        foreach (var hour in (int[])[1, 2, 4, 5]) one.Apply(Read(Day(1, hour), hour));
        Assert.Equal([false, true, true, false, true, true, false], Enumerable.Range(0, 7).Select(Seen));
        one.Apply(new(Channel, new(Day(1, 6).UnixMicros + Instant.MicrosPerMinute), new(9), default, default));
        Assert.All(Enumerable.Range(0, 7), hour => Assert.False(Seen(hour)));
        Assert.All(
            Enumerable.Range(0, 6),
            hour => Assert.False(one.Book.WasSeen(Channel, Day(1, hour) + TimeSpan.FromMinutes(1))));
        Assert.False(one.Book.WasSeen(new(9), Day(1)));

        bool Seen(int hour) => one.Book.WasSeen(Channel, Day(1, hour));
    }

    [Fact]
    public void An_ordinary_reading_allocates_nothing()
    {
        var tariff = Tiered(Accumulation.Month, LocalZone.China, 1, Day(1), (10, 10), (500, 20), (0, 30));
        var one = new BookOfOne(tariff, watts: 0, thresholds: [new(0, ThresholdKind.Amount, -9_000_000, Money.Zero)]);
        one.Book.Apply(Read(Day(1), 0), BookOfOne.Now, out _);
        Assert.Empty(one.TakeCrossings());
        Apply(1, 60); // Compiled and warm before it is measured.
        var before = GC.GetAllocatedBytesForCurrentThread();
        Apply(61, 2_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(new Energy(2_000_000), one.Book.ChannelsOf(Account).Single().LastRegister);

        void Apply(int from, int to)
        {
            for (var minute = from; minute <= to; minute++)
            {
                var at = new Instant(Day(1).UnixMicros + (minute * Instant.MicrosPerMinute));
                var reading = new Reading(Channel, at, new(minute * 1_000), default, default);
                if (one.Book.Apply(reading, BookOfOne.Now, out _) != ReadingStatus.Rated)
                {
                    throw new InvalidOperationException();
                }
            }
        }
    }
}

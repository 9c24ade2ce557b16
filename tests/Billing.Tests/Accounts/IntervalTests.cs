using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class IntervalTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly BookOfOne _one = new();

    [Fact]
    public void An_interval_that_begins_at_the_last_reading_becomes_a_reading()
    {
        _one.Apply(Kwh(Day(1, 1), 5));
        Assert.Equal(ReadingStatus.Rated, Apply(Day(1, 2), 10_000, out var derived, out var charge));
        Assert.Equal(Read(Day(1, 2), 60_000, ReadingQuality.Edited), derived);
        Assert.Equal(50 * ExactCharge.PerMinor, charge);
        Assert.Equal(ReadingQuality.Edited, _one.Position.LastReadingQuality);
    }

    [Fact]
    public void A_register_value_replaces_what_was_derived_from_intervals()
    {
        _one.Apply(Kwh(Day(1, 1), 5));
        Apply(Day(1, 2), 10_000, out var derived, out var charge);
        var result = _one.Book.Rerate(
            Channel, [.. _one.Rows, new(derived, charge)], [Read(Day(1, 2), 60_004)], BookOfOne.Now);
        Assert.Equal([new(Read(Day(1, 2), 60_004), 10_004 * 50_000_000L)], result.Replaced);
        Assert.Equal(ReadingQuality.Actual, _one.Position.LastReadingQuality);
    }

    [Fact]
    public void An_interval_without_a_register_value_at_its_start_is_not_anchored()
    {
        Assert.Equal(ReadingStatus.NotAnchored, Apply(Day(1, 2), 10_000, out _, out _));
        _one.Apply(Kwh(Day(1, 1), 5));
        Assert.Equal(ReadingStatus.NotAnchored, Apply(Day(1, 3), 10_000, out _, out _));
    }

    [Fact]
    public void Other_faults_of_an_interval_are_those_of_a_reading()
    {
        _one.Apply(Kwh(Day(1, 1), 5));
        Assert.Equal(ReadingStatus.Implausible, Apply(Day(1, 2), 200_000, out _, out _));
        Assert.Equal(ReadingStatus.ChargeOverflow, Apply(Day(1, 2), long.MaxValue, out _, out _));
        Assert.Equal(ReadingStatus.RegisterFell, Apply(Day(1, 2), -1, out _, out _));
        Assert.Equal(ReadingStatus.RegisterFell, Anchor(Day(1, 2), -1, out _));
        Assert.Equal(ReadingStatus.InFuture, Apply(Day(30), 1, out _, out _));
        Assert.Equal(ReadingStatus.NeedsHistory, Apply(Day(1, 1), 1, out _, out _));
        Assert.Equal(
            ReadingStatus.MeterUnknown,
            _one.Book.ApplyInterval(new(9), Day(1, 2), Hour, new(1), new(1), BookOfOne.Now, out _, out _));
    }

    [Theory]
    [InlineData(10_000, ReadingStatus.Duplicate)]
    [InlineData(10_200, ReadingStatus.Duplicate)]
    [InlineData(9_800, ReadingStatus.Duplicate)]
    [InlineData(10_201, ReadingStatus.Conflict)]
    [InlineData(9_799, ReadingStatus.Conflict)]
    public void Between_two_stored_registers_it_must_agree_with_them(long tenthsWh, ReadingStatus expected)
    {
        _one.Apply(Kwh(Day(1, 1), 5));
        _one.Apply(Kwh(Day(1, 2), 6));
        Assert.Equal(expected, Anchor(Day(1, 2), tenthsWh, out _));
    }

    [Fact]
    public void Late_it_becomes_a_late_reading_where_only_its_start_is_stored()
    {
        _one.Apply(Kwh(Day(1, 1), 5));
        _one.Apply(Kwh(Day(1, 3), 7));
        Assert.Equal(ReadingStatus.NeedsHistory, Anchor(Day(1, 2), 5_000, out var derived));
        Assert.Equal(Read(Day(1, 2), 55_000, ReadingQuality.Edited), derived);
        Assert.Equal(ReadingStatus.NotAnchored, Anchor(Day(1, 3), 5_000, out _));
        Assert.Single(_one.Rerate(derived).Inserted);
    }

    private ReadingStatus Apply(Instant end, long tenthsWh, out Reading derived, out long charge) =>
        _one.Book.ApplyInterval(Channel, end, Hour, new(tenthsWh), new(1), BookOfOne.Now, out derived, out charge);

    private ReadingStatus Anchor(Instant end, long tenthsWh, out Reading derived) =>
        _one.Book.Anchor(_one.Rows, Channel, end, Hour, new(tenthsWh), new(1), out derived);
}

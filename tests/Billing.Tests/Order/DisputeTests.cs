using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

public class DisputeTests
{
    [Theory(Timeout = 30_000)]
    [InlineData(1, 0, 100)] // The first: the next one begins the channel.
    [InlineData(2, 0, 200)] // In the middle: the interval goes from neighbour to neighbour.
    [InlineData(3, 0, 100)] // The newest: the one before it is the last again.
    public void Neither_of_two_equal_values_is_rated_until_a_person_decides(int hour, long first, long second)
    {
        var home = Three();
        Assert.Equal(ReadingStatus.Conflict, home.Read(Kwh(Day(1, hour), (2 * hour) - 1)));
        Assert.Equal([first, second], home.Charges());
        home.Restart();
        Assert.Equal(
            [ReadingStatus.Duplicate, ReadingStatus.Conflict, ReadingStatus.Conflict],
            home.Read(
                Kwh(Day(1, hour), 2 * (hour - 1)), Kwh(Day(1, hour), (2 * hour) - 1), Kwh(Day(1, hour), 2 * hour)));
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, hour), 2 * (hour - 1)));
        Assert.Equal(new(-home.Charges().Sum()), home.Position.Balance);
        Assert.Equal(3, home.Charges().Count());
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_better_value_settles_a_dispute_among_worse_ones_whatever_came_first()
    {
        var home = new Home();
        home.Read(
            Kwh(Day(1, 1), 0),
            Read(Day(1, 2), 10_000, ReadingQuality.Edited),
            Read(Day(1, 2), 20_000, ReadingQuality.Edited),
            Kwh(Day(1, 3), 4));
        Assert.Equal([0, 200], home.Charges());
        Assert.Equal(ReadingStatus.Outranked, home.Read(Read(Day(1, 2), 30_000, ReadingQuality.Estimated)));
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 2), 3)));
        Assert.Equal(ReadingStatus.Outranked, home.Read(Read(Day(1, 2), 10_000, ReadingQuality.Edited)));
        Assert.Equal([0, 150, 50], home.Charges());
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_channel_whose_only_value_is_disputed_has_none_also_after_a_restart()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 3), 7));
        home.Restart(withSnapshots: true);
        Assert.Equal(ReadingStatus.Conflict, home.Read(Kwh(Day(1, 3), 8)));
        Assert.Null(home.Position.LastReadingAt);
        home.Restart();
        Assert.Null(home.Position.LastReadingAt);
        Assert.Equal(ReadingStatus.First, home.Read(Kwh(Day(1, 1), 5)));
        home.Restart();
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, 3), 8));
        Assert.Equal([0, 150], home.Charges());
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_dispute_in_a_closed_day_is_corrected_and_its_settlement_too()
    {
        var home = Three();
        home.CloseDay();
        home.Read(Kwh(Day(1, 3), 5));
        home.Edit(Day(1, 3), 4);
        Assert.Equal([new(-100), new(100)], home.Corrections.Select(one => one.Posted));
        Assert.All(home.Corrections, one => Assert.Equal(ServiceDay.Of(new(2026, 1, 1)), one.Day));
        Assert.Equal(new Money(-200), home.Position.Balance);
        Assert.Equal(new Money(-200), home.Position.Journal);
        home.Restart();
    }

    /// <summary>0 kWh at 01:00, 2 at 02:00, 4 at 03:00.</summary>
    private static Home Three()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 2), 2), Kwh(Day(1, 3), 4));
        return home;
    }
}

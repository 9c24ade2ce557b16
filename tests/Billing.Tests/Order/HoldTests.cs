using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

public class HoldTests
{
    [Fact(Timeout = 30_000)]
    public void After_a_fall_nothing_of_the_meter_is_rated_until_the_hold_is_lifted()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 10), Kwh(Day(1, 4), 40));
        Assert.Equal(ReadingStatus.RegisterFell, home.Read(Kwh(Day(1, 5), 4)));
        var holds = new List<MeterHold>();
        home.Book.TakeHolds(holds);
        home.Book.TakeHolds(holds);
        Assert.Equal((Meter, Day(1, 5)), (Assert.Single(holds).Meter, holds[0].Since));

        var reverse = Read(Day(1, 6), 1, channel: new(Meter, RegisterKind.ReverseActive));
        Assert.Equal(
            [ReadingStatus.Held, ReadingStatus.Held, ReadingStatus.Held, ReadingStatus.Duplicate],
            home.Read(Kwh(Day(1, 6), 42), reverse, Kwh(Day(1, 2), 20), Kwh(Day(1, 4), 40)));
        Assert.True(home.Book.Lift(Meter));
        Assert.Equal([ReadingStatus.Rated, ReadingStatus.Rated], home.Read(Kwh(Day(1, 6), 42), Kwh(Day(1, 2), 20)));
        Assert.Equal([0, 500, 1_000, 100], home.Charges());
    }

    [Fact(Timeout = 30_000)]
    public void A_negative_register_an_estimate_and_a_late_value_hold_nothing()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 10), Kwh(Day(1, 4), 40));
        Assert.Equal(
            [ReadingStatus.RegisterFell, ReadingStatus.RegisterFell, ReadingStatus.RegisterFell, ReadingStatus.Rated],
            home.Read(
                Kwh(Day(1, 5), -1),
                Read(Day(1, 5), 30, ReadingQuality.Estimated),
                Kwh(Day(1, 2), 41),
                Kwh(Day(1, 5), 41)));
        var holds = new List<MeterHold>();
        home.Book.TakeHolds(holds);
        Assert.Empty(holds);
    }

    [Fact(Timeout = 30_000)]
    public void A_meter_that_is_not_here_is_neither_held_nor_lifted()
    {
        var home = new Home();
        Assert.False(home.Book.Hold(new(9)));
        Assert.False(home.Book.Lift(new(9)));
    }
}

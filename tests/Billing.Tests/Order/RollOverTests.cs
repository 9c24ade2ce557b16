using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

public class RollOverTests
{
    [Fact(Timeout = 30_000)]
    public void A_register_that_passes_its_top_goes_on_from_zero()
    {
        var home = new Home(watts: 5_000);
        Assert.Equal(
            [ReadingStatus.First, ReadingStatus.Rated, ReadingStatus.Rated],
            home.Read(Kwh(Day(1, 1), 999_995), Kwh(Day(1, 2), 5), Kwh(Day(1, 3), 6)));
        Assert.Equal([0, 500, 50], home.Charges());
        home.Restart();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(5_000, 899_999, 5)] // Not in the last tenth.
    [InlineData(0, 999_995, 5)] // Nobody knows what the meter can take.
    [InlineData(5_000, 999_995, 50)] // More than it can take.
    public void Any_other_fall_is_refused_and_holds_the_meter(int watts, long before, long after)
    {
        var home = new Home(watts: watts);
        home.Read(Kwh(Day(1, 1), before));
        Assert.Equal(ReadingStatus.RegisterFell, home.Read(Kwh(Day(1, 2), after)));
        Assert.Equal(ReadingStatus.Held, home.Read(Kwh(Day(1, 3), before + 1)));
        Assert.Equal([0], home.Charges());
    }

    [Fact(Timeout = 30_000)]
    public void Late_readings_on_both_sides_of_the_top_split_the_interval()
    {
        var home = new Home(watts: 5_000);
        home.Read(Kwh(Day(1, 1), 999_990), Kwh(Day(1, 4), 10));
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 2), 999_998)));
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 3), 3)));
        Assert.Equal([0, 400, 250, 350], home.Charges());
        Assert.Equal(ReadingStatus.RegisterFell, home.Read(Kwh(Day(1, 2) + TimeSpan.FromMinutes(30), 999_997)));
        Assert.Equal(ReadingStatus.RegisterFell, home.Read(Kwh(Day(1, 3) + TimeSpan.FromMinutes(30), 11)));
    }

    [Fact(Timeout = 30_000)]
    public void What_was_read_at_a_change_of_the_multiplier_may_lie_behind_the_top()
    {
        var home = new Home(watts: 50_000);
        home.Read(Kwh(Day(1, 1), 999_990), Kwh(Day(1, 3), 10));
        home.Multiply(new MultiplierChange(Day(1, 2), 2, Energy.FromKwh(4)));
        Assert.Equal([0, (14 * 50) + (6 * 2 * 50)], home.Charges());
        home.Restart();
    }
}

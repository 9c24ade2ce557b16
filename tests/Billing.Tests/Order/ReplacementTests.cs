using Meters.Billing.Accounts;
using Meters.Billing.Tariffs;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

public class ReplacementTests
{
    private static readonly MeterId Second = new(502);
    private static readonly MeterId Third = new(499); // In no order: recovery must not depend on numbers.
    private static readonly ChannelId OfSecond = new(Second, RegisterKind.ForwardActive);
    private static readonly ChannelId OfThird = new(Third, RegisterKind.ForwardActive);

    [Fact(Timeout = 30_000)]
    public void The_tier_position_goes_on_with_the_new_meter()
    {
        var home = Replaced();
        Assert.Equal([0, 80], home.Charges());
        Assert.Equal([0, (2 * 10) + (3 * 90)], home.Charges(OfSecond));
        Assert.Equal(Day(1, 8), home.Position.LastReadingAt);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_late_reading_of_the_old_meter_is_rated_on_the_old_side_and_moves_the_new_one()
    {
        var home = Replaced();
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 6), 9)));
        Assert.Equal([0, 80, 10], home.Charges());
        Assert.Equal([0, 10 + (4 * 90)], home.Charges(OfSecond));
        home.Restart();
        Assert.Equal(ReadingStatus.Conflict, home.Read(Kwh(Day(1, 6), 10)));
        Assert.Equal([0, (2 * 10) + (3 * 90)], home.Charges(OfSecond));
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, 6), 10));
        Assert.Equal([0, 5 * 90], home.Charges(OfSecond));
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void Two_replacements_in_one_period_carry_one_after_another()
    {
        var home = Replaced();
        home.Replace(Day(1, 9), Second, Third);
        home.Read(Of(OfThird, Day(1, 10), 7), Of(OfThird, Day(1, 11), 8));
        Assert.Equal([0, 90], home.Charges(OfThird));
        home.Restart();
        home.Edit(Day(1, 5), 1);
        Assert.Equal([0, 50], home.Charges(OfSecond));
        Assert.Equal([0, 10], home.Charges(OfThird));
        Assert.Equal(new(-10 - 50 - 10), home.Position.Balance);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_meter_in_between_of_which_nothing_is_known_passes_the_position_on()
    {
        var home = new Home(new(Tiers()));
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 5), 8));
        home.Replace(Day(1, 6), Meter, Second);
        home.Replace(Day(1, 9), Second, Third);
        home.Read(Of(OfThird, Day(1, 10), 7), Of(OfThird, Day(1, 11), 11));
        Assert.Equal([0, (2 * 10) + (2 * 90)], home.Charges(OfThird));
        home.Restart();
        home.Read(Of(OfSecond, Day(1, 7), 3), Of(OfSecond, Day(1, 8), 4));
        Assert.Equal([0, 10], home.Charges(OfSecond));
        Assert.Equal([0, 10 + (3 * 90)], home.Charges(OfThird));
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_new_meter_first_heard_of_in_the_next_month_begins_it_at_zero()
    {
        var home = new Home(new(Tiers()));
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 5), 8));
        home.Replace(Day(1, 6), Meter, Second);
        for (var day = 1; day <= 30; day++) home.CloseDay();
        home.Read(Of(OfSecond, Day(32, 1), 7), Of(OfSecond, Day(32, 2), 12));
        Assert.Equal([0, 50], home.Charges(OfSecond));
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void Nothing_is_rated_before_the_installation_or_after_the_removal()
    {
        var home = Replaced();
        Assert.Equal(ReadingStatus.AfterRemoval, home.Read(Kwh(Day(1, 7), 9)));
        Assert.Equal(ReadingStatus.AfterRemoval, home.Edit(Day(1, 7), 9));
        Assert.Equal(ReadingStatus.BeforeInstallation, home.Read(Of(OfSecond, Day(1, 5), 99)));
        Assert.Equal(ReadingStatus.BeforeInstallation, home.Edit(Day(1, 5), 99, OfSecond));
        var reverse = new ChannelId(Second, RegisterKind.ReverseActive);
        Assert.Equal(ReadingStatus.BeforeInstallation, home.Read(Of(reverse, Day(1, 5), 0)));
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 6), 8)));
    }

    [Fact(Timeout = 30_000)]
    public void A_meter_takes_the_place_of_one_of_its_own_account_only()
    {
        var home = new Home();
        Assert.Throws<InvalidOperationException>(
            () => home.Book.SetReplacement(new(Day(1, 6), Meter, default, Second, default)));
    }

    private static TariffVersion Tiers() => Tiered(
        Accumulation.Month, LocalZone.China, 1, Instant.Utc(2025, 1, 1), (10, 10_000_000), (0, 90_000_000));

    private static Reading Of(ChannelId channel, Instant at, long kwh) =>
        Read(at, kwh * Energy.PerKwh, channel: channel);

    /// <summary>8 kWh on the old meter up to 05:00, replaced at 06:00, 5 kWh on the new one.</summary>
    private static Home Replaced()
    {
        var home = new Home(new(Tiers()));
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 5), 8));
        home.Replace(Day(1, 6), Meter, Second);
        home.Read(Of(OfSecond, Day(1, 6), 100), Of(OfSecond, Day(1, 8), 105));
        return home;
    }
}

using Meters.Billing.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

public class EditTests
{
    [Fact(Timeout = 30_000)]
    public void What_a_person_decided_is_not_undone_by_what_is_sent_again()
    {
        var home = Filled();
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, 2), 3));
        Assert.Equal(
            [ReadingStatus.Outranked, ReadingStatus.Outranked, ReadingStatus.Duplicate],
            home.Read(Kwh(Day(1, 2), 1), Kwh(Day(1, 2), 2), Kwh(Day(1, 2), 3)));
        Assert.Equal([0, 150, 50], home.Charges());
        Assert.Equal(ReadingQuality.Decided, home.RowAt(Day(1, 2)).Reading.Quality);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void What_is_taken_out_stays_out_until_a_person_puts_one_in_again()
    {
        var home = Filled();
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, 2), null));
        Assert.Equal([0, 200], home.Charges());
        Assert.Equal(
            [ReadingStatus.Duplicate, ReadingStatus.TakenOut], home.Read(Kwh(Day(1, 2), 1), Kwh(Day(1, 2), 2)));
        home.Restart();
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, 2), 2));
        Assert.Equal([0, 100, 100], home.Charges());
        Assert.Equal(new Money(-200), home.Position.Balance);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void The_newest_and_the_first_can_be_taken_out_too()
    {
        var home = Filled();
        home.Edit(Day(1, 3), null);
        Assert.Equal(Day(1, 2), home.Position.LastReadingAt);
        home.Restart();
        home.Edit(Day(1, 1), null);
        Assert.Equal([0], home.Charges());
        home.Edit(Day(1, 2), null);
        Assert.Null(home.Position.LastReadingAt);
        Assert.Equal(Money.Zero, home.Position.Balance);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_register_does_not_run_backwards_for_a_person_either()
    {
        var home = Filled();
        Assert.Equal(ReadingStatus.RegisterFell, home.Edit(Day(1, 2), 5));
        Assert.Equal(ReadingStatus.RegisterFell, home.Edit(Day(1, 3), 0));
        Assert.Equal(ReadingStatus.RegisterFell, home.Edit(Day(1, 3), -1));
        Assert.Equal(ReadingStatus.NotAnchored, home.Edit(Day(1, 5), null));
        Assert.Equal(ReadingStatus.DayMustCloseFirst, home.Edit(Day(4), 9));
        Assert.Equal([0, 50, 150], home.Charges());
    }

    [Fact(Timeout = 30_000)]
    public void A_person_may_accept_what_looks_implausible_and_recovery_does_not_judge_it()
    {
        var home = new Home(watts: 1_000);
        home.Read(Kwh(Day(1, 1), 0));
        Assert.Equal(ReadingStatus.Implausible, home.Read(Kwh(Day(1, 2), 500)));
        Assert.Equal(ReadingStatus.Rated, home.Edit(Day(1, 2), 500));
        Assert.Equal([0, 25_000], home.Charges());
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void An_estimate_gives_way_to_the_truth_beside_it()
    {
        var home = new Home();
        home.Read(
            Kwh(Day(1, 1), 0),
            Read(Day(1, 3), 10_000, ReadingQuality.Estimated),
            Read(Day(1, 4), 20_000, ReadingQuality.Estimated),
            Kwh(Day(1, 9), 9));
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 2), 4)));
        Assert.Equal([0, 200, 250], home.Charges());
        Assert.Equal(ReadingQuality.DisputedEstimated, home.RowAt(Day(1, 3)).Reading.Quality);
        home.Restart();
        Assert.Equal([ReadingStatus.Rated, ReadingStatus.Rated], home.Read(Kwh(Day(1, 3), 5), Kwh(Day(1, 4), 6)));
        Assert.Equal([0, 200, 50, 50, 150], home.Charges());
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void An_estimate_too_high_at_the_end_gives_way_and_holds_no_meter()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 2), 1));
        home.Read(
            Read(Day(1, 3), 50_000, ReadingQuality.Estimated), Read(Day(1, 4), 60_000, ReadingQuality.Estimated));
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 5), 3)));
        Assert.Equal([0, 50, 100], home.Charges());
        home.Restart();
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 6), 4)));
    }

    [Fact(Timeout = 30_000)]
    public void A_value_that_fits_nowhere_moves_no_estimate()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 5), Read(Day(1, 3), 60_000, ReadingQuality.Estimated), Kwh(Day(1, 9), 9));
        Assert.Equal(ReadingStatus.RegisterFell, home.Read(Kwh(Day(1, 2), 10)));
        Assert.Equal(ReadingStatus.RegisterFell, home.Read(Kwh(Day(1, 4), 4)));
        Assert.Equal([0, 50, 150], home.Charges());
    }

    /// <summary>0 kWh at 01:00, 1 at 02:00, 4 at 03:00.</summary>
    private static Home Filled()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 2), 1), Kwh(Day(1, 3), 4));
        return home;
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class DayCloseTests
{
    [Fact]
    public void A_day_posts_its_rounded_charge_and_carries_the_rest()
    {
        var one = new BookOfOne();
        one.Apply(Read(Day(1), 0));
        one.Apply(Read(Day(1, 12), 3_300)); // 16.5 minor units.
        one.Apply(Read(Day(2, 12), 3_700)); // 2.0 more, next day.
        var before = one.Position;
        var (line, entries) = one.CloseDay();
        var day = ServiceDay.Of(new(2026, 1, 1));
        Assert.Equal(
            new DayCharge(Account, day, 165_000_000_000, new(17), -ExactCharge.PerMinor / 2, new(17)), line);
        Assert.Equal(
            [
                new(
                    1,
                    3,
                    BookOfOne.Now,
                    day,
                    Account,
                    LedgerAccount.CustomerPrepayment,
                    LedgerAccount.EnergyRevenue,
                    new(17),
                    EntryKind.EnergyCharge,
                    null)
                {
                    Line = "energy",
                },
            ],
            entries);
        Assert.Equal((before.Balance, new Money(-17)), (one.Position.Balance, one.Position.Journal));
        Assert.Equal(15_000_000_000, one.Book.Snapshot(Account).AccruedOpen);
        (line, _) = one.CloseDay();
        Assert.Equal((new Money(2), new Money(14)), (line.Posted, line.AverageDay)); // (6 * 17 + 2) / 7 = 14.857
    }

    [Fact]
    public void A_day_without_use_has_a_line_and_no_entry()
    {
        var (line, entries) = new BookOfOne().CloseDay();
        Assert.Equal(new DayCharge(Account, ServiceDay.Of(new(2026, 1, 1)), 0, Money.Zero, 0, Money.Zero), line);
        Assert.Empty(entries);
    }

    [Fact]
    public void A_credit_after_a_correction_changes_the_sides()
    {
        // January is in its dear tier; the gap over its end is shared half and half, until a late reading puts all of
        // it into February.
        var tariff = Tiered(
            Billing.Tariffs.Accumulation.Month, LocalZone.China, 1, Day(1), (10, 10_000_000), (0, 90_000_000));
        var one = new BookOfOne(tariff, watts: 0);
        one.Book.SetProgress(ServiceDay.Of(new(2026, 1, 31)), 0);
        foreach (var (day, kwh) in (ReadOnlySpan<(int, long)>)[(30, 0), (31, 10), (33, 28)])
        {
            Assert.InRange(one.Apply(Kwh(Day(day), kwh), Day(40)), ReadingStatus.Rated, ReadingStatus.First);
        }

        Assert.Equal(new Money((9 * 90) + (9 * 10)), one.CloseDay().Line.Posted);
        one.TakeCorrections(); // Of the live reading that ended in the closed January.
        one.Book.Rerate(Channel, one.Rows, [Kwh(Day(32), 10)], Day(40));
        var february = ServiceDay.Of(new(2026, 2, 1));
        var (corrections, entries) = one.TakeCorrections();
        Assert.Equal(
            new AccrualCorrection(Account, february, february, -80 * ExactCharge.PerMinor, new(-80)),
            Assert.Single(corrections));
        var entry = Assert.Single(entries);
        Assert.Equal(
            (LedgerAccount.EnergyRevenue, LedgerAccount.CustomerPrepayment, new Money(80), EntryKind.Correction),
            (entry.Debit, entry.Credit, entry.Amount, entry.Kind));
        Assert.Equal((february, february.AddDays(1), "energy"), (entry.CorrectsDay, entry.Day, entry.Line));
        Assert.Equal(new Money(-100 - (10 * 10) - (8 * 90)), one.Position.Journal);
        Assert.Equal(Money.Zero, one.CloseDay().Line.Posted);
    }

    [Fact]
    public void Days_close_in_order()
    {
        var book = new BookOfOne().Book;
        Assert.Throws<InvalidOperationException>(() => book.CloseDay(new(book.ClosedThrough, Day(1), [], [], [])));
        Assert.Throws<InvalidOperationException>(
            () => book.CloseDay(new(book.ClosedThrough.AddDays(2), Day(1), [], [], [])));
    }

    [Fact]
    public void Service_days_follow_daylight_saving()
    {
        Assert.True(LocalZone.TryParse("Europe/Berlin", out var berlin));
        var book = new ShardBook(1, berlin, new());
        book.SetProgress(ServiceDay.Of(new(2026, 3, 28)), 0);
        Assert.Equal(TimeSpan.FromHours(23), book.OpenEnd - book.ClosedEnd);
        Assert.Equal(TimeSpan.FromHours(24), book.NextEnd - book.OpenEnd);
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Billing.Tests.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Payments;

public class QuoteTests
{
    private static readonly ServiceDay Today = ServiceDay.Of(new(2026, 1, 20));

    [Fact(Timeout = 10_000)]
    public void An_account_without_debts_needs_nothing()
    {
        var quote = new BookOfOne().Book.Quote(Account, BookOfOne.Now, Money.Zero, new(500))!;
        Assert.Equal((Money.Zero, Money.Zero, Money.Zero), (quote.Arrears, quote.Reconnects, quote.Clears));
        Assert.Equal(PaymentSplit.Whole(new(500)), quote.Split);
        Assert.Null(new BookOfOne().Book.Quote(new(1), BookOfOne.Now, Money.Zero, null));
    }

    [Fact(Timeout = 10_000)]
    public void What_reconnects_covers_what_the_waterfall_takes_first()
    {
        var one = new BookOfOne();
        one.Book.DefineWaterfall("policy", new([new(WaterfallStepKind.Debt) { Percent = 5_000 }]));
        Open(one, LedgerAccount.CustomerDebt, 10_000);
        Open(one, LedgerAccount.CustomerPrepayment, -400);
        var quote = one.Book.Quote(Account, BookOfOne.Now, new(100), new(1_000))!;
        Assert.Equal(new Money(10_400), quote.Arrears);
        Assert.Equal("40:500 1:500", quote.Split!.ToString());
        Assert.Equal(new Money(999), quote.Reconnects); // Half of it, rounded down, is the debt's.
        Assert.Equal(new Money(20_000), quote.Clears);
    }

    [Fact(Timeout = 10_000)]
    public void A_weekly_cap_lets_no_single_payment_clear_everything()
    {
        var one = new BookOfOne();
        one.Book.DefineWaterfall("policy", new([new(WaterfallStepKind.Debt) { WeeklyMax = new(100) }]));
        Open(one, LedgerAccount.CustomerDebt, 10_000);
        var quote = one.Book.Quote(Account, BookOfOne.Now, new(1), null)!;
        Assert.Equal((null, new Money(101), null), (quote.Split, quote.Reconnects!.Value, quote.Clears));
    }

    [Fact(Timeout = 30_000)]
    public void The_amount_that_reconnects_does_and_one_less_does_not() => Seeds.Run(300, random =>
    {
        var one = new BookOfOne();
        var due = Given.Due(random, Today);
        one.Book.DueCharges = (_, _, _, paid) => paid == Money.Zero ? [] : due;
        one.Book.DefineWaterfall("policy", Given.Waterfall(random));
        foreach (var sub in Given.Subs) Open(one, sub, random.Next(1, 3_000));
        Open(one, LedgerAccount.CustomerPrepayment, random.Next(-3_000, -1));
        var level = new Money(random.Next(500));
        var least = one.Book.Quote(Account, BookOfOne.Now, level, null)!.Reconnects!.Value;
        var less = one.Book.Quote(Account, BookOfOne.Now, level, least - new Money(1))!;
        Assert.True(less.Balance + less.Split!.ToBalance < level);
        Assert.True(one.Pay(least.Minor).BalanceAfter >= level);
    });

    private static void Open(BookOfOne one, LedgerAccount sub, long minor)
    {
        var order = new LedgerOrder(
            $"open-{sub}", OperationKind.OpeningBalance, Account, new(minor), Cny, new("clerk"))
        {
            Sub = sub,
            Note = "brought in",
        };
        Assert.Equal(OperationStatus.Done, one.Book.Check(order, null));
        one.Book.Post(order, null, BookOfOne.Now, Today, []);
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

public class PaymentTests
{
    private static readonly PaymentOrder Good = BookOfOne.Order(5_000);

    [Fact]
    public void A_payment_raises_the_balance_and_the_receipt_says_by_whom_and_to_what()
    {
        var one = new BookOfOne();
        var at = Instant.Utc(2026, 1, 1, 16); // Midnight of January 2nd in China.
        Assert.Equal(PaymentStatus.Posted, one.Book.Check(Good));
        var entries = new List<LedgerEntry>();
        var record = one.Book.Post(Good, at, entries);
        var entry = Assert.Single(entries);
        var day = ServiceDay.Of(new(2026, 1, 2));
        Assert.Equal(new PaymentRecord(Good, "3-1", at, new(5_000)) { Day = day }, record);
        Assert.Equal(
            new LedgerEntry(
                1,
                3,
                at,
                day,
                Account,
                LedgerAccount.CashCounter,
                LedgerAccount.CustomerPrepayment,
                new(5_000),
                EntryKind.Payment,
                "key"),
            entry);
        Assert.Equal(new Money(5_000), entry.ToCustomer);
        Assert.Equal((new Money(5_000), new Money(5_000)), (one.Position.Balance, one.Position.LastPurchase));
        Assert.Equal("3-2", one.Pay(1, "other").Receipt);
    }

    [Theory]
    [InlineData(PaymentChannel.Counter, LedgerAccount.CashCounter)]
    [InlineData(PaymentChannel.Bank, LedgerAccount.CashBank)]
    [InlineData(PaymentChannel.Mobile, LedgerAccount.CashMobile)]
    [InlineData(PaymentChannel.Agent, LedgerAccount.CashAgent)]
    public void Each_channel_has_its_own_cash_account(PaymentChannel channel, LedgerAccount cash)
    {
        var entries = new List<LedgerEntry>();
        new BookOfOne().Book.Post(Good with { Channel = channel }, BookOfOne.Now, entries);
        Assert.Equal(cash, Assert.Single(entries).Debit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("line\n")]
    [InlineData("ключ")]
    public void A_key_is_printable_ascii(string key) =>
        Assert.Equal(PaymentStatus.KeyMalformed, new BookOfOne().Book.Check(Good with { Key = key }));

    [Fact]
    public void A_key_and_a_reference_have_a_longest_form()
    {
        var book = new BookOfOne().Book;
        Assert.Equal(PaymentStatus.Posted, book.Check(Good with { Key = new('k', 100), Reference = new('r', 200) }));
        Assert.Equal(PaymentStatus.KeyMalformed, book.Check(Good with { Key = new('k', 101) }));
        Assert.Equal(PaymentStatus.KeyMalformed, book.Check(Good with { Reference = new('r', 201) }));
        Assert.Equal(PaymentStatus.KeyMalformed, book.Check(Good with { Channel = (PaymentChannel)9 }));
    }

    [Theory]
    [InlineData(0, PaymentStatus.AmountNotPositive)]
    [InlineData(-1, PaymentStatus.AmountNotPositive)]
    [InlineData(1, PaymentStatus.Posted)]
    [InlineData(100_000_000, PaymentStatus.Posted)]
    [InlineData(100_000_001, PaymentStatus.AmountTooLarge)]
    public void An_amount_is_positive_and_bounded(long minor, PaymentStatus expected) =>
        Assert.Equal(expected, new BookOfOne().Book.Check(Good with { Amount = new(minor) }));

    [Fact]
    public void Account_and_currency_must_be_known_to_the_book()
    {
        var book = new BookOfOne().Book;
        Assert.Equal(PaymentStatus.AccountUnknown, book.Check(Good with { Account = new(1) }));
        Assert.Equal(PaymentStatus.CurrencyMismatch, book.Check(Good with { Currency = Currency.Parse("USD") }));
    }

    [Fact]
    public void Faults_come_in_order_of_precedence()
    {
        var book = new BookOfOne().Book;
        var order = Good with { Key = "", Amount = new(0), Account = new(1), Currency = Currency.Parse("USD") };
        Assert.Equal(PaymentStatus.KeyMalformed, book.Check(order));
        Assert.Equal(PaymentStatus.AmountNotPositive, book.Check(order = order with { Key = "k" }));
        Assert.Equal(PaymentStatus.AccountUnknown, book.Check(order with { Amount = new(1) }));
    }

    [Fact]
    public void What_cannot_be_posted_changes_nothing()
    {
        var one = new BookOfOne();
        Assert.Throws<InvalidOperationException>(() => one.Book.Post(Good with { Amount = new(0) }, BookOfOne.Now, []));
        Assert.Equal(0, one.Book.LastEntryId);
        Assert.Equal(Money.Zero, one.Position.Balance);
    }

    [Fact]
    public void A_repeated_key_with_the_same_content_is_the_first_answer_again()
    {
        var record = new BookOfOne().Pay(5_000);
        Assert.Equal(PaymentStatus.AlreadyPosted, ShardBook.CompareWithEarlier(Good, record));
    }

    [Fact]
    public void A_repeated_key_with_any_other_content_is_a_conflict()
    {
        var record = new BookOfOne().Pay(5_000);
        PaymentOrder[] others =
        [
            Good with { Account = new(18) },
            Good with { Amount = new(5_001) },
            Good with { Currency = Currency.Parse("USD") },
            Good with { Channel = PaymentChannel.Bank },
            Good with { TakenBy = new("somebody else") },
            Good with { Reference = "another" },
        ];
        Assert.All(
            others,
            other => Assert.Equal(
                PaymentStatus.KeyReusedWithOtherContent, ShardBook.CompareWithEarlier(other, record)));
    }
}

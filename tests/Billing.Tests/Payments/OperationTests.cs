using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Billing.Tests.Accounts;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Payments;

public class OperationTests
{
    private static readonly ServiceDay Today = ServiceDay.Of(new(2026, 1, 20));

    [Theory(Timeout = 10_000)]
    [InlineData(OperationKind.Refund, null, 100, OperationStatus.SubAccountWrong)]
    [InlineData(OperationKind.Refund, LedgerAccount.CashCounter, 100, OperationStatus.BalanceTooLow)]
    [InlineData(OperationKind.Refund, LedgerAccount.CashCounter, 0, OperationStatus.AmountNotPositive)]
    [InlineData(OperationKind.Refund, LedgerAccount.CashCounter, 100_000_001, OperationStatus.AmountTooLarge)]
    [InlineData(OperationKind.WriteOff, LedgerAccount.EnergyRevenue, 100, OperationStatus.SubAccountWrong)]
    [InlineData(OperationKind.WriteOff, LedgerAccount.CustomerDebt, 100, OperationStatus.MoreThanOwed)]
    [InlineData(OperationKind.Reversal, null, 100, OperationStatus.PaymentUnknown)]
    [InlineData(OperationKind.OpeningBalance, LedgerAccount.CustomerDebt, -1, OperationStatus.AmountNotPositive)]
    [InlineData(OperationKind.OpeningBalance, LedgerAccount.CustomerPrepayment, -1, OperationStatus.Done)]
    [InlineData(OperationKind.OpeningBalance, LedgerAccount.CustomerPrepayment, 0, OperationStatus.AmountNotPositive)]
    [InlineData(OperationKind.CreditLent, LedgerAccount.EmergencyCredit, 100, OperationStatus.Done)]
    [InlineData(OperationKind.CreditLent, LedgerAccount.CustomerDebt, 100, OperationStatus.SubAccountWrong)]
    [InlineData(OperationKind.Fee, null, 100, OperationStatus.Done)]
    public void What_cannot_be_booked_is_refused(
        OperationKind kind, LedgerAccount? sub, long minor, OperationStatus expected) =>
        Assert.Equal(expected, new BookOfOne().Book.Check(Order(kind, minor) with { Sub = sub }, null));

    [Fact(Timeout = 10_000)]
    public void Faults_come_in_the_order_in_which_they_are_declared()
    {
        var book = new BookOfOne().Book;
        var order = new LedgerOrder("", OperationKind.Refund, new(1), new(0), Currency.Parse("USD"), new("clerk"));
        Assert.Equal(OperationStatus.KeyMalformed, book.Check(order, null));
        Assert.Equal(OperationStatus.NoteMissing, book.Check(order = order with { Key = "k" }, null));
        Assert.Equal(OperationStatus.AccountUnknown, book.Check(order = order with { Note = "why" }, null));
        Assert.Equal(OperationStatus.CurrencyMismatch, book.Check(order = order with { Account = Account }, null));
        Assert.Equal(OperationStatus.AmountNotPositive, book.Check(order with { Currency = Cny }, null));
    }

    [Fact(Timeout = 10_000)]
    public void Lent_credit_is_no_money_to_refund_and_is_not_lent_twice()
    {
        var one = new BookOfOne();
        var lend = Order(OperationKind.CreditLent, 1_000) with { Sub = LedgerAccount.EmergencyCredit };
        one.Book.Post(lend, null, BookOfOne.Now, Today, []);
        Assert.Equal(new Money(1_000), one.Position.Balance);
        Assert.Equal(OperationStatus.CreditNotRepaid, one.Book.Check(lend with { Key = "again" }, null));
        var refund = Order(OperationKind.Refund, 1) with { Sub = LedgerAccount.RefundPayable };
        Assert.Equal(OperationStatus.BalanceTooLow, one.Book.Check(refund, null));
        Assert.Equal("41:1000 1:200", one.Pay(1_200).Split.ToString());
        Assert.Equal(OperationStatus.Done, one.Book.Check(lend with { Key = "again" }, null));
        Assert.Equal(OperationStatus.Done, one.Book.Check(refund, null));
    }

    [Fact(Timeout = 10_000)]
    public void A_reversal_takes_back_money_and_repayments_but_not_the_charges_that_were_due()
    {
        var one = new BookOfOne();
        one.Book.DueCharges = (_, _, last, _) =>
            last is null ? [new("standing", LedgerAccount.StandingRevenue, new(300), Today)] : [];
        one.Book.Post(
            Order(OperationKind.CreditLent, 500) with { Sub = LedgerAccount.EmergencyCredit }, null, BookOfOne.Now,
            Today, []);
        var entries = new List<LedgerEntry>();
        var paid = one.Book.Post(BookOfOne.Order(1_000), BookOfOne.Now, entries);
        Assert.Equal("11/standing:300 41:500 1:200", paid.Split.ToString());
        var target = new OperationTarget(paid, false, entries);
        var reversal = Order(OperationKind.Reversal, 1_000) with { Key = "back", Target = "key" };
        Assert.Equal(OperationStatus.Done, one.Book.Check(reversal, target));
        var back = new List<LedgerEntry>();
        one.Book.Post(reversal, target, BookOfOne.Now, Today, back);
        Assert.Equal([1L, 3L], back.Select(entry => entry.Reverses - entries[0].Id + 1));
        Assert.True(one.Book.TrySubAccounts(Account, out var subs));
        Assert.Equal((new Money(500), new Money(200)), (subs.Emergency, one.Position.Balance));
        Assert.Equal(
            OperationStatus.AlreadyTakenBack,
            one.Book.Check(reversal with { Key = "twice" }, target with { IsTakenBack = true }));
    }

    [Fact(Timeout = 10_000)]
    public void Only_a_cheque_bounces_and_its_fee_is_receivable()
    {
        var one = new BookOfOne();
        var entries = new List<LedgerEntry>();
        var cash = one.Book.Post(BookOfOne.Order(1_000), BookOfOne.Now, []);
        var bounce = Order(OperationKind.BouncedCheque, 250) with { Target = "key" };
        Assert.Equal(OperationStatus.NotACheque, one.Book.Check(bounce, new(cash, false, [])));
        var cheque = one.Book.Post(
            BookOfOne.Order(700, "cheque") with { Tender = Tender.Cheque }, BookOfOne.Now, entries);
        Assert.Equal(LedgerAccount.ChequesInHand, Assert.Single(entries).Debit);
        var target = new OperationTarget(cheque, false, [.. entries]);
        Assert.Equal(OperationStatus.Done, one.Book.Check(bounce, target));
        one.Book.Post(bounce, target, BookOfOne.Now, Today, entries);
        Assert.True(one.Book.TrySubAccounts(Account, out var subs));
        Assert.Equal((new Money(250), new Money(1_000)), (subs.Receivable, one.Position.Balance));
    }

    [Fact(Timeout = 10_000)]
    public void Money_of_an_unknown_account_waits_only_where_it_may()
    {
        var one = new BookOfOne();
        var order = BookOfOne.Order(900) with { Account = new(4_711), Channel = PaymentChannel.Bank };
        Assert.Equal(PaymentStatus.AccountUnknown, one.Book.Check(order));
        Assert.Equal(PaymentStatus.Posted, one.Book.Check(order, mayWait: true));
        var entries = new List<LedgerEntry>();
        var kept = one.Book.Post(order, BookOfOne.Now, entries);
        Assert.True(kept.Split.IsSuspense);
        Assert.Equal((LedgerOrder.House, LedgerAccount.Suspense), (entries[0].Account, entries[0].Credit));
        var release = Order(OperationKind.SuspenseRelease, 900) with
        {
            Account = LedgerOrder.House,
            Other = Account,
            Target = "key",
        };
        Assert.Equal(OperationStatus.Done, one.Book.Check(release, new(kept, false, entries), Cny));
        one.Book.Post(release, new(kept, false, entries), BookOfOne.Now, Today, entries);
        one.Book.PostSecondHalf(release, BookOfOne.Now, Today, entries);
        Assert.Equal(new Money(900), one.Position.Balance);
        Assert.Equal(0, Sum(entries, LedgerAccount.Suspense) + Sum(entries, LedgerAccount.InTransit));
    }

    [Fact(Timeout = 60_000)]
    public void After_any_sequence_sub_balances_are_the_sums_of_the_entries_and_a_restart_finds_them() =>
        Seeds.Run(300, random =>
        {
            var (one, entries) = (new BookOfOne(), new List<LedgerEntry>());
            one.Book.DefineWaterfall("policy", Given.Waterfall(random));
            one.Book.DueCharges = (_, day, last, _) => last is { } at && at.ToDateOnly().Month == day.ToDateOnly().Month
                ? []
                : [new("standing", LedgerAccount.StandingRevenue, new(300), day)];
            var now = BookOfOne.Now;
            for (var i = 0; i < 60; i++)
            {
                now += TimeSpan.FromHours(random.Next(40));
                Step(one, entries, random, now, i);
            }

            Assert.True(one.Book.TrySubAccounts(Account, out var live));
            foreach (var sub in Given.Subs)
            {
                Assert.Equal(Sum(entries, sub), live.Of(sub).Minor);
                Assert.True(live.Of(sub) >= Money.Zero, $"{sub} is below zero.");
            }

            Assert.Equal(-Sum(entries, LedgerAccount.CustomerPrepayment), one.Position.Journal.Minor);
            var restarted = entries.Aggregate(default(SubAccounts), (subs, entry) => subs.With(entry));
            Assert.Equal(live, restarted);
        });

    private static void Step(BookOfOne one, List<LedgerEntry> entries, Random random, Instant now, int i)
    {
        var (key, day) = ($"op-{i}", one.Book.DayOf(now));
        if (random.Next(2) == 0)
        {
            var before = entries.Count;
            var paid = one.Book.Post(BookOfOne.Order(random.Next(1, 3_000), key), now, entries);
            Assert.Equal(paid.Order.Amount, paid.Split.Total);
            if (random.Next(3) > 0) return;
            var target = new OperationTarget(paid, false, [.. entries.Skip(before)]);
            one.Book.Post(Order(OperationKind.Reversal, 1) with { Target = key }, target, now, day, entries);
            return;
        }

        var kinds = Enum.GetValues<OperationKind>();
        var subs = Enum.GetValues<LedgerAccount>();
        LedgerAccount? sub = random.Next(4) == 0 ? null : subs[random.Next(subs.Length)];
        var order = Order(kinds[random.Next(kinds.Length)], random.Next(-500, 2_000)) with { Key = key, Sub = sub };
        if (order.Kind is OperationKind.Reversal or OperationKind.BouncedCheque) return;
        if (order.HasTwoHalves) order = order with { Other = new AccountId(99) };
        if (one.Book.Check(order, null, Cny) != OperationStatus.Done) return;
        one.Book.Post(order, null, now, day, entries);
    }

    private static long Sum(IEnumerable<LedgerEntry> entries, LedgerAccount account) => entries.Sum(entry =>
        (entry.Debit == account ? entry.Amount.Minor : 0) - (entry.Credit == account ? entry.Amount.Minor : 0));

    private static LedgerOrder Order(OperationKind kind, long minor) =>
        new("op", kind, Account, new(minor), Cny, new("clerk")) { Note = "because" };
}

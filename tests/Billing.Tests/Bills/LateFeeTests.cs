using Meters.Billing.Accounts;
using Meters.Billing.Bills;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Bills;

/// <summary>Fees for paying late, as days are closed. January 1st is the first day.</summary>
public class LateFeeTests
{
    private const int Limit = 30_000;

    /// <summary>China: 1 per mille a day, after two days.</summary>
    private static readonly TariffHistory Tariff = Published.History(Published.Json(
        "T",
        "CNY",
        "+08:00",
        "2020-01-01",
        """
        "tiers":[{"price":"0.5"}],
        "lines":[{"kind":"lateFee","name":"late","percentPerDay":"0.1","graceDays":2,"capPercent":"20"}]
        """));

    [Fact(Timeout = Limit)]
    public void Each_close_posts_what_the_fee_has_more_than_before()
    {
        var till = new Till();
        till.Owe(100_000);
        var posted = Enumerable.Range(0, 6).Select(_ => till.Close().Fees.Sum(fee => fee.Amount.Minor)).ToList();

        Assert.Equal([0, 0, 0, 100, 100, 100], posted);
        var whole = Assert.Single(LateFees.Of(Tariff, FirstDay, new(100_000), 5));
        Assert.Equal(posted.Sum(), whole.Amount.Minor);
        var entry = till.Fees[^1];
        Assert.Equal(
            (LedgerAccount.Receivable, LedgerAccount.FeeRevenue, EntryKind.Fee, "late", FirstDay.AddDays(5)),
            (entry.Debit, entry.Credit, entry.Kind, entry.Line, entry.Day));
        Assert.Equal(new Money(100_300), till.Receivable);
    }

    [Fact(Timeout = Limit)]
    public void A_balance_below_zero_is_overdue_and_the_fee_does_not_lower_it()
    {
        var till = new Till();
        till.Use(kwh: 2_000); // 1,000.00.
        for (var day = 0; day < 4; day++) till.Close();

        Assert.Equal(new Money(-100_000), till.Position.Balance);
        Assert.Equal(new Money(100), till.Receivable);
    }

    [Fact(Timeout = Limit)]
    public void A_fee_bears_no_fee_and_stops_at_its_cap()
    {
        var till = new Till();
        till.Owe(10_000);
        for (var day = 0; day < 300; day++) till.Close();

        Assert.Equal(2_000, till.Fees.Sum(fee => fee.Amount.Minor));
        Assert.All(till.Fees, fee => Assert.Equal(10, fee.Amount.Minor));
    }

    [Fact(Timeout = Limit)]
    public void What_is_paid_lowers_the_coming_days_and_all_paid_ends_the_arrears()
    {
        var till = new Till();
        till.Owe(100_000);
        for (var day = 0; day < 4; day++) till.Close();
        till.Pay(50_000);
        Assert.Equal(50, till.Close().Fees.Single().Amount.Minor);
        till.Pay(50_150); // With all fees.
        for (var day = 0; day < 5; day++) Assert.Empty(till.Close().Fees);
        Assert.Empty(till.Close().States);
        till.Owe(100_000); // Anew, with days of grace of its own.
        var posted = Enumerable.Range(0, 4).Select(_ => till.Close().Fees.Sum(fee => fee.Amount.Minor)).ToList();
        Assert.Equal([0, 0, 0, 100], posted);
    }

    [Fact(Timeout = Limit)]
    public void A_payment_of_a_later_day_does_not_change_the_day_that_is_closed_after_it()
    {
        var (late, early) = (new Till(), new Till());
        foreach (var till in (Till[])[late, early])
        {
            till.Owe(100_000);
            for (var day = 0; day < 3; day++) till.Close();
        }

        late.Pay(100_000, dayAfter: 1);
        Assert.Equal(100, late.Close().Fees.Single().Amount.Minor);
        Assert.Equal(100, early.Close().Fees.Single().Amount.Minor);
        early.Pay(100_000);
        Assert.Equal(early.Close().States.Single().Overdue, late.Close().States.Single().Overdue);
    }

    [Fact(Timeout = Limit)]
    public Task A_restart_between_two_closes_changes_nothing() => Seeds.RunAsync(50, random =>
    {
        var (steady, restarted) = (new Till(), new Till());
        for (var day = 0; day < 25; day++)
        {
            var (owes, pays, ahead) = (random.Next(3) == 0, random.Next(4) == 0, random.Next(3));
            var amount = random.Next(1, 200_000);
            foreach (var till in (Till[])[steady, restarted])
            {
                if (owes) till.Owe(amount);
                if (pays) till.Pay(amount, ahead);
                till.Close();
            }

            if (random.Next(2) == 0) restarted = restarted.Again();
            Assert.Equal(Export(steady), Export(restarted));
        }

        Assert.Equal(steady.Fees, restarted.Fees);
        return Task.CompletedTask;
    });

    private static readonly ServiceDay FirstDay = ServiceDay.Of(new(2026, 1, 1));

    private static string Export(Till till)
    {
        using var writer = new StringWriter();
        till.Book.ExportPositions(writer);
        return writer.ToString();
    }

    /// <summary>A book with one account, and what it has stored.</summary>
    private sealed class Till
    {
        private readonly List<LateFee> _last;
        private readonly List<LedgerEntry> _entries;
        private int _keys;

        public Till()
            : this([], [], FirstDay.AddDays(-1))
        {
        }

        private Till(List<LedgerEntry> entries, List<LateFee> last, ServiceDay closed)
        {
            (_entries, _last) = (entries, last);
            Book = new(0, LocalZone.China, new() { PaymentMinorMax = 1_000_000_000 });
            Book.SetProgress(closed, entries.Count == 0 ? 0 : entries.Max(entry => entry.Id));
            Book.DefineTariff(Tariff);
            Book.DefineThresholds("policy", new([]));
            Book.AddAccount(new(Account, "T", "policy", Cny, 0));
            Book.AddMeter(new(Meter, Account, 1));
        }

        public ShardBook Book { get; }

        public IReadOnlyList<LedgerEntry> Fees => [.. _entries.Where(entry => entry.Kind == EntryKind.Fee
            && entry.Line is not null)];

        public AccountPosition Position => Book.TryPosition(Account, out var position) ? position : default;

        public Money Receivable => Book.TrySubAccounts(Account, out var subs) ? subs.Receivable : default;

        private Instant Today => Sample.Day(Book.ClosedThrough.AddDays(1).DaysSinceEpoch
            - FirstDay.DaysSinceEpoch + 1, 12);

        public Till Again()
        {
            var again = new Till(_entries, _last, Book.ClosedThrough) { _keys = _keys };
            var paid = _entries.Aggregate(Money.Zero, (sum, entry) => sum + entry.ToCustomer);
            again.Book.Restore(Account, null, paid, Money.Zero, null, new(Account, 0, 0));
            again.Book.Restore(Account, _entries.Aggregate(default(SubAccounts), (subs, entry) => subs.With(entry)));
            foreach (var fee in _last) again.Book.Restore(fee);
            foreach (var group in _entries.Where(entry => entry.Day > Book.ClosedThrough.AddDays(1))
                .GroupBy(entry => entry.Day))
            {
                var receivable = group.Sum(entry => (entry.Debit == LedgerAccount.Receivable ? entry.Amount.Minor : 0)
                    - (entry.Credit == LedgerAccount.Receivable ? entry.Amount.Minor : 0));
                again.Book.Restore(new LaterEntries(
                    Account, group.Key, new(group.Sum(entry => entry.ToCustomer.Minor)), new(receivable)));
            }

            return again;
        }

        public void Owe(long minor) => Post(OperationKind.Fee, minor);

        public void Pay(long minor, int dayAfter = 0)
        {
            var order = new PaymentOrder(
                $"p{++_keys}", Account, new(minor), Cny, PaymentChannel.Counter, PersonId.System, null);
            Book.Post(order, Today + TimeSpan.FromDays(dayAfter), _entries);
        }

        public void Use(int kwh)
        {
            Assert.Equal(ReadingStatus.First, Book.Apply(Kwh(Today, 0), Today, out _));
            var later = Today + TimeSpan.FromHours(11);
            Assert.Equal(ReadingStatus.Rated, Book.Apply(Kwh(later, kwh), later, out _));
        }

        public (List<LedgerEntry> Fees, List<LateFee> States) Close()
        {
            var (from, states) = (_entries.Count, new List<LateFee>());
            Book.CloseDay(new(Book.ClosedThrough.AddDays(1), Today, [], [], _entries) { LateFees = states });
            _last.Clear();
            _last.AddRange(states);
            return ([.. _entries.Skip(from).Where(entry => entry.Kind == EntryKind.Fee)], states);
        }

        private void Post(OperationKind kind, long minor)
        {
            var order = new LedgerOrder($"o{++_keys}", kind, Account, new(minor), Cny, PersonId.System) { Note = "n" };
            var day = Book.ClosedThrough.AddDays(1);
            Assert.Equal(OperationStatus.Done, Book.Check(order, null));
            Book.Post(order, null, Today, day, _entries);
        }
    }
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Accounts;

/// <summary>One account (17) with one meter (501) at 0.50 CNY per kWh; January 1st is open, 2nd is next.</summary>
internal sealed class BookOfOne
{
    public static readonly Instant Now = Day(20);

    public BookOfOne(
        TariffVersion? tariff = null, int multiplier = 1, int watts = 5_000, params IEnumerable<Threshold> thresholds)
    {
        Book = new(3, LocalZone.China, new());
        Book.SetProgress(ServiceDay.Of(new(2025, 12, 31)), 0);
        var history = new TariffHistory(tariff ?? Flat());
        Book.DefineTariff(history);
        Book.DefineThresholds("policy", new(thresholds));
        Assert.Equal(BookStatus.Added, Book.AddAccount(new(Account, history.Id, "policy", Cny, watts)));
        Assert.Equal(BookStatus.Added, Book.AddMeter(new(Meter, Account, multiplier)));
    }

    public ShardBook Book { get; }

    public List<RatedReading> Rows { get; } = [];

    public AccountPosition Position => Book.TryPosition(Account, out var position) ? position : default;

    public ReadingStatus Apply(Reading reading, Instant? now = null)
    {
        var status = Book.Apply(reading, now ?? Now, out var charge);
        if (status is ReadingStatus.Rated or ReadingStatus.First) Rows.Add(new(reading, charge));
        else Assert.Equal(0, charge);
        return status;
    }

    public RerateResult Rerate(params Reading[] late) => Book.Rerate(Channel, Rows, late, Now);

    public PaymentRecord Pay(long minor, string key = "key") => Book.Post(Order(minor, key), Now, []);

    public static PaymentOrder Order(long minor, string key = "key") =>
        new(key, Account, new(minor), Cny, PaymentChannel.Counter, PersonId.System, null);

    public (DayCharge Line, List<LedgerEntry> Entries) CloseDay()
    {
        var (lines, entries) = (new List<DayCharge>(), new List<LedgerEntry>());
        Book.CloseDay(new(Book.ClosedThrough.AddDays(1), Now, lines, [], entries));
        return (Assert.Single(lines), entries);
    }

    /// <summary>What closed days were corrected by since the last call, with the entries that post it.</summary>
    public (List<AccrualCorrection> Corrections, List<LedgerEntry> Entries) TakeCorrections()
    {
        var (corrections, entries) = (new List<AccrualCorrection>(), new List<LedgerEntry>());
        Book.TakeCorrections(Now, corrections, entries);
        return (corrections, entries);
    }

    public List<Crossing> TakeCrossings()
    {
        var crossings = new List<Crossing>();
        Book.TakeCrossings(Now, crossings, []);
        return crossings;
    }
}

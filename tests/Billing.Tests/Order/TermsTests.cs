using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Order;

/// <summary>Tariffs and multipliers that are put right afterwards.</summary>
public class TermsTests
{
    private static readonly ServiceDay First = ServiceDay.Of(new(2026, 1, 1));

    [Fact(Timeout = 30_000)]
    public void A_tariff_version_with_a_past_date_is_posted_once_however_often_it_is_rated_anew()
    {
        var home = Filled();
        home.CloseDay();
        home.Define(new(Flat(), Flat(80_000_000, 2, Day(1, 3))), Day(1, 3), times: 2);
        Assert.Equal([0, 100, 100, 160], home.Charges());
        var correction = Assert.Single(home.Corrections);
        Assert.Equal((First, new Money(60)), (correction.Day, correction.Posted));
        var entry = home.Entries[^1];
        Assert.Equal((EntryKind.Correction, First, First.AddDays(1)), (entry.Kind, entry.CorrectsDay, entry.Day));
        Assert.Equal(("energy", entry.Id), (entry.Line, entry.Group));
        Assert.Equal(new Money(-360), home.Position.Balance);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_version_with_a_further_line_is_posted_line_by_line_as_one_group()
    {
        var home = Filled();
        home.CloseDay();
        home.Define(WithTax(Day(1, 3)), Day(1, 3), times: 2);
        var entries = home.Entries.Where(entry => entry.Kind == EntryKind.Correction).ToList();
        Assert.Equal([("energy", -50L), ("vat", -15L)], entries.Select(one => (one.Line!, one.ToCustomer.Minor)));
        Assert.Equal([entries[0].Id, entries[0].Id], entries.Select(entry => entry.Group));
        home.Restart();
        home.Read(Kwh(Day(1, 5), 8));
        Assert.Equal(new Money(-300 - 65 - 165), home.Position.Balance);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_snapshot_from_before_the_tariff_had_lines_holds_what_was_accrued_by_the_first()
    {
        var home = Filled();
        home.Restart(withSnapshots: true);
        home.Define(WithTax(Day(2)), Day(2), times: 0);
        home.Restart();
        home.CloseDay();
        Assert.Equal([("energy", -300L)], home.Entries.Select(entry => (entry.Line!, entry.ToCustomer.Minor)));
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_version_that_only_divides_the_same_price_otherwise_moves_it_from_line_to_line()
    {
        var first = TwoPrices(1, Day(1), 50, 10);
        var home = new Home(new(first));
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 2), 2), Kwh(Day(1, 3), 4));
        home.CloseDay();
        home.Define(new(first, TwoPrices(2, Day(1, 2), 40, 20)), Day(1, 2));
        var entries = home.Entries.Where(entry => entry.Kind == EntryKind.Correction).ToList();
        Assert.Equal([("energy", 20L), ("fuel", -20L)], entries.Select(one => (one.Line!, one.ToCustomer.Minor)));
        Assert.Equal([entries[0].Id, entries[0].Id], entries.Select(entry => entry.Group));
        Assert.Equal(new Money(-240), home.Position.Balance);
        home.Restart();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null, 20)] // On the straight line, at 5 kWh.
    [InlineData(4, 4 + (6 * 3))]
    [InlineData(12, 20)] // The register cannot have shown that.
    public void A_multiplier_that_changes_inside_an_hour_splits_it(int? register, long kwh)
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 2), 10));
        Energy? read = register is { } there ? Energy.FromKwh(there) : null;
        home.Multiply(new MultiplierChange(Day(1, 1) + TimeSpan.FromMinutes(30), 3, read));
        Assert.Equal([0, kwh * 50], home.Charges());
        Assert.Equal(ReadingStatus.Rated, home.Read(Kwh(Day(1, 3), 11)));
        Assert.Equal([0, kwh * 50, 150], home.Charges());
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void A_multiplier_put_right_afterwards_corrects_each_closed_day_in_one_group()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 20), 0), Kwh(Day(2), 1));
        home.Read(Kwh(Day(2, 4), 3));
        home.CloseDay();
        home.CloseDay();
        home.Multiply(new MultiplierChange(Day(1, 10), 4));
        Assert.Equal([0, 200, 400], home.Charges());
        Assert.Equal([(First, 150L), (First.AddDays(1), 300L)], home.Corrections.Select(c => (c.Day, c.Posted.Minor)));
        var entries = home.Entries.Where(entry => entry.Kind == EntryKind.Correction).ToList();
        Assert.Single(entries.Select(entry => entry.Group).Distinct());
        Assert.Equal([First, First.AddDays(1)], entries.Select(entry => entry.CorrectsDay!.Value));
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void Readings_of_a_closed_day_from_an_account_that_had_none_are_posted_as_its_correction()
    {
        var home = new Home();
        home.CloseDay();
        home.CloseDay();
        Assert.Equal([ReadingStatus.First, ReadingStatus.Rated], home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 5), 10)));
        Assert.Equal((First, new Money(500)), (Assert.Single(home.Corrections).Day, home.Corrections[0].Posted));
        Assert.Equal(new Money(-500), home.Position.Journal);
        home.Restart();
    }

    [Fact(Timeout = 30_000)]
    public void Halves_of_corrections_are_never_lost()
    {
        var home = new Home();
        home.CloseDay();
        home.Read(Kwh(Day(1, 1), 0), Read(Day(1, 2), 100)); // 0.01 kWh at half a minor unit.
        Assert.Equal([new(1)], home.Corrections.Select(one => one.Posted));
        home.Edit(Day(1, 2), null);
        Assert.Equal([new(1), new(0)], home.Corrections.Select(one => one.Posted));
        Assert.Equal(Money.Zero, home.Position.Balance);
        home.Restart();
        home.CloseDay();
        Assert.Equal((Money.Zero, 0L), (home.Position.Journal, home.Position.Accrued));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false, RoundingMode.HalfUp, 450, 50, 0)] // 450 and 45.0, each to tens.
    [InlineData(false, RoundingMode.Down, 450, 40, 0)]
    [InlineData(false, RoundingMode.Up, 450, 50, 0)]
    [InlineData(true, RoundingMode.HalfUp, 450, 45, 5)] // 495 as a whole.
    [InlineData(true, RoundingMode.Down, 450, 45, -5)]
    public void A_day_is_rounded_the_way_the_tariff_says_and_what_is_left_stays_accrued(
        bool perBill, RoundingMode mode, long energy, long tax, long rounding)
    {
        var home = new Home(WithTax(Day(1), new(perBill, 10, mode), only: true));
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 4), 6));
        home.CloseDay();
        long Of(string line) => -home.Entries.Where(entry => entry.Line == line).Sum(entry => entry.ToCustomer.Minor);
        Assert.Equal((energy, tax, rounding), (Of("energy"), Of("vat"), Of("rounding")));
        Assert.Equal(new Money(-495), home.Position.Balance);
        home.Restart();
    }

    /// <summary>0, 2, 4 and 6 kWh from 01:00 to 04:00, at 0.50.</summary>
    private static Home Filled()
    {
        var home = new Home();
        home.Read(Kwh(Day(1, 1), 0), Kwh(Day(1, 2), 2), Kwh(Day(1, 3), 4), Kwh(Day(1, 4), 6));
        return home;
    }

    private static TariffVersion TwoPrices(int version, Instant from, long energy, long fuel) => new(new TariffDraft
    {
        Id = "TWO",
        Version = version,
        Currency = Cny,
        Zone = LocalZone.China,
        EffectiveFrom = from,
        Lines =
        [
            PriceOf("energy", LedgerAccount.EnergyRevenue, energy),
            PriceOf("fuel", LedgerAccount.SurchargeRevenue, fuel),
        ],
    });

    private static EnergyLine PriceOf(string name, LedgerAccount account, long price) => new(
        name, account, Export: false, [new(BandRule.AllMonths, [new(null, [new(null, [new(price, 1)], default)])])]);

    /// <summary>From an instant on, energy at 0.75 and a tenth of that as tax.</summary>
    private static TariffHistory WithTax(Instant from, RoundingRule? rounding = null, bool only = false)
    {
        var taxed = new TariffVersion(new TariffDraft
        {
            Id = "FLAT",
            Version = 2,
            Currency = Cny,
            Zone = LocalZone.China,
            EffectiveFrom = from,
            Rounding = rounding ?? RoundingRule.Plain,
            Lines =
            [
                PriceOf("energy", LedgerAccount.EnergyRevenue, 75),
                new PercentLine("vat", LedgerAccount.TaxPayable, [new("energy")], [new(null, new(1, 10))]),
            ],
        });
        return only ? new(taxed) : new(Flat(), taxed);
    }
}

using Meters.Billing.Bills;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Tests.Bills.World;

/// <summary>Worked bills that others have published, to the last digit that they print.</summary>
public class WorldBills
{
    private const int Limit = 20_000;

    /// <summary>ajunews.com of 9 August 2016; and a reader's bill of one August at cafe.daum.net, 229 kWh.</summary>
    [Fact(Timeout = Limit)]
    public void Korea_taxes_what_it_prints_and_drops_below_ten_won()
    {
        var bill = Compute("KR-2016", 225);
        Assert.Equal(
            [("energy", 23_357), ("basic", 1_600), ("vat", 2_496), ("fund", 920)],
            bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
        Assert.Equal(28_370, bill.Total.Minor);
        Assert.Equal(26_370, Compute("KR-2011", 229).Total.Minor);
        Assert.Equal(410, Compute("KR-2016", 0)["basic"].Minor);
    }

    /// <summary>scribd.com 520477211, 19 February 2015: A1-R, 136 units, an adjustment of earlier energy.</summary>
    [Fact(Timeout = Limit)]
    public void Pakistan_adjusts_the_fuel_of_an_earlier_month_and_taxes_in_layers()
    {
        var bill = Compute("PK-KE-2015", BillInput.Of(Energy.FromKwh(136)) with
        {
            From = Day(2015, 2, 1),
            To = Day(2015, 2, 28),
            Usage = [new(Day(2014, 12, 1), new(1_447_200))],
        });
        Assert.Equal(
            [
                ("energy", 87_096), ("rent", 750), ("fuel", -43_416), ("duty", 655), ("gst", 7_664), ("tv", 3_500),
                ("bank", 800),
            ],
            bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
        Assert.Equal(57_049, bill.Total.Minor);
    }

    /// <summary>cervam.com.br: 49.58 without taxes are 62.18 with 12, 6.79 and 1.47 percent inside.</summary>
    [Fact(Timeout = Limit)]
    public void Brazil_has_its_taxes_inside_the_price()
    {
        var bill = Compute("BR-CERVAM", 100);
        Assert.Equal(6_218, bill.Total.Minor);
        Assert.Equal([746, 422, 91], ((string[])["icms", "cofins", "pis"]).Select(tax => bill[tax].Minor));
        // ogustavorossi.com.br: 18 percent around 4.59, that is over 0.82 times 0.9541; 84.463 here, and 4.10 of light.
        Assert.Equal(new Ratio(84_463, 10) / new Ratio(782_362, 1_000_000) + 410, Compute("BR-NESTED", 100).Exact);
    }

    /// <summary>enygas.es: 4.4 kW, 66, 110 and 44 kWh in thirty days; every line rounded before it is taxed.</summary>
    [Fact(Timeout = Limit)]
    public void Spain_rounds_each_line_before_it_is_taxed()
    {
        var bill = Compute("ES-20TD", new()
        {
            Uses = [new(Energy.FromKwh(66), "punta"), new(Energy.FromKwh(110), "llano"),
                new(Energy.FromKwh(44), "valle")],
            From = Day(2023, 4, 1),
            To = Day(2023, 4, 30),
            SanctionedWatts = 4_400,
        });
        Assert.Equal(
            [
                ("energy", 3_551), ("potencia punta", 1_238), ("potencia valle", 166), ("iee", 253), ("contador", 81),
                ("iva", 529),
            ],
            bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
        Assert.Equal(5_818, bill.Total.Minor);
    }

    /// <summary>scribd.com 334315140, a sub-meter's bill at the rates of December 2016: 352 kWh.</summary>
    [Fact(Timeout = Limit)]
    public void The_Philippines_add_up_many_prices_and_taxes_on_parts()
    {
        var bill = Compute("PH-MERALCO-2016", 352);
        Assert.Equal(323_679, bill.Total.Minor);
        Assert.Equal(
            [135_295, 26_344, 14_084, 56_936],
            ((string[])["generation", "transmission", "loss", "distribution"]).Select(line => bill[line].Minor));
        Assert.Equal(1_738, bill["franchise"].Minor);
        Assert.Equal(14_896, bill["vat generation"].Minor);
        // threadreaderapp.com 1260938954104139776: 200 kWh at 1.0012, 400 kWh all at 1.6175.
        Assert.Equal(20_024, Compute("PH-MERALCO-2016", 200)["distribution"].Minor);
        Assert.Equal(64_700, Compute("PH-MERALCO-2016", 400)["distribution"].Minor);
    }

    /// <summary>techpointmag.com: 20,000 shillings, the first purchase of a month and a later one.</summary>
    [Fact(Timeout = Limit)]
    public void Uganda_sells_fifteen_cheap_units_with_the_first_purchase()
    {
        var tariff = WorldTariffs.Of("UG-2021");
        Assert.True(Vending.TryBuy(tariff, new(20_000), new(), new(1_000), RoundingMode.HalfUp, out var token));
        Assert.Equal(new Energy(281_000), token!.Energy);
        Assert.True(Vending.TryBuy(
            tariff, new(20_000), new() { UsedBefore = Energy.FromKwh(15), PurchaseMonths = 0 }, new(1_000),
            RoundingMode.HalfUp, out token));
        Assert.Equal(new Energy(226_000), token!.Energy); // 16,949 at 750.9.
    }

    /// <summary>headlinesnewsworld.blogspot.com of June 2012: 80, 130 and 230 units of two months.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(80, 10_000)]
    [InlineData(130, 21_500)]
    [InlineData(230, 52_000)]
    [InlineData(0, 2_000)]
    [InlineData(501, 184_575)] // 600, 1,200, 5.75 and 40.
    public void Tamil_Nadu_of_2012_has_a_fixed_charge_by_the_slab(int kwh, int paise) =>
        Assert.Equal(paise, Compute("IN-TN-2012", kwh).Total.Minor);

    /// <summary>digital-forum.it 199794, page 130: 4.5 kW and 300 kWh in two months, 22.20 before IVA.</summary>
    [Fact(Timeout = Limit)]
    public void Italy_bills_power_and_excise_of_two_months()
    {
        var bill = Compute("IT-D2", 300, 4_500);
        Assert.Equal([1_539, 681], ((string[])["potenza", "accisa"]).Select(line => bill[line].Minor));
        Assert.Equal(2_442, bill.Total.Minor);
    }

    /// <summary>epc.ws, how a bill is calculated: blocks, and 25.96 percent on their total.</summary>
    [Fact(Timeout = Limit)]
    public void Samoa_puts_its_fuel_on_the_whole() => Assert.Equal(14_108, Compute("WS-EPC", 120).Total.Minor);

    /// <summary>clubensayos.com 2070649, tariff 1A in summer 2014, at least 25 kWh.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(180, 23_235)] // 71.70, 42.20 and 86.40; 16 percent.
    [InlineData(10, 2_080)] // 17.925 and 2.868, each line rounded: 7.17 and 10.76 are missing to it.
    public void Mexico_bills_at_least_25_kWh(int kwh, int cents) =>
        Assert.Equal(cents, Compute("MX-1A-2014", kwh).Total.Minor);

    /// <summary>
    /// The rule as athy-bluegrass.com quotes it from TEPCO: the sum drops below a yen, and half the basic charge where
    /// nothing was used. Prices of 2021.
    /// </summary>
    [Theory(Timeout = Limit)]
    [InlineData(260, 7_119)] // 858, 2,385.6, 3,707.2, -704.6 and 873.
    [InlineData(0, 429)]
    [InlineData(1, 878)] // 858, 19.88, -2.71 and 3.
    public void Japan_drops_what_is_below_a_yen(int kwh, int yen) =>
        Assert.Equal(yen, Compute("JP-TEPCO-B", kwh, 3_000).Total.Minor);

    /// <summary>bassolsenergia.com, after RD 1164/2001: 85 percent at least, above 105 percent three times.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(10_000, 5_100)] // 17 kW.
    [InlineData(20_500, 6_150)]
    [InlineData(25_000, 9_900)] // 25 kW and twice 4 kW.
    public void Spain_bills_the_maximum_power_in_three_zones(int watts, int cents)
    {
        var bill = Compute("ES-30A", new() { SanctionedWatts = 20_000, MaxDemandWatts = watts });
        Assert.Equal(cents, bill.Total.Minor);
    }

    internal static Bill Compute(string id, int kwh, int watts = 0) =>
        Compute(id, BillInput.Of(Energy.FromKwh(kwh)) with { SanctionedWatts = watts });

    internal static Bill Compute(string id, BillInput input) => BillCalculator.Compute(WorldTariffs.Of(id), input);

    internal static ServiceDay Day(int year, int month, int day) => ServiceDay.Of(new(year, month, day));
}

using Meters.Billing.Bills;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Tariffs;

namespace Meters.Billing.Tests.Bills;

/// <summary>Published bills, computed once, to the cent or to the printed precision.</summary>
public class GoldenBills
{
    private const int Limit = 20_000;

    /// <summary>G01, weirdkaya.com by the calculator of myTNB: 690 kWh.</summary>
    [Fact(Timeout = Limit)]
    public void G01_Malaysia_taxes_only_what_is_above_600_kWh()
    {
        var bill = Compute("MY-TNB-A", BillInput.Of(Energy.FromKwh(690)));
        Assert.Equal(28_487, bill.Total.Minor);
        Assert.Equal([4_360, 3_340, 15_480, 4_914], bill.Lines[0].Parts.Select(part => part.Amount.Minor));
        Assert.Equal(393, bill["sst"].Minor);
    }

    /// <summary>G02, khbf3.blogspot.com of February 2009: 34231 to 35111.</summary>
    [Fact(Timeout = Limit)]
    public void G02_Malaysia_of_2009()
    {
        var tariff = Published.Read(Published.Json("MY-2009", "MYR", "Asia/Kuala_Lumpur", "2009-01-01",
            "\"accumulate\":\"month\"," + Published.Tiers((200, "0.218"), (null, "0.258"))));
        var bill = BillCalculator.Compute(tariff, BillInput.Of(Energy.FromKwh(35_111 - 34_231)));
        Assert.Equal([4_360, 17_544], bill.Lines[0].Parts.Select(part => part.Amount.Minor));
        Assert.Equal(21_904, bill.Total.Minor);
    }

    /// <summary>G04, Taipower of June 2023 quoted at ez3c.tw: one summer month of 400 kWh, 941.80 as 942.</summary>
    [Fact(Timeout = Limit)]
    public void G04_Taiwan_in_summer_in_whole_dollars()
    {
        var bill = Compute("TW-RES-2021", new() { Uses = [new(Energy.FromKwh(400), "summer")], Months = 1 });
        Assert.Equal(94_180, bill["energy"].Minor);
        Assert.Equal(20, bill.Rounding.Minor);
        Assert.Equal(94_200, bill.Total.Minor);
        // Two months have all limits doubled.
        var two = Compute("TW-RES-2021", new() { Uses = [new(Energy.FromKwh(800), "summer")] });
        Assert.Equal(2 * 94_180, two["energy"].Minor);
    }

    /// <summary>G05, mightytech.org, a printed bill of April 2021: 118 kWh, 2 kW, each line in whole taka.</summary>
    [Fact(Timeout = Limit)]
    public void G05_Bangladesh_rounds_every_line()
    {
        var bill = Compute("BD-2020", BillInput.Of(Energy.FromKwh(118)) with { SanctionedWatts = 2_000 });
        Assert.Equal(
            [("energy", 56_000), ("demand", 6_000), ("rent", 4_000), ("vat", 3_300)],
            bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
        Assert.Equal(69_300, bill.Total.Minor);
        // The lifeline: 187.50.
        Assert.Equal(18_800, Compute("BD-2020", BillInput.Of(Energy.FromKwh(50)))["energy"].Minor);
    }

    /// <summary>G07, pulselive.co.ke: 500 shillings buy 32.3 units, the first purchase of the month.</summary>
    [Fact(Timeout = Limit)]
    public void G07_Kenya_of_2013_in_units_for_500_shillings()
    {
        var tariff = Published.Of("KE-2013");
        Assert.True(Vending.TryBuy(tariff, new(50_000), new(), new(1_000), RoundingMode.HalfUp, out var token));
        Assert.Equal(new Energy(323_000), token!.Energy);
        Assert.Equal(
            [
                ("energy", 8_075), ("fixed", 15_000), ("fuel", 18_443), ("forex", 549), ("warma", 162),
                ("inflation", 581), ("rep", 404), ("erc", 97), ("vat", 6_731),
            ],
            token.Bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
        Assert.Equal(50_042, token.Bill.Total.Minor); // The lines as printed.
        Assert.Equal(new Energy(322_587), token.Exact);
    }

    /// <summary>G11, exam answer of Tshwane: block 1 of 2023/24 with tax.</summary>
    [Fact(Timeout = Limit)]
    public void G11_Tshwane_with_tax_for_one_kWh()
    {
        var bill = Compute("ZA-TSHWANE-2023", BillInput.Of(Energy.FromKwh(1)));
        Assert.Equal(31_088, (bill.Exact * 100).RoundHalfUp()); // 3.1088, to a hundredth of a cent.
        Assert.Equal(311, bill.Lines.Sum(line => line.Amount.Minor));
    }

    /// <summary>G12, askfilo.com activity 11.1.1: a municipality of KwaZulu-Natal, 145 kWh without tax.</summary>
    [Fact(Timeout = Limit)]
    public void G12_KwaZulu_Natal_with_a_service_charge()
    {
        var tariff = Published.Read(Published.Json("ZA-KZN", "ZAR", "Africa/Johannesburg", "2023-07-01", """
            "accumulate":"month","tiers":[{"upToKwh":500,"price":"1.1431"},{"price":"1.1431"}],
            "lines":[{"kind":"standing","name":"service","amount":"409.13"}]
            """));
        Assert.Equal(57_488, BillCalculator.Compute(tariff, BillInput.Of(Energy.FromKwh(145))).Total.Minor);
    }

    /// <summary>G13, G14, G15 and G18, poluronline.com; G18 as its own old bill and printed rise have it.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(200, 225)]
    [InlineData(400, 1_125)]
    [InlineData(500, 1_725)]
    [InlineData(300, 675)]
    [InlineData(501, 1_958)] // The other table from here on: 0, 300 at 4.50, 100 at 6, 1 at 8.
    public void G13_Tamil_Nadu_by_two_months_and_the_total(int kwh, int rupees) =>
        Assert.Equal(100 * rupees, Compute("IN-TN-2022", BillInput.Of(Energy.FromKwh(kwh))).Total.Minor);

    /// <summary>G19, alancarr.co.za: 200 rand at the beginning of a month; printed 58.40.</summary>
    [Fact(Timeout = Limit)]
    public void G19_Tshwane_of_2026_for_200_rand()
    {
        var tariff = Published.Of("ZA-TSHWANE-2026");
        Assert.True(Vending.TryBuy(tariff, new(20_000), new(), new(100), RoundingMode.Down, out var token));
        Assert.InRange(token!.Energy.TenthsWh, 584_000 - 100, 584_000 + 100);
        // With 90 kWh bought before, ten are left in the first block and the rest costs more.
        Assert.True(Vending.TryBuy(
            tariff, new(20_000), new() { UsedBefore = Energy.FromKwh(90) }, new(100), RoundingMode.Down, out token));
        Assert.Equal(new Energy(509_800), token!.Energy); // 10 kWh for 34.25, then 165.75 at 4.044.
    }

    /// <summary>G20, newsflashupdates.com of 11 January 2024: 250 shillings, 7.82 units.</summary>
    [Fact(Timeout = Limit)]
    public void G20_Kenya_of_2024_for_250_shillings()
    {
        var tariff = Published.Of("KE-2024-01");
        Assert.True(Vending.TryBuy(tariff, new(25_000), new(), new(100), RoundingMode.HalfUp, out var token));
        Assert.Equal(new Energy(78_200), token!.Energy);
        var bill = token.Bill;
        Assert.Equal([12_960, 648, 2_615], ((string[])["energy", "rep", "vat"]).Select(line => bill[line].Minor));
        Assert.InRange(bill["fuel"].Minor, 3_385, 3_386); // Printed 33.85, 33.86 by its own rate.
        Assert.InRange(bill["forex"].Minor, 5_052, 5_053);
        Assert.InRange(bill["epra"].Minor, 62, 63);
        Assert.Equal(11, bill["wra"].Minor);
    }

    /// <summary>G22, alumniagri.in quoting TPDDL: 6 kW, 14 of 31 days (0.4516), 5,029.05 of energy.</summary>
    [Fact(Timeout = Limit)]
    public void G22_Delhi_by_the_line()
    {
        var tariff = Published.Read(Published.Json("IN-DL-2014", "INR", "Asia/Kolkata", "2014-07-01", """
            "tiers":[{"price":"1.00"}],
            "lines":[
              {"kind":"standing","name":"fixed","slabs":[{"upToKw":"2","amount":"40"},{"upToKw":"5","amount":"100"},
                {"perKw":"25"}]},
              {"kind":"percent","name":"surcharge","account":"surcharge","percent":"8","of":["energy"]},
              {"kind":"percent","name":"surcharge fixed","account":"surcharge","percent":"8","of":["fixed"]}]
            """));
        var bill = BillCalculator.Compute(tariff, new()
        {
            Uses = [new(new Energy(50_290_500))],
            From = Day(2014, 8, 1),
            To = Day(2014, 8, 14),
            SanctionedWatts = 6_000,
        });
        Assert.Equal(
            [("energy", 502_905), ("fixed", 6_774), ("surcharge", 40_232), ("surcharge fixed", 542)],
            bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
    }

    /// <summary>
    /// Worked by hand, in the manner of the bills of Korea: a basic charge by the tier reached, limits by the season, a
    /// fund cut down to ten won, and the whole cut down to ten won.
    /// </summary>
    [Theory(Timeout = Limit)]
    [InlineData(4, 200, 31_500)] // 910 + 24,000 + 2,800; VAT 2,771, fund 1,020 of 1,025.27; 31,501.
    [InlineData(4, 201, 32_540)] // 1,600 + 24,000 + 214.6 + 2,814; VAT 2,863, fund 1,050 of 1,059.25; 32,541.
    [InlineData(8, 201, 31_650)] // In summer the first tier goes to 300.
    public void Lines_may_have_a_rounding_of_their_own(int month, int kwh, int won)
    {
        var tariff = Published.Read(Published.Json("KR", "KRW", "Asia/Seoul", "2023-05-16", """
            "accumulate":"month","rounding":{"per":"bill","unit":"10","mode":"down"},
            "energy":{"rounding":{"unit":"1","mode":"down"},"seasons":[
              {"months":[7,8],"tiers":[{"upToKwh":300,"price":"120.0","fixed":"910"},
                {"upToKwh":450,"price":"214.6","fixed":"1600"},{"price":"307.3","fixed":"7300"}]},
              {"tiers":[{"upToKwh":200,"price":"120.0","fixed":"910"},
                {"upToKwh":400,"price":"214.6","fixed":"1600"},{"price":"307.3","fixed":"7300"}]}]},
            "lines":[
              {"kind":"perKwh","name":"climate","price":"9"},
              {"kind":"perKwh","name":"fuel","price":"5"},
              {"kind":"percent","name":"vat","percent":"10","of":["energy","climate","fuel"]},
              {"kind":"percent","name":"fund","percent":"3.7","of":["energy","climate","fuel"],
               "rounding":{"unit":"10","mode":"down"}}]
            """));
        var bill = BillCalculator.Compute(tariff, new() { Uses = [new(Energy.FromKwh(kwh), Month: month)] });
        Assert.Equal(won, bill.Total.Minor);
    }

    private static ServiceDay Day(int year, int month, int day) => ServiceDay.Of(new(year, month, day));

    private static Bill Compute(string tariff, BillInput input) =>
        BillCalculator.Compute(Published.Of(tariff), input);
}

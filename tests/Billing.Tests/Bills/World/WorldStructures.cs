using Meters.Billing.Bills;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Tests.Bills.World;

/// <summary>Structures that utilities publish, with bills computed by hand from the figures of the documents.</summary>
public class WorldStructures
{
    private const int Limit = 20_000;

    /// <summary>Each worked out by hand from prices, slabs and taxes of the document.</summary>
    [Theory(Timeout = Limit)]
    [InlineData("VN-2023", 350, 0, 891_756)] // EVN, six blocks: 825,700 and 8 percent.
    [InlineData("PH-LIFELINE", 20, 0, 0)] // All of it.
    [InlineData("PH-LIFELINE", 60, 0, 40_505)] // 556.38 less 194.733, and 12 percent: 361.647 and 43.398.
    [InlineData("PH-LIFELINE", 101, 0, 103_643)]
    [InlineData("MY-2025", 450, 0, 13_684)] // TNB: 199.935 less 65.25, and 1.6 percent.
    [InlineData("MY-2025", 700, 0, 29_122)] // 311.01 - 38.5 + 10 + 4.36016; 8 percent of 44.43 and of 10.
    [InlineData("MY-2025", 0, 0, 0)]
    [InlineData("ID-R1", 500, 1_300, 74_402_050)] // PLN: 722,350 and 3 percent.
    [InlineData("ID-R1", 4_000, 1_300, 596_216_400)] // Above five million the stamp of 10,000 too.
    [InlineData("ID-R1", 10, 1_300, 7_555_781)] // At least 40 hours of 1.3 kVA: 75,124.40; PPJ of what was used.
    [InlineData("HK-BLOCKS", 190, 0, 21_793)] // 167.77, 82.84 and -32.68.
    [InlineData("HK-BLOCKS", 400, 0, 46_680)] // 353.20, 174.40 and -60.80.
    [InlineData("HK-BLOCKS", 401, 0, 52_906)] // The rebate is gone: 354.224 and 174.836.
    [InlineData("HK-BLOCKS", 10, 0, 3_670)]
    [InlineData("PK-COMMERCIAL", 100, 0, 529_800)] // 4,000, 680, tax 418 of what is above 500, extra 200.
    [InlineData("PK-COMMERCIAL", 1_000, 0, 5_876_600)] // 46,800; 1,950 and 3,216 of what is above; extra 6,800.
    [InlineData("LK-2023", 0, 0, 15_385)] // 150 / 0.975.
    [InlineData("LK-2023", 60, 0, 138_462)] // 300, 750 and 300.
    [InlineData("LK-2023", 100, 0, 458_462)] // 1,920, 1,050, 500 and 1,000.
    [InlineData("JO-2022", 250, 0, 11_750)] // NEPCO: 12.5 less 2, 0.25 and 1.
    [InlineData("JO-2022", 52, 0, 1_152)] // 2.6 less 2.5, 0.052 and 1.
    [InlineData("JO-2022", 0, 0, 1_000)]
    [InlineData("SA-RES", 7_000, 30_000, 160_425)] // 1,380, 15 and 15 percent.
    [InlineData("TR-RES", 300, 0, 37_491)] // 158.40, 174.51, 7.92 and 34.08 of 340.83.
    [InlineData("CO-E1", 200, 0, 7_700_810)] // 160,100 less 60 percent of 173 kWh: 83,091.90.
    [InlineData("EG-2024", 300, 0, 28_800)] // 166, 111 and 11.
    [InlineData("EG-2024", 700, 0, 100_500)] // All at 1.40, and 25.
    [InlineData("EG-2024", 0, 0, 100)]
    [InlineData("ZA-CPT", 700, 13_800, 240_359)] // 1,991.83 less 161.916; 180.17 and 80.
    [InlineData("IT-D3", 200, 0, 5_750)] // 50, 2.27 and 10 percent.
    [InlineData("IT-D3", 300, 0, 8_799)] // 75, 3.178 and 1.816.
    [InlineData("US-TX", 999, 0, 17_808)]
    [InlineData("US-TX", 1_000, 0, 10_175)] // 165.579 and 9.18 less 75; 1.997 percent.
    public void Bills_by_use_alone(string id, int kwh, int watts, int minor) =>
        Assert.Equal(minor, WorldBills.Compute(id, kwh, watts).Total.Minor);

    /// <summary>MSEDCL: the slabs and the fixed charge of 31 days are 31/30 of those of a month.</summary>
    [Fact(Timeout = Limit)]
    public void Maharashtra_counts_a_month_as_thirty_days()
    {
        var bill = WorldBills.Compute("IN-MH-2020", BillInput.Of(Energy.FromKwh(221)) with
        {
            From = WorldBills.Day(2020, 5, 1),
            To = WorldBills.Day(2020, 5, 31),
        });
        Assert.Equal(11_367, bill["fixed"].Minor); // 110 times 31/30.
        Assert.Equal(123_180, bill["energy"].Minor); // 103.3333 at 3.46 and 117.6667 at 7.43.
        Assert.Equal(
            new Ratio(16, 100), bill.Lines.Single(line => line.Name == "duty").Exact
                / (bill.Exact - bill.Lines.Single(line => line.Name == "duty").Exact));
    }

    /// <summary>PG&amp;E E-1: a baseline by the day and season, a least charge by the day.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(7, 400, 17_356)] // 313.1 at 0.41, 86.9 at 0.52.
    [InlineData(1, 400, 17_049)] // 341 at 0.41, 59 at 0.52.
    [InlineData(1, 10, 1_214)] // 31 times 0.39167.
    public void California_has_a_baseline_by_days(int month, int kwh, int cents) =>
        Assert.Equal(cents, WorldBills.Compute("US-CA-E1", BillInput.Of(Energy.FromKwh(kwh)) with
        {
            From = WorldBills.Day(2026, month, 1),
            To = WorldBills.Day(2026, month, 31),
        }).Total.Minor);

    /// <summary>
    /// Georgia Power PLM and Dominion GS-3 (energy-models.com 4306): hours of use of the demand, blocks of it, and a
    /// demand that does not fall below a share of the last eleven months.
    /// </summary>
    [Fact(Timeout = Limit)]
    public void Georgia_bills_hours_of_use_and_remembers_the_demand()
    {
        var bill = WorldBills.Compute("US-GA-HOURS", BillInput.Of(Energy.FromKwh(17_588)) with
        {
            MaxDemandWatts = 36_000,
            EarlierDemandWatts = 50_000,
        });
        Assert.Equal(89_264, bill["hours"].Minor); // 7,200 at 0.10; 7,200 at 0.018; 3,188 at 0.0135.
        Assert.Equal(39_552, bill["demand"].Minor); // 47.5 is 48 kW.
        Assert.Equal(5_100, bill["excess demand"].Minor); // 25 at 1.50, 6 at 2.25.
        Assert.Equal(59_799, bill["energy"].Minor);
        Assert.Equal(201_481, bill.Total.Minor); // 1,956.15 with the customer charge, and 2.9989 percent.
    }

    /// <summary>MSEDCL HT: kVA at the month's power factor, 75 percent of the contract, hours of use.</summary>
    [Fact(Timeout = Limit)]
    public void High_tension_is_billed_by_kVA_and_load_factor()
    {
        var bill = WorldBills.Compute("IN-MH-HT", new()
        {
            Uses = [new(Energy.FromKwh(60_000), "day"), new(Energy.FromKwh(30_000), "peak"),
                new(Energy.FromKwh(30_000), "night")],
            Reactive = Energy.FromKwh(39_441), // Power factor 0.95.
            MaxDemandWatts = 190_000,
            SanctionedWatts = 210_000,
        });
        Assert.Equal(9_000_000, bill["demand"].Minor); // 200 kVA at 450.
        Assert.Equal(-1_200_000, bill["tod"].Minor);
        Assert.Equal(0, bill["factor"].Minor);
        Assert.Equal(-4_440_000, bill["load factor"].Minor); // 571 hours: 5 percent of 888,000.
        Assert.Equal(100_362_000, bill.Total.Minor); // 933,600 and 7.5 percent.
    }

    /// <summary>TNB's domestic time of use of July 2025: the price of a band by the total of the month.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(600, 800, 36_656)]
    [InlineData(600, 1_000, 57_542)]
    public void Malaysia_prices_bands_by_the_total(int peak, int off, int cents) =>
        Assert.Equal(cents, WorldBills.Compute("MY-2025-TOU", new()
        {
            Uses = [new(Energy.FromKwh(peak), "peak"), new(Energy.FromKwh(off), "off")],
        })["energy"].Minor);

    /// <summary>Ausgrid's demand tariff: a price by the day for the highest window of the season.</summary>
    [Fact(Timeout = Limit)]
    public void Australia_bills_demand_by_the_day_and_season()
    {
        var bill = WorldBills.Compute("AU-DEMAND", new()
        {
            Uses = [new(Energy.FromKwh(90), "summer peak"), new(Energy.FromKwh(310), "off")],
            Exported = [new(Energy.FromKwh(120), "off")],
            DemandWattsByBand = new Dictionary<string, long> { ["summer peak"] = 4_200, ["winter peak"] = 0 },
            MaxDemandWatts = 6_000,
            From = WorldBills.Day(2026, 1, 1),
            To = WorldBills.Day(2026, 1, 31),
        });
        Assert.Equal(
            [("energy", 9_646), ("supply", 3_473), ("high demand", 3_884), ("feed-in", -600), ("gst", 1_700)],
            bill.Lines.Select(line => (line.Name, line.Amount.Minor)));
    }

    /// <summary>A discount for prompt payment that ends at an amount; GST on what is left.</summary>
    [Theory(Timeout = Limit)]
    [InlineData(500, -1_792)] // 10 percent of 142.05 and 37.20.
    [InlineData(1_000, -2_500)] // Not 32.13.
    public void New_Zealands_discount_has_an_end(int kwh, int cents) =>
        Assert.Equal(cents, WorldBills.Compute("NZ-PROMPT", BillInput.Of(Energy.FromKwh(kwh)) with
        {
            From = WorldBills.Day(2026, 1, 1),
            To = WorldBills.Day(2026, 1, 31),
        })["prompt"].Minor);

    [Fact(Timeout = Limit)]
    public void A_credit_for_what_is_fed_in_ends_at_what_was_taken()
    {
        var bill = WorldBills.Compute("US-NM-EXPORT", BillInput.Of(Energy.FromKwh(100)) with
        {
            Exported = [new(Energy.FromKwh(500))],
        });
        Assert.Equal(-1_200, bill["solar"].Minor);
        Assert.Equal(750 + 38, bill.Total.Minor);
    }

    [Fact(Timeout = Limit)]
    public void France_has_two_rates_of_VAT_each_on_rounded_lines()
    {
        var bill = WorldBills.Compute("FR-HPHC", new()
        {
            Uses = [new(Energy.FromKwh(203), "HP"), new(Energy.FromKwh(97), "HC")],
        });
        // 35.119 and 12.513 are 47.63; 8.994 is 8.99; 13.08 at 5.5 percent and 56.62 at 20.
        Assert.Equal([4_763, 1_130, 178, 899, 72, 1_132], bill.Lines.Select(line => line.Amount.Minor));
    }

    [Fact(Timeout = Limit)]
    public void The_Netherlands_give_back_a_part_of_their_tax_by_the_day()
    {
        var bill = WorldBills.Compute("NL-TAX", BillInput.Of(Energy.FromKwh(250)) with
        {
            UsedBefore = Energy.FromKwh(2_800),
            From = WorldBills.Day(2026, 11, 1),
            To = WorldBills.Day(2026, 11, 30),
        });
        // 100 at 0.10154 and 150 at 0.09157; 30 times 1.4382; 30 times 1.20.
        Assert.Equal([3_500, 2_389, -4_315, 3_600, 1_087], bill.Lines.Select(line => line.Amount.Minor));
    }
}

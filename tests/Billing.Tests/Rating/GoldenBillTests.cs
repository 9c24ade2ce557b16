using System.Globalization;
using System.Text.Json;
using Meters.Billing.Accounts;
using Meters.Billing.Rating;
using Meters.Billing.Tariffs;
using Meters.Tests;
using static Meters.Billing.Tests.Sample;

namespace Meters.Billing.Tests.Rating;

/// <summary>
/// Published bills, to the cent: the energy lines of those that flat and tiered tariffs can express. Left out: G07, G19
/// and G20 turn a purchase into energy with fixed charges, taxes and levies; G11 is a price with tax; G22 is percent
/// lines only. The two months of the Indian bills stand as one here: what is tested is the tiers, not the length of the
/// cycle. The cliff above 500 kWh is not expressible.
/// </summary>
public class GoldenBillTests
{
    [Theory]
    [InlineData("G01", "MY-TNB-A", "tiers", "280.94")] // 284.87 less 3.93 of tax.
    [InlineData("G04", "TW-RES-2021", "summer", "941.80")] // Printed in whole dollars.
    [InlineData("G05", "BD-2020", "tiers", "560.21")] // Printed as 560; demand, rent and VAT are lines of their own.
    [InlineData("G13", "IN-TN-2022", "if_total_le_500", "225.00")]
    [InlineData("G14", "IN-TN-2022", "if_total_le_500", "1125.00")]
    [InlineData("G15", "IN-TN-2022", "if_total_le_500", "1725.00")]
    [InlineData("G18", "IN-TN-2022", "if_total_le_500", "675.00")]
    public void Energy_of_a_published_bill_comes_out_to_the_cent(
        string bill, string tariff, string tiers, string expected)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Needs.Data("golden-bills.json")));
        using var tariffs = JsonDocument.Parse(File.ReadAllText(Needs.Data("tariffs.json")));
        var entry = golden.RootElement.GetProperty("golden").EnumerateArray().Single(e => Id(e) == bill);
        var inputs = entry.GetProperty("inputs").EnumerateObject();
        var kwh = inputs.First(p => p.Name.StartsWith("kwh", StringComparison.Ordinal)).Value.ToString();
        var rates = tariffs.RootElement.EnumerateArray().Single(e => Id(e) == tariff);
        AssertBill(Tariff(rates.GetProperty(tiers), Accumulation.Month), kwh, expected);
    }

    [Theory]
    [InlineData("CN-BJ-RES", Accumulation.Month, "500", "282.15")] // 240 at 0.4883, 160 at 0.5383, 100 at 0.7883.
    [InlineData("CN-ZJ-RES", Accumulation.Year, "6000", "3690.00")] // 2760 at 0.538, 2040 at 0.588, 1200 at 0.838.
    public void Energy_of_a_published_tariff_worked_by_hand(
        string tariff, Accumulation accumulation, string kwh, string expected)
    {
        using var tariffs = JsonDocument.Parse(File.ReadAllText(Needs.Data("tariffs.json")));
        var rates = tariffs.RootElement.EnumerateArray().Single(e => Id(e) == tariff);
        AssertBill(Tariff(rates.GetProperty("tiers"), accumulation), kwh, expected);
    }

    [Theory]
    [InlineData("880", "219.04", "200:0.218", "0.258")] // G02, Malaysia 2009.
    [InlineData("145", "165.75", "1.1431")] // G12 is this and 409.13 of service.
    public void Energy_of_a_bill_whose_rates_stand_in_its_name(string kwh, string expected, params string[] tiers) =>
        AssertBill(
            Tariff(
                tiers.Select(tier => tier.Split(':')).Select(t => (t.Length > 1 ? t[0] : null, t[^1])),
                Accumulation.Month),
            kwh,
            expected);

    private static string? Id(JsonElement element) => element.GetProperty("id").GetString();

    private static TariffVersion Tariff(JsonElement tiers, Accumulation accumulation) => Tariff(
        tiers.EnumerateArray().Select(tier => tier.ValueKind == JsonValueKind.Array
            ? (UpTo(tier[0]), tier[1].GetString()!)
            : (UpTo(tier.GetProperty("upto")), tier.GetProperty("flat").GetString()!)),
        accumulation);

    private static string? UpTo(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : value.ToString();

    /// <summary>
    /// All of them as documents, so that the reader of tariffs is in the test; the last end, if given, is left open.
    /// </summary>
    private static TariffVersion Tariff(IEnumerable<(string? UpTo, string Price)> tiers, Accumulation accumulation)
    {
        var all = tiers.ToList();
        var written = all.Select((tier, i) => tier.UpTo is null || i == all.Count - 1
            ? $$"""{"price":"{{tier.Price}}"}"""
            : $$"""{"upToKwh":{{tier.UpTo}},"price":"{{tier.Price}}"}""");
        var word = accumulation == Accumulation.Year ? "year" : "month";
        var json =
            """{"id":"T","version":1,"effectiveFrom":"2026-01-01","currency":"CNY","zone":"+08:00",""" +
            $$""" "accumulate":"{{word}}","tiers":[{{string.Join(',', written)}}]}""";
        Assert.True(TariffJson.TryParse(json, out var version, out var faults), string.Join('\n', faults));
        return version!;
    }

    /// <summary>Computed once; by the canonical rater; and by a book, hour by hour and posted day by day.</summary>
    private static void AssertBill(TariffVersion tariff, string kwh, string expected)
    {
        Assert.True(Decimals.TryParse(kwh, 4, out var used));
        Assert.Equal(expected, Decimals.Format(tariff.CumulativeCharge(new(used)).RoundHalfUp().Minor, 2));
        var random = new Random(int.Parse(kwh, CultureInfo.InvariantCulture));
        const int Hours = 30 * 24;
        var between = Enumerable.Range(0, Hours - 1).Select(_ => random.NextInt64(used + 1));
        var registers = between.Order().Prepend(0).Append(used);
        var readings = registers.Select((register, hour) => Read(Day(1, hour), register)).ToList();
        var sum = CanonicalRater.Rate(readings, 1, new(tariff)).Aggregate(ExactCharge.Zero, (a, b) => a + b);
        Assert.Equal(tariff.CumulativeCharge(new(used)), sum);
        var one = new Accounts.BookOfOne(tariff, watts: 0);
        foreach (var reading in readings)
        {
            var status = one.Apply(reading, Day(40));
            if (status == ReadingStatus.DayMustCloseFirst)
            {
                one.CloseDay();
                status = one.Apply(reading, Day(40));
            }

            Assert.InRange(status, ReadingStatus.Rated, ReadingStatus.First);
        }

        while (one.Book.ClosedThrough < ServiceDay.Of(new(2026, 1, 31))) one.CloseDay();
        Assert.Equal("-" + expected, Decimals.Format(one.Position.Journal.Minor, 2));
    }
}

using System.Text.Json;
using Meters.Billing.Tariffs;
using Meters.Tests;
using Meters.Units;

namespace Meters.Billing.Tests.Tariffs;

public class TariffJsonTests
{
    private const string Zhejiang =
        """{"id":"CN-ZJ-RES","version":1,"effectiveFrom":"2025-07-01","currency":"CNY",""" +
        """ "zone":"+08:00","accumulate":"year",""" +
        """ "tiers":[{"upToKwh":"2760","price":"0.538"},{"upToKwh":"4800","price":"0.588"},{"price":"0.838"}]}""";

    [Fact]
    public void A_published_tariff_is_read_exactly()
    {
        Assert.True(TariffJson.TryParse(Zhejiang, out var tariff, out var faults));
        Assert.Empty(faults);
        Assert.Equal(Instant.Utc(2025, 6, 30, 16), tariff!.EffectiveFrom);
        Assert.Equal(Accumulation.Year, tariff.Accumulation);
        Assert.Equal(
            [
                new(Energy.FromKwh(2760), new(53_800_000)),
                new(Energy.FromKwh(4800), new(58_800_000)),
                new(null, new(83_800_000)),
            ],
            tariff.Tiers);
    }

    [Fact]
    public void What_is_written_is_what_was_read() =>
        Assert.Equal(Zhejiang.Replace(" ", "", StringComparison.Ordinal), Rewritten(Zhejiang));

    [Theory]
    [InlineData("JPY", "27.123456", 27_123_456)]
    [InlineData("KWD", "0.000000001", 1)]
    [InlineData("CNY", "0", 0)]
    [InlineData("CNY", "0.53800", 53_800_000)]
    public void A_price_is_in_major_units_whatever_the_decimals_of_the_currency(
        string currency, string price, long microMinor)
    {
        var json = Zhejiang.Replace("CNY", currency, StringComparison.Ordinal);
        json = json.Replace("0.838", price, StringComparison.Ordinal);
        Assert.True(TariffJson.TryParse(json, out var tariff, out _));
        Assert.Equal(microMinor, tariff!.Tiers[2].Price.MicroMinor);
    }

    [Fact]
    public void Energy_may_be_a_whole_number_or_a_decimal_string()
    {
        var json = Zhejiang.Replace("\"2760\"", "2760", StringComparison.Ordinal);
        json = json.Replace("4800", "4800.5000", StringComparison.Ordinal);
        Assert.True(TariffJson.TryParse(json, out var tariff, out _));
        Assert.Equal(Energy.FromKwh(2760), tariff!.Tiers[0].UpTo);
        Assert.Equal(new Energy(48_005_000), tariff.Tiers[1].UpTo);
    }

    [Fact]
    public void Accumulate_may_be_absent_from_a_flat_tariff()
    {
        const string Flat =
            """{"id":"F","version":2,"effectiveFrom":"2026-01-01","currency":"CNY","zone":"Asia/Shanghai",""" +
            """ "tiers":[{"price":"0.5"}]}""";
        Assert.True(TariffJson.TryParse(Flat, out var tariff, out _));
        Assert.Equal(Accumulation.None, tariff!.Accumulation);
        Assert.Contains("\"accumulate\":\"none\"", TariffJson.Write(tariff), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "", "$", "not JSON")]
    [InlineData("\"id\":\"CN-ZJ-RES\",", "", "$.id", "missing")]
    [InlineData("CN-ZJ-RES", "", "$.id", "1 to 50")]
    [InlineData("CN-ZJ-RES", "a b", "$.id", "1 to 50")]
    [InlineData("\"CN-ZJ-RES\"", "7", "$.id", "string")]
    [InlineData("\"version\":1", "\"version\":0", "$.version", "from 1")]
    [InlineData("\"version\":1", "\"version\":\"1\"", "$.version", "from 1")]
    [InlineData("\"version\":1", "\"version\":1.5", "$.version", "from 1")]
    [InlineData("2025-07-01", "2025-7-1", "$.effectiveFrom", "not a date")]
    [InlineData("2025-07-01", "2025-02-30", "$.effectiveFrom", "not a date")]
    [InlineData("2025-07-01", "9999-12-31", "$.effectiveFrom", "not a date")]
    [InlineData("CNY", "ZZZ", "$.currency", "ISO 4217")]
    [InlineData("+08:00", "Mars/Olympus", "$.zone", "IANA")]
    [InlineData("+08:00", "+15:00", "$.zone", "IANA")]
    [InlineData("year", "week", "$.accumulate", "not one of")]
    [InlineData("year", "none", "$.accumulate", "Several tiers")]
    [InlineData("\"2760\"", "\"4800\"", "$.tiers[1].upToKwh", "above the end of the one before")]
    [InlineData("\"2760\"", "\"0\"", "$.tiers[0].upToKwh", "above zero")]
    [InlineData("\"2760\"", "2760.5", "$.tiers[0].upToKwh", "decimal string")]
    [InlineData("\"2760\"", "\"1.00001\"", "$.tiers[0].upToKwh", "four decimals")]
    [InlineData("\"upToKwh\":\"4800\",", "", "$.tiers[1].upToKwh", "Only the last tier is open")]
    [InlineData("\"price\":\"0.838\"", "\"upToKwh\":9000,\"price\":\"1\"", "$.tiers[2].upToKwh", "last tier is open")]
    [InlineData("\"0.588\"", "0.588", "$.tiers[1].price", "string")]
    [InlineData("0.588", "-0.588", "$.tiers[1].price", "not negative")]
    [InlineData("0.588", "0.123456789", "$.tiers[1].price", "at most 8 decimals")]
    [InlineData("0.588", "5e-1", "$.tiers[1].price", "decimal")]
    [InlineData("0.588", "99999999999999", "$.tiers[1].price", "decimal")]
    [InlineData("\"price\":\"0.838\"", "", "$.tiers[2].price", "missing")]
    [InlineData("{\"price\":\"0.838\"}", "7", "$.tiers[2]", "object")]
    [InlineData("\"accumulate\"", "\"acumulate\"", "$.acumulate", "no property of this name")]
    [InlineData("\"price\":\"0.838\"", "\"price\":\"0.838\",\"tax\":1", "$.tiers[2].tax", "no property of this name")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":2", "$.version", "twice")]
    public void Each_fault_names_its_place_and_what_is_wrong(string good, string bad, string path, string message)
    {
        var json = Zhejiang.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(Zhejiang, json);
        Assert.False(TariffJson.TryParse(json, out var tariff, out var faults));
        Assert.Null(tariff);
        Assert.Contains(
            faults, fault => fault.Path == path && fault.Message.Contains(message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"tiers":{}}""")]
    [InlineData("""{"tiers":[]}""")]
    public void A_document_of_another_shape_is_a_fault(string json)
    {
        Assert.False(TariffJson.TryParse(json, out _, out var faults));
        Assert.NotEmpty(faults);
    }

    [Fact]
    public void All_faults_come_at_once()
    {
        const string Bad =
            """{"id":"","version":0,"currency":"?","zone":"?","accumulate":"?","y":1,""" +
            """ "tiers":[{"price":"-1"},{"upToKwh":1,"price":"x"}]}""";
        Assert.False(TariffJson.TryParse(Bad, out _, out var faults));
        Assert.Equal(
            [
                "$.accumulate", "$.currency", "$.effectiveFrom", "$.id", "$.tiers[0].price", "$.tiers[0].upToKwh",
                "$.tiers[1].price", "$.tiers[1].upToKwh", "$.version", "$.y", "$.zone",
            ],
            faults.Select(fault => fault.Path).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_version_that_begins_inside_a_day_cannot_be_written()
    {
        var tariff = Sample.Flat(from: Sample.Day(3, hour: 7));
        Assert.Throws<ArgumentException>(() => TariffJson.Write(tariff));
    }

    [Fact]
    public void The_published_schema_knows_the_same_properties_and_its_example_is_read()
    {
        var file = Path.Combine(Needs.Root(), "docs", "schemas", "tariff.schema.json");
        using var schema = JsonDocument.Parse(File.ReadAllText(file));
        var examples = schema.RootElement.GetProperty("examples").EnumerateArray().ToList();
        foreach (var example in examples)
        {
            Assert.True(TariffJson.TryParse(example.GetRawText(), out _, out var faults), string.Join('\n', faults));
        }

        var properties = schema.RootElement.GetProperty("properties");
        Assert.Equal(
            examples.SelectMany(NamesOf).Distinct().Order(StringComparer.Ordinal), NamesOf(properties));

        static IEnumerable<string> NamesOf(JsonElement element) =>
            element.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void What_is_more_than_tiers_is_written_in_one_form_whatever_the_order_and_zeros()
    {
        var one = Rewritten("""
            {"energy":{"price":"0.50"},"lines":[{"price":"0.10","name":"a","kind":"perKwh"}],"zone":"+08:00",
             "version":1,"id":"T","effectiveFrom":"2026-01-01","currency":"CNY"}
            """);
        Assert.Equal(one, Rewritten(one));
        Assert.Equal(one, Rewritten("""
            {"version":1,"id":"T","effectiveFrom":"2026-01-01","currency":"CNY","zone":"+08:00",
             "lines":[{"kind":"perKwh","name":"a","price":"0.1"}],"energy":{"price":"0.5"}}
            """));
        Assert.StartsWith("{\"id\":\"T\",\"version\":1,", one, StringComparison.Ordinal);
    }

    private static string Rewritten(string json) =>
        TariffJson.TryParse(json, out var tariff, out _) ? TariffJson.Write(tariff!) : "faults";
}

using System.Text.Json;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Bills.World;
using Meters.Tests;

namespace Meters.Billing.Tests.Tariffs;

/// <summary>The published schema and the reader take the same documents.</summary>
public class SchemaTests
{
    private const int Limit = 60_000;

    [Fact(Timeout = Limit)]
    public void Every_published_tariff_keeps_to_the_schema()
    {
        var schema = Schema();
        foreach (var json in Published.All.Concat(WorldTariffs.All))
        {
            using var document = JsonDocument.Parse(json);
            var faults = schema.FaultsOf(document.RootElement);
            Assert.True(faults.Count == 0, $"{document.RootElement.GetProperty("id")}: {string.Join(", ", faults)}");
            Published.Read(json);
        }
    }

    [Theory(Timeout = Limit)]
    [InlineData("BR-CERVAM", "insidePercent", "insidepercent", "$.lines[0].insidepercent")]
    [InlineData("KR-2016", "upTo", "upToKwh", "$.lines[0].rows[0].upToKwh")]
    [InlineData("JO-2022", "creditUpTo", "creditupTo", "$.lines[0].bounds.creditupTo")]
    [InlineData("US-GA-HOURS", "months", "month", "$.lines[2].ratchet.month")]
    [InlineData("US-CA-E1", "seasons", "season", "$.energy.season")]
    public void A_misspelt_property_is_refused_by_both_with_its_place(string id, string good, string bad, string path)
    {
        var json = WorldTariffs.All.Single(json => Published.Read(json).Id == id);
        var at = json.IndexOf($"\"{good}\"", StringComparison.Ordinal);
        json = json.Remove(at + 1, good.Length).Insert(at + 1, bad);
        using var document = JsonDocument.Parse(json);
        Assert.NotEmpty(Schema().FaultsOf(document.RootElement));
        Assert.False(TariffJson.TryParse(json, out _, out var faults));
        Assert.Contains(faults, fault => fault.Path == path);
    }

    /// <summary>The document is written again in one form, and read from it as it was.</summary>
    [Fact(Timeout = Limit)]
    public void Every_published_tariff_is_written_as_it_was_read()
    {
        foreach (var json in WorldTariffs.All)
        {
            var written = TariffJson.Write(Published.Read(json));
            Assert.Equal(written, TariffJson.Write(Published.Read(written)));
        }
    }

    private static SchemaCheck Schema()
    {
        var file = Path.Combine(Needs.Root(), "docs", "schemas", "tariff.schema.json");
        return new(JsonDocument.Parse(File.ReadAllText(file)).RootElement);
    }
}

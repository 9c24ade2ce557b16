using System.Text.Json.Nodes;

namespace Meters.Host.Tests.Audit;

/// <summary>Tables, settled shares and bounds: what the end of a bill period brings.</summary>
internal static class RandomSettledLines
{
    private static readonly string[] Measures = ["kwh", "load", "demand", "kva", "kvarh", "amount"];

    public static void Add(
        Random random, List<string> bands, List<string> before, Action<string, string, JsonObject, bool> add)
    {
        for (var t = random.Next(3); t > 0; t--) add("table", $"table {t}", Table(random, bands, before), false);
        if (random.Next(3) == 0)
        {
            add("percent", "inside", new()
            {
                ["percent"] = "12",
                ["insidePercent"] = "20.26",
                ["of"] = new JsonArray(RandomDocuments.Pick(random, [.. before])),
            }, false);
        }

        if (random.Next(3) == 0)
        {
            add("percent", "of rounded", new()
            {
                ["percent"] = "17",
                ["base"] = "rounded",
                ["of"] = new JsonArray(RandomDocuments.Pick(random, [.. before])),
                ["bounds"] = new JsonObject { ["max"] = $"{random.Next(1, 40)}", ["min"] = "0.50" },
            }, false);
        }

        if (random.Next(4) != 0) return;
        add("perKwh", "credit", new()
        {
            ["price"] = "-9",
            ["account"] = "rebate",
            ["bounds"] = new JsonObject { ["creditUpTo"] = new JsonArray("energy") },
        }, false);
    }

    private static JsonObject Table(Random random, List<string> bands, List<string> before)
    {
        var by = RandomDocuments.Pick(random, Measures);
        var isAmount = by == "amount";
        var inParts = random.Next(2) == 0;
        var rows = new JsonArray();
        for (var (r, end) = (random.Next(1, 4), 0); r > 0; r--)
        {
            var row = new JsonObject { ["amount"] = $"{random.Next(-9, 30)}.05" };
            if (r > 1) row["upTo"] = $"{end += random.Next(1, isAmount ? 900 : by == "kwh" ? 200 : 4)}";
            if (!isAmount) row["perUnit"] = RandomDocuments.Pick(random, "0", "1.1", "-0.37");
            if (isAmount || !inParts) row["percent"] = RandomDocuments.Pick(random, "0", "7.5", "-3");
            rows.Add(row);
        }

        var line = new JsonObject
        {
            ["by"] = by,
            ["rows"] = rows,
            ["apply"] = inParts ? "parts" : "row",
            ["per"] = RandomDocuments.Pick(random, "month", "day", "bill"),
            ["limits"] = RandomDocuments.Pick(random, "perBill", "perMonth", "per30Days", "perKw", "perKwDemand"),
            ["of"] = new JsonArray(RandomDocuments.Pick(random, [.. before])),
            ["windowMinutes"] = 60,
        };
        if (isAmount) line["sum"] = new JsonArray("energy");
        if (by == "kvarh") line["freePercent"] = "33";
        if (bands.Count > 0 && random.Next(2) == 0) line["bands"] = new JsonArray(bands[0]);
        if (random.Next(3) == 0) line["months"] = new JsonArray(1, 3, 4, 11, 12);
        return line;
    }
}

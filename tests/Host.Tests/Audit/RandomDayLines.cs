using System.Text.Json.Nodes;

namespace Meters.Host.Tests.Audit;

/// <summary>Lines that charge days and bill periods and not energy.</summary>
internal static class RandomDayLines
{
    public static void Add(
        Random random, List<string> bands, List<string> before, Action<string, string, JsonObject, bool> add)
    {
        if (random.Next(2) == 0) add("standing", "fixed", Standing(random), false);
        var per = RandomDocuments.Pick(random, "day", "30days", "365days");
        if (random.Next(3) == 0) add("standing", "rent", new() { ["per"] = per, ["amount"] = "0.537" }, false);
        if (random.Next(3) == 0)
        {
            add("spread", "fppa", new()
            {
                ["perKwh"] = RandomDocuments.Pick(random, "0.37", "-0.21"),
                ["lagMonths"] = 1,
                ["overMonths"] = random.Next(1, 3),
            }, false);
        }

        if (random.Next(3) == 0)
        {
            var demand = new JsonObject
            {
                ["perKw"] = "12.30",
                ["minimumPercentOfLoad"] = "60",
                ["unit"] = RandomDocuments.Pick(random, "kW", "kVA"),
                ["per"] = RandomDocuments.Pick(random, "month", "day"),
                ["windowMinutes"] = 60,
            };
            if (random.Next(2) == 0) demand["stepKw"] = "0.1";
            if (random.Next(2) == 0) demand["ratchet"] = new JsonObject { ["percent"] = "90", ["months"] = 1 };
            if (random.Next(2) == 0) demand["excessPerKw"] = "30";
            if (bands.Count > 0 && random.Next(2) == 0) demand["bands"] = new JsonArray(bands[0]);
            add("demand", "demand", demand, false);
        }

        if (random.Next(3) == 0)
        {
            add("powerFactor", "factor", new()
            {
                ["of"] = new JsonArray(RandomDocuments.Pick(random, [.. before])),
                ["rows"] = new JsonArray(
                    new JsonObject { ["from"] = "0", ["percent"] = "11" },
                    new JsonObject { ["from"] = "0.85", ["percent"] = "3.5" },
                    new JsonObject { ["from"] = "0.95", ["percent"] = "-2" }),
            }, false);
        }

        RandomSettledLines.Add(random, bands, before, add);
        if (random.Next(2) != 0) return;
        add("minimum", "minimum", new()
        {
            ["perMonth"] = $"{random.Next(3_000)}",
            ["perKwMonth"] = "7",
            ["perDay"] = RandomDocuments.Pick(random, "0", "1.37"),
            ["of"] = new JsonArray(RandomDocuments.Pick(random, [.. before])),
        }, false);
    }

    private static JsonObject Standing(Random random)
    {
        var line = new JsonObject { ["loadStepKw"] = RandomDocuments.Pick(random, "0.5", "1") };
        if (random.Next(2) == 0)
        {
            line["slabs"] = new JsonArray(
                new JsonObject { ["upToKw"] = "5", ["perKw"] = "20.01" },
                new JsonObject { ["perKw"] = "31", ["amount"] = "7.77" });
        }
        else line["amount"] = "40.03";

        if (random.Next(4) == 0) line["months"] = new JsonArray(4, 11);
        return line;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Meters.Billing.Tariffs;

namespace Meters.Host.Tests.Audit;

/// <summary>Random tariff documents of every kind of line, as the published schema has them.</summary>
internal static class RandomDocuments
{
    public static readonly string[] Zones =
        ["+08:00", "UTC", "America/New_York", "Australia/Lord_Howe", "Europe/London", "Asia/Kolkata", "Africa/Cairo"];

    private static readonly string[] Bands = ["sharp", "peak", "deep", "valley"];

    /// <summary>Versions that the engine accepts, one to three, the later ones beginning within the run.</summary>
    /// <param name="random">Dice.</param>
    /// <param name="begin">Local day on which readings begin.</param>
    /// <param name="withDays">With charges of days and bill periods.</param>
    public static List<string> History(Random random, DateOnly begin, bool withDays)
    {
        while (true)
        {
            var zone = Pick(random, Zones);
            var accumulate = AccumulateOf(random);
            var period = random.Next(3) == 0 ? new JsonObject { ["months"] = 2, ["anchor"] = "2024-01" } : null;
            var documents = new List<string>();
            var from = begin.AddDays(-100);
            for (var v = 1; v <= random.Next(1, 4); v++)
            {
                documents.Add(Version(random, v, zone, from, accumulate, period, withDays).ToJsonString());
                from = begin.AddDays((v * 10) + random.Next(10));
            }

            if (IsAccepted(documents)) return documents;
        }
    }

    public static bool IsAccepted(IReadOnlyList<string> documents)
    {
        var versions = new List<TariffVersion>();
        foreach (var document in documents)
        {
            if (!TariffJson.TryParse(document, out var version, out _)) return false;
            versions.Add(version!);
        }

        return TariffHistory.TryCreate(versions, out _, out _);
    }

    private static JsonObject Version(
        Random random, int number, string zone, DateOnly from, JsonNode? accumulate, JsonObject? period, bool withDays)
    {
        var counts = accumulate is not null;
        var byTotal = counts && random.Next(4) == 0;
        var document = new JsonObject
        {
            ["id"] = "R",
            ["version"] = number,
            ["effectiveFrom"] = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ["currency"] = "INR",
            ["zone"] = zone,
            ["chargeDecimals"] = 12,
        };
        if (accumulate is not null)
        {
            document["accumulate"] = accumulate.DeepClone();
            document["limits"] = Pick(random, "perPeriod", "perMonth", "per30Days", "byDays");
        }

        if (period is not null) document["billPeriod"] = period.DeepClone();
        var bands = new List<string>();
        if (!byTotal && random.Next(3) > 0) document["bands"] = BandsOf(random, bands);
        document["dayLists"] = new JsonObject
        {
            ["holiday"] = Days(random, 12),
            ["workday"] = Days(random, 3),
            ["deepDays"] = Days(random, 8),
        };
        document["energy"] = withDays && bands.Count > 0 && random.Next(4) == 0
            ? ByTotalAndBand(random, document, bands)
            : Priced(random, [], bands, counts, byTotal, 0);
        document["lines"] = LinesOf(random, bands, counts, byTotal, withDays);
        if (random.Next(3) == 0)
        {
            var rounding = Rounding(random);
            rounding["per"] = Pick(random, "line", "bill");
            document["rounding"] = rounding;
        }

        return document;
    }

    /// <summary>
    /// Days that are closed were rounded by the rules that were known then, which a document of later does not say.
    /// </summary>
    public static string WithoutRounding(string document)
    {
        var root = JsonNode.Parse(document)!.AsObject();
        root.Remove("rounding");
        foreach (var line in root["lines"]!.AsArray()) line!.AsObject().Remove("rounding");
        return root.ToJsonString();
    }

    private static JsonObject Rounding(Random random) => new()
    {
        ["unit"] = Pick(random, "0.05", "1", "0.01"),
        ["mode"] = Pick(random, "halfUp", "up", "down"),
    };

    /// <summary>Only where the period of the total is that of the bill is such a document taken.</summary>
    private static JsonObject ByTotalAndBand(Random random, JsonObject document, List<string> bands)
    {
        document["accumulate"] = document["billPeriod"]?.DeepClone() ?? "month";
        JsonObject Prices() => new([.. bands.Select(band => KeyValuePair.Create(
            band, (JsonNode?)$"{random.Next(1, 9)}.{random.Next(10)}"))]);
        return new()
        {
            ["tables"] = new JsonArray(
                new JsonObject { ["upToKwh"] = Kwh(random, 150), ["prices"] = Prices() },
                new JsonObject { ["prices"] = Prices(), ["fixed"] = $"{random.Next(50)}" }),
        };
    }

    private static JsonNode? AccumulateOf(Random random) => random.Next(5) switch
    {
        0 => null,
        1 => "year",
        2 => new JsonObject { ["months"] = random.Next(2, 7), ["anchor"] = $"2020-0{random.Next(1, 10)}" },
        _ => "month",
    };

    private static JsonArray LinesOf(Random random, List<string> bands, bool counts, bool byTotal, bool withDays)
    {
        var lines = new JsonArray();
        List<string> energy = ["energy"];
        List<string> all = ["energy"];
        void Add(string kind, string name, JsonObject line, bool isEnergy = false)
        {
            (line["kind"], line["name"]) = (kind, name);
            if (random.Next(10) == 0) line["rounding"] = Rounding(random);
            lines.Add(line);
            all.Add(name);
            if (isEnergy) energy.Add(name);
        }

        if (random.Next(2) == 0) Add("perKwh", "fuel", Priced(random, [], bands, counts, byTotal, 1), true);
        if (random.Next(2) == 0)
        {
            var subsidy = Priced(random, [], bands, counts, byTotal, -1);
            subsidy["account"] = "rebate";
            Add("perKwh", "subsidy", subsidy, true);
        }

        if (random.Next(3) == 0) Add("export", "sun", Priced(random, [], bands, counts, byTotal, 0), true);
        if (counts && random.Next(3) == 0)
        {
            Add("freeQuota", "free", new() { ["kwh"] = Kwh(random, 100), ["of"] = Some(random, energy) }, true);
        }

        if (withDays) RandomDayLines.Add(random, bands, all, Add);
        for (var p = random.Next(4); p > 0; p--)
        {
            var of = new JsonArray();
            foreach (var name in all.Where(_ => random.Next(2) == 0))
            {
                var isPart = counts && energy.Contains(name) && random.Next(3) == 0;
                var above = random.Next(1, 200);
                of.Add(isPart
                    ? new JsonObject
                    {
                        ["line"] = name,
                        ["aboveKwh"] = above,
                        ["upToKwh"] = above + random.Next(1, 200),
                    }
                    : name);
            }

            if (of.Count == 0) of.Add("energy");
            var line = new JsonObject { ["of"] = of };
            if (byTotal && !withDays && random.Next(2) == 0)
            {
                line["percents"] = new JsonArray(
                    new JsonObject { ["upToKwh"] = Kwh(random, 200), ["percent"] = $"{random.Next(30)}" },
                    new JsonObject { ["percent"] = $"{random.Next(30)}" });
            }
            else line["percent"] = $"{random.Next(-20, 40)}";
            if (line["percent"]?.ToString() is ['-', ..]) line["account"] = Pick(random, "rebate", "surcharge");

            Add("percent", $"share {p}", line);
        }

        return lines.Count > 0 ? lines : [new JsonObject { ["kind"] = "perKwh", ["name"] = "x", ["price"] = "0.1" }];
    }

    private static JsonObject Priced(
        Random random,
        JsonObject into,
        List<string> bands,
        bool counts,
        bool byTotal,
        int sign,
        bool mayHaveSeasons = true)
    {
        if (mayHaveSeasons && random.Next(4) == 0)
        {
            var months = new JsonArray([.. Enumerable.Range(1, 11).Where(_ => random.Next(2) == 0).Append(12)]);
            into["seasons"] = new JsonArray(
                Priced(random, new() { ["months"] = months }, bands, counts, byTotal, sign, false),
                Priced(random, [], bands, counts, byTotal, sign, false));
            return into;
        }

        if (!byTotal) return Tiers(random, into, bands, counts, sign);
        var tables = new JsonArray();
        var end = 0;
        for (var t = random.Next(1, 4); t > 0; t--)
        {
            var table = Tiers(random, [], bands, counts, sign);
            if (t > 1) table["upToKwh"] = end += random.Next(1, 250);
            if (random.Next(4) == 0) table["fixed"] = $"{random.Next(50)}";
            tables.Add(table);
        }

        into["tables"] = tables;
        return into;
    }

    private static JsonObject Tiers(Random random, JsonObject into, List<string> bands, bool counts, int sign)
    {
        if (!counts || random.Next(3) == 0) return Price(random, into, bands, sign);
        var tiers = new JsonArray();
        var end = 0m;
        for (var t = random.Next(1, 5); t > 0; t--)
        {
            var tier = Price(random, [], bands, sign);
            end += random.Next(1, 2_000_000) / 10_000m;
            if (t > 1) tier["upToKwh"] = end.ToString(CultureInfo.InvariantCulture);
            if (random.Next(4) == 0) tier["fixed"] = $"{random.Next(90)}";
            tiers.Add(tier);
        }

        into["tiers"] = tiers;
        return into;
    }

    private static JsonObject Price(Random random, JsonObject into, List<string> bands, int sign)
    {
        if (bands.Count > 0 && random.Next(2) == 0)
        {
            var prices = new JsonObject();
            foreach (var band in bands) prices[band] = Decimal(random, sign);
            into["prices"] = prices;
            return into;
        }

        into["price"] = Decimal(random, sign);
        if (bands.Count > 0 && random.Next(2) == 0) into["ratios"] = new JsonObject { [bands[0]] = "1.7" };
        return into;
    }

    private static string Decimal(Random random, int sign) =>
        $"{(sign < 0 && random.Next(2) == 0 ? "-" : "")}{random.Next(12)}.{random.Next(100):D2}";

    private static JsonArray BandsOf(Random random, List<string> names)
    {
        var bands = new JsonArray();
        var count = random.Next(1, 4);
        for (var b = 0; b < count; b++)
        {
            names.Add(Bands[b]);
            var rules = new JsonArray([.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Rule(random))]);
            bands.Add(new JsonObject
            {
                ["name"] = Bands[b],
                ["when"] = rules,
                ["overrides"] = new JsonArray([.. Bands[(b + 1)..count].Append("flat").Select(n => (JsonNode)n)]),
            });
        }

        names.Add("flat");
        bands.Add(new JsonObject { ["name"] = "flat" });
        return bands;
    }

    private static JsonObject Rule(Random random)
    {
        var rule = new JsonObject();
        string[] days = random.Next(5) switch
        {
            0 => ["weekday"],
            1 => ["deepDays", "sun"],
            2 => ["weekend"],
            3 => ["holiday", "mon"],
            _ => [],
        };
        if (days.Length > 0) rule["days"] = new JsonArray([.. days.Select(d => (JsonNode)d)]);
        if (random.Next(3) > 0)
        {
            var (from, to) = (random.Next(96), random.Next(1, 97));
            if (from != to) rule["windows"] = new JsonArray($"{Clock(from)}-{Clock(to)}");
        }

        if (random.Next(4) == 0) rule["dates"] = new JsonArray($"{random.Next(10, 13)}-{random.Next(10, 28)}/04-11");
        if (random.Next(4) == 0) rule["months"] = new JsonArray(3, 4, 10, 11);
        return rule;
    }

    private static string Clock(int quarter) => $"{quarter / 4:D2}:{quarter % 4 * 15:D2}";

    private static JsonArray Days(Random random, int count) => new(
    [
        .. Enumerable.Range(0, count).Select(_ => $"{random.Next(1, 13):D2}-{random.Next(1, 29):D2}").Distinct()
            .Select(d => (JsonNode)d),
    ]);

    private static JsonArray Some(Random random, List<string> names) =>
        new([.. names.Where(_ => random.Next(2) == 0).DefaultIfEmpty("energy").Select(n => (JsonNode)n)]);

    private static int Kwh(Random random, int max) => random.Next(1, max);

    public static T Pick<T>(Random random, params T[] of) => of[random.Next(of.Length)];
}

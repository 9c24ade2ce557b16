using System.Numerics;
using System.Text.Json;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>Lines of a document.</summary>
internal sealed class LineReader(Currency currency, PlainCalendar calendar)
{
    private const int TenthsWhPerKwh = 10_000;

    private readonly BigInteger _minor = BigInteger.Pow(10, currency.Decimals);

    public PlainEnergy Energy(
        JsonElement of, string fallback, LedgerAccount account, bool export, bool isRoot = false)
    {
        var byMonth = new IReadOnlyList<PlainTable>?[12];
        var seasons = of.Items("seasons").ToList();
        foreach (var season in seasons)
        {
            var tables = Tables(season, export);
            var months = season.TryGetProperty("months", out _)
                ? season.Months()
                : Enumerable.Range(1, 12).Where(month => byMonth[month - 1] is null).ToHashSet();
            foreach (var month in months) byMonth[month - 1] = tables;
        }

        if (seasons.Count == 0) Array.Fill(byMonth, Tables(of, export));
        if (Array.IndexOf(byMonth, null) >= 0) throw new FormatException("A month has no price.");
        return isRoot
            ? new(fallback, account, export, byMonth!)
            : new(of.Word("name", fallback), AccountOf(of, account), export, byMonth!)
            {
                Rounding = RoundingOf(of),
                Bounds = BoundsOf(of),
            };
    }

    public PlainLine Line(JsonElement line) =>
        Stated(line) with { Rounding = RoundingOf(line), Bounds = BoundsOf(line) };

    private PlainBounds? BoundsOf(JsonElement line) => line.TryGetProperty("bounds", out var bounds)
        ? new(AmountOrNone(bounds, "min"), AmountOrNone(bounds, "max"), bounds.Words("creditUpTo"))
        : null;

    private PlainRounding? RoundingOf(JsonElement line) =>
        line.TryGetProperty("rounding", out var rule) ? TariffDocument.RoundingOf(rule, currency) : null;

    private PlainLine Stated(JsonElement line)
    {
        var name = line.Text("name");
        return line.Text("kind") switch
        {
            "perKwh" => Energy(line, name, LedgerAccount.SurchargeRevenue, export: false),
            "export" => Energy(line, name, LedgerAccount.EnergyBought, export: true),
            "percent" => Percent(line, name),
            "freeQuota" => FreeQuota(line, name),
            "standing" => Standing(line, name),
            "demand" => Demand(line, name),
            "table" => Lookup(line, name),
            "powerFactor" => new PlainPowerFactor(
                name, AccountOf(line, LedgerAccount.SurchargeRevenue), line.Words("of"),
                [.. line.Items("rows").Select(r => (Fraction.Of(r.GetProperty("from")), Share(r, "percent")))]),
            "minimum" => new PlainMinimum(
                name, AccountOf(line, LedgerAccount.StandingRevenue), OfOr(line, "energy"), Amount(line, "perMonth"),
                Amount(line, "perKwMonth"), Amount(line, "perDay")),
            "spread" => Spread(line, name),
            "purchaseRebate" => new PlainRebate(
                name, AccountOf(line, LedgerAccount.RebatesGiven), Share(line, "percent"),
                line.Word("of", "purchase") == "net"),
            "lateFee" => new PlainLateFee(
                name, AccountOf(line, LedgerAccount.FeeRevenue), Share(line, "percentPerDay"),
                line.TryGetProperty("graceDays", out var grace) ? grace.GetInt32() : 0, Amount(line, "minimum"),
                line.TryGetProperty("cap", out _) ? Amount(line, "cap") : null,
                line.TryGetProperty("capPercent", out _) ? Share(line, "capPercent") : null),
            var kind => throw new FormatException($"'{kind}' is no kind of line."),
        };
    }

    private static PlainBase BaseOf(JsonElement of) => of.ValueKind == JsonValueKind.String
        ? new(of.GetString()!, null, null)
        : new(of.Text("line"), TariffDocument.KwhOf(of, "aboveKwh"), TariffDocument.KwhOf(of, "upToKwh"));

    /// <summary>A tax inside the price is charged by the hour with three decimals of its share, rounded down.</summary>
    private static PlainPercent Percent(JsonElement line, string name)
    {
        var account = AccountOf(line, LedgerAccount.TaxPayable);
        List<PlainBase> of = [.. line.Items("of").Select(BaseOf)];
        if (line.TryGetProperty("percents", out var steps))
        {
            return new(
                name, account, of,
                [.. steps.EnumerateArray().Select(s => (TariffDocument.KwhOf(s, "upToKwh"), Share(s, "percent")))]);
        }

        var isRounded = line.Word("base", "exact") == "rounded";
        var share = Share(line, "percent");
        if (!line.TryGetProperty("insidePercent", out _))
        {
            return new(name, account, of, [(null, share)])
            {
                Settled = isRounded ? share : null,
                OfRounded = isRounded,
            };
        }

        var exact = share / (Fraction.One - Share(line, "insidePercent"));
        return new(name, account, of, [(null, new((exact * 1_000).Floor(), 1_000))])
        {
            Settled = exact,
            OfRounded = isRounded,
        };
    }

    private PlainDemand Demand(JsonElement line, string name) => new(
        name, AccountOf(line, LedgerAccount.DemandRevenue), Amount(line, "perKw"), line.Words("bands"),
        Share(line, "minimumPercentOfLoad"), AmountOrNone(line, "excessPerKw"))
    {
        InKva = line.Word("unit", "kW") == "kVA",
        PerDay = line.Word("per", "month") == "day",
        StepKw = line.TryGetProperty("stepKw", out var step) ? Fraction.Of(step) : null,
        Ratchet = line.TryGetProperty("ratchet", out var ratchet)
            ? (Share(ratchet, "percent"), ratchet.TryGetProperty("months", out var months) ? months.GetInt32() : 11)
            : null,
    };

    private PlainLookup Lookup(JsonElement line, string name)
    {
        var by = line.Text("by");
        return new(
            name,
            AccountOf(line, LedgerAccount.SurchargeRevenue),
            (by, line.Word("apply", "row"), line.Word("per", "month"), line.Word("limits", "perBill")),
            [
                .. line.Items("rows").Select(row => new PlainRow(
                    row.TryGetProperty("upTo", out var end)
                        ? Fraction.Of(end) * (by == "amount" ? _minor : BigInteger.One)
                        : null,
                    Amount(row, "amount"), Amount(row, "perUnit"), Share(row, "percent"))),
            ],
            line.Words("of"), line.Words("sum"), line.Words("bands"), Share(line, "freePercent"), line.Months());
    }

    private static PlainPercent FreeQuota(JsonElement line, string name)
    {
        var quota = TariffDocument.KwhOf(line, "kwh");
        return new(
            name, AccountOf(line, LedgerAccount.RebatesGiven),
            [.. OfOr(line, "energy").Select(of => new PlainBase(of, null, quota))], [(null, -Fraction.One)]);
    }

    private PlainStanding Standing(JsonElement line, string name)
    {
        var slabs = line.TryGetProperty("slabs", out var steps) ? steps.EnumerateArray().ToList() : [line];
        var per = line.Word("per", "month");
        Fraction days = per switch { "30days" => 30, "365days" => 365, _ => Fraction.One };
        return new(
            name, AccountOf(line, LedgerAccount.StandingRevenue), per != "month",
            [
                .. slabs.Select(slab => new PlainSlab(
                    slab.TryGetProperty("upToKw", out var end) ? Fraction.Of(end) : null,
                    Amount(slab, "amount") / days, Amount(slab, "perKw") / days)),
            ],
            line.TryGetProperty("loadStepKw", out var step) ? Fraction.Of(step) : null,
            line.Word("taken", "daily") == "firstPurchase", line.Months());
    }

    private PlainSpread Spread(JsonElement line, string name)
    {
        var account = AccountOf(line, LedgerAccount.SurchargeRevenue);
        var price = Amount(line, "perKwh") / TenthsWhPerKwh;
        if (!line.TryGetProperty("usageMonth", out _))
        {
            var over = line.TryGetProperty("overMonths", out var months) ? months.GetInt32() : 1;
            return new(name, account, price, null, default, 0, line.GetProperty("lagMonths").GetInt32(), over);
        }

        var month = TariffDocument.MonthOf(line.Text("usageMonth"));
        var from = line.TryGetProperty("from", out _) ? TariffDocument.DateOf(line.Text("from")) : month.AddMonths(1);
        return new(name, account, price, month, from, line.GetProperty("days").GetInt32(), 0, 0);
    }

    private List<PlainTable> Tables(JsonElement of, bool export) => of.TryGetProperty("tables", out var tables)
        ? [.. tables.EnumerateArray().Select(t => new PlainTable(
            TariffDocument.KwhOf(t, "upToKwh"), Tiers(t, of, Amount(t, "fixed"), export)))]
        : [new(null, Tiers(of, of, Fraction.Zero, export))];

    private List<PlainTier> Tiers(JsonElement of, JsonElement above, Fraction extra, bool export) =>
        of.TryGetProperty("tiers", out var tiers)
            ? [.. tiers.EnumerateArray().Select(t => new PlainTier(
                TariffDocument.KwhOf(t, "upToKwh"), Prices(t, of, above, export), extra + Amount(t, "fixed")))]
            : [new(null, Prices(of, of, above, export), extra)];

    /// <summary>By band: from its own object, or one price times what the nearest ratios say.</summary>
    private Fraction[] Prices(JsonElement of, JsonElement around, JsonElement above, bool export)
    {
        var sign = export ? -Fraction.One : Fraction.One;
        if (of.TryGetProperty("prices", out var prices))
        {
            return [.. calendar.Bands.Select(band => sign * Amount(prices, band.Name) / TenthsWhPerKwh)];
        }

        var price = sign * Amount(of, "price") / TenthsWhPerKwh;
        var ratios = new[] { of, around, above }
            .Select(e => e.TryGetProperty("ratios", out var found) ? found : default)
            .FirstOrDefault(e => e.ValueKind == JsonValueKind.Object);
        return
        [
            .. calendar.Bands.Select(band =>
                ratios.ValueKind == JsonValueKind.Object && ratios.TryGetProperty(band.Name, out var ratio)
                    ? price * Fraction.Of(ratio)
                    : price),
        ];
    }

    /// <summary>Minor units; zero where nothing is said.</summary>
    private Fraction Amount(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? Fraction.Of(value) * _minor : Fraction.Zero;

    private Fraction? AmountOrNone(JsonElement of, string name) =>
        of.TryGetProperty(name, out _) ? Amount(of, name) : null;

    private static Fraction Share(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) ? Fraction.Of(value) / 100 : Fraction.Zero;

    private static List<string> OfOr(JsonElement line, string fallback) =>
        line.TryGetProperty("of", out _) ? line.Words("of") : [fallback];

    private static LedgerAccount AccountOf(JsonElement line, LedgerAccount fallback) =>
        line.TryGetProperty("account", out var word)
            ? word.GetString() switch
            {
                "energy" => LedgerAccount.EnergyRevenue,
                "standing" => LedgerAccount.StandingRevenue,
                "demand" => LedgerAccount.DemandRevenue,
                "surcharge" => LedgerAccount.SurchargeRevenue,
                "rebate" => LedgerAccount.RebatesGiven,
                "fee" => LedgerAccount.FeeRevenue,
                "bought" => LedgerAccount.EnergyBought,
                "tax" => LedgerAccount.TaxPayable,
                var other => throw new FormatException($"'{other}' is no account."),
            }
            : fallback;
}

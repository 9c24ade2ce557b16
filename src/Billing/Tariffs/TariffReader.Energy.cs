using System.Numerics;
using System.Text.Json;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Tariffs;

internal sealed partial class TariffReader
{
    private const int RatioPlaces = 6;

    private static readonly string[] PriceProperties = ["price", "prices", "ratios", "tiers", "tables", "seasons"];

    private static readonly string[] TierProperties = ["upToKwh", "price", "prices", "ratios", "fixed"];

    private static readonly string[] TableProperties =
        ["upToKwh", "price", "prices", "ratios", "tiers", "fixed"];

    private static readonly string[] SeasonProperties = ["months", "price", "prices", "ratios", "tiers", "tables"];

    private Ratio MinorPerMajor => new(BigInteger.Pow(10, _currencyDecimals), 1);

    private int PricePlaces => 6 + _currencyDecimals;

    /// <summary>The energy line, from its own object or from the tiers of the short form.</summary>
    private EnergyLine? ReadEnergy(in JsonFields root)
    {
        if (root.Has("tiers") && root.Has("energy")) Fault("$.tiers", "Tiers stand here or under energy, not both.");
        if (root.Found.TryGetValue("energy", out var value))
        {
            string[] known = ["name", "account", "rounding", "bounds", .. PriceProperties];
            if (!ReadObject(value, "$.energy", known, out var energy)) return null;
            var line = ReadEnergyLine(energy, TariffVersion.EnergyName, LedgerAccount.EnergyRevenue, isExport: false);
            return line with { Rounding = ReadRounding(energy, LineRounding), Bounds = ReadBounds(energy) };
        }

        if (!Required(root, "tiers", out _)) return null;
        PriceTable[] tables = [new(null, ReadTiers(root, default, [], 0))];
        return new(TariffVersion.EnergyName, LedgerAccount.EnergyRevenue, false, [new(BandRule.AllMonths, tables)]);
    }

    private EnergyLine ReadEnergyLine(in JsonFields line, string name, LedgerAccount account, bool isExport)
    {
        if (line.Has("name") && Text(line, "name", out var text)) name = text;
        var seasons = new List<SeasonPrices>();
        foreach (var (value, path) in Items(line, "seasons", 12))
        {
            if (!ReadObject(value, path, SeasonProperties, out var season)) continue;
            var taken = seasons.Aggregate(0, (all, one) => all | one.Months);
            var months = season.Has("months") ? MonthsOf(season, "months") : BandRule.AllMonths & ~taken;
            seasons.Add(new(months, ReadTables(season, isExport)));
        }

        if (!line.Has("seasons")) seasons.Add(new(BandRule.AllMonths, ReadTables(line, isExport)));
        return new(name, ReadAccount(line, account), isExport, seasons);
    }

    private List<PriceTable> ReadTables(in JsonFields fields, bool isExport)
    {
        var sign = isExport ? -1 : 1;
        var ratios = ReadRatios(fields);
        if (!fields.Has("tables")) return [new(null, ReadTiersOrPrice(fields, ratios, default, sign))];
        var tables = new List<PriceTable>();
        foreach (var (value, path) in Items(fields, "tables", TariffChecks.TablesMax))
        {
            if (!ReadObject(value, path, TableProperties, out var table)) continue;
            var fixedAmount = AmountOf(table, "fixed") ?? default;
            var own = ReadRatios(table);
            var tiers = ReadTiersOrPrice(table, own.Length > 0 ? own : ratios, fixedAmount, sign);
            tables.Add(new(EnergyOf(table, "upToKwh"), tiers));
        }

        return tables.Count > 0 ? tables : [new(null, [new(null, [.. _bands.Select(_ => default(Ratio))], default)])];
    }

    private List<PriceTier> ReadTiersOrPrice(in JsonFields fields, Ratio[] ratios, Ratio fixedAmount, int sign) =>
        fields.Has("tiers")
            ? ReadTiers(fields, fixedAmount, ratios, sign)
            : [new(null, ReadPrices(fields, ratios, sign), fixedAmount)];

    private List<PriceTier> ReadTiers(in JsonFields fields, Ratio fixedAmount, Ratio[] ratios, int sign)
    {
        var tiers = new List<PriceTier>();
        foreach (var (value, path) in Items(fields, "tiers", TariffVersion.TiersMax))
        {
            if (!ReadObject(value, path, TierProperties, out var tier)) continue;
            var own = ReadRatios(tier);
            var prices = ReadPrices(tier, own.Length > 0 ? own : ratios, sign == 0 ? 1 : sign);
            tiers.Add(new(EnergyOf(tier, "upToKwh"), prices, fixedAmount + (AmountOf(tier, "fixed") ?? default)));
        }

        return tiers;
    }

    /// <summary>One price for all bands, one for each, or one and what each band multiplies it with.</summary>
    private List<Ratio> ReadPrices(in JsonFields fields, Ratio[] ratios, int sign)
    {
        var prices = new List<Ratio>();
        if (!fields.Has("prices"))
        {
            var price = Text(fields, "price", out var text) ? PriceOf(text, fields.At("price")) * sign : default;
            for (var b = 0; b < _bands.Count; b++) prices.Add(ratios.Length > 0 ? price * ratios[b] : price);
            return prices;
        }

        if (fields.Has("price")) Fault(fields.At("price"), "There is one price or one for each band, not both.");
        string[] names = [.. _bands.Select(band => band.Name)];
        var isObject = ReadObject(fields.Found["prices"], fields.At("prices"), names, out var byBand);
        foreach (var name in names)
        {
            var price = isObject && Text(byBand, name, out var text) ? PriceOf(text, byBand.At(name)) : default;
            prices.Add(price * sign);
        }

        return prices;
    }

    /// <summary>By the index of the band, one where nothing is said; empty where there are none.</summary>
    private Ratio[] ReadRatios(in JsonFields fields)
    {
        if (!fields.Found.TryGetValue("ratios", out var value)) return [];
        string[] names = [.. _bands.Select(band => band.Name)];
        if (!ReadObject(value, fields.At("ratios"), names, out var byBand)) return [];
        return [.. names.Select(name => RatioOf(byBand, name))];
    }

    private Ratio RatioOf(in JsonFields byBand, string name)
    {
        if (!byBand.Has(name)) return 1;
        var ratio = DecimalOf(byBand, name, RatioPlaces, "times the price") ?? 1;
        if (ratio.Sign < 0) Fault(byBand.At(name), "A ratio is not negative.");
        return ratio;
    }

    /// <summary>Minor units per kWh.</summary>
    private Ratio PriceOf(string text, string path) =>
        (DecimalOf(text, path, PricePlaces, $"in {_unit} per kWh") ?? default) * MinorPerMajor;

    /// <summary>Minor units; null where there is none.</summary>
    private Ratio? AmountOf(in JsonFields fields, string name)
    {
        if (DecimalOf(fields, name, PricePlaces, $"in {_unit}") is not { } amount) return null;
        if (amount.Sign < 0) Fault(fields.At(name), "This amount is not negative.");
        return amount * MinorPerMajor;
    }
}

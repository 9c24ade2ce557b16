using System.Text.Json;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Tariffs;

internal sealed partial class TariffReader
{
    private const int PercentPlaces = 8;
    private const int DaysMax = 1_000;
    private const int MonthsMax = 60;

    private static readonly Dictionary<string, LedgerAccount> Accounts = new(StringComparer.Ordinal)
    {
        ["energy"] = LedgerAccount.EnergyRevenue,
        ["standing"] = LedgerAccount.StandingRevenue,
        ["demand"] = LedgerAccount.DemandRevenue,
        ["surcharge"] = LedgerAccount.SurchargeRevenue,
        ["rebate"] = LedgerAccount.RebatesGiven,
        ["fee"] = LedgerAccount.FeeRevenue,
        ["bought"] = LedgerAccount.EnergyBought,
        ["tax"] = LedgerAccount.TaxPayable,
    };

    private static readonly string[] LineRounding = ["unit", "mode"];

    private static readonly string[] Kinds =
    [
        "perKwh", "export", "percent", "freeQuota", "standing", "demand", "powerFactor", "minimum", "spread",
        "purchaseRebate", "lateFee", "table",
    ];

    private List<TariffLine> ReadLines(in JsonFields root)
    {
        var lines = new List<TariffLine>();
        if (ReadEnergy(root) is { } energy) lines.Add(energy);
        else lines.Add(new EnergyLine("energy", LedgerAccount.EnergyRevenue, false, [Nothing()])); // A fault already.
        foreach (var (value, path) in Items(root, "lines", TariffChecks.LinesMax - 1))
        {
            var kind = value.ValueKind == JsonValueKind.Object && value.TryGetProperty("kind", out var word)
                && word.ValueKind == JsonValueKind.String ? word.GetString()! : "";
            if (ReadLine(value, path, kind) is { } line)
            {
                if (line.Name.Length is 0 or > 50) Fault($"{path}.name", "A name has 1 to 50 characters.");
                lines.Add(line);
            }
            else if (!Kinds.Contains(kind)) Fault($"{path}.kind", $"A kind is one of {string.Join(", ", Kinds)}.");
        }

        return lines;
    }

    private SeasonPrices Nothing() =>
        new(BandRule.AllMonths, [new(null, [new(null, [.. _bands.Select(_ => default(Ratio))], default)])]);

    private TariffLine? ReadLine(JsonElement value, string path, string kind)
    {
        string[] own = kind switch
        {
            "perKwh" or "export" => PriceProperties,
            "percent" => ["percent", "percents", "of", "insidePercent", "base"],
            "freeQuota" => ["kwh", "of"],
            "standing" => ["per", "amount", "perKw", "slabs", "loadStepKw", "taken", "months"],
            "demand" => DemandProperties,
            "powerFactor" => ["of", "rows"],
            "minimum" => ["of", "perMonth", "perKwMonth", "perDay"],
            "spread" => ["perKwh", "usageMonth", "from", "days", "lagMonths", "overMonths"],
            "purchaseRebate" => ["percent", "of"],
            "lateFee" => ["percentPerDay", "graceDays", "minimum", "cap", "capPercent"],
            "table" => SettledTableProperties,
            _ => [],
        };
        string[] known = ["kind", "name", "account", "rounding", "bounds", .. own];
        if (own.Length == 0 || !ReadObject(value, path, known, out var line)) return null;
        return ReadKind(line, kind) with
        {
            Rounding = ReadRounding(line, LineRounding),
            Bounds = ReadBounds(line),
        };
    }

    private TariffLine ReadKind(in JsonFields line, string kind)
    {
        Text(line, "name", out var name);
        return kind switch
        {
            "perKwh" => ReadEnergyLine(line, name, LedgerAccount.SurchargeRevenue, isExport: false),
            "export" => ReadEnergyLine(line, name, LedgerAccount.EnergyBought, isExport: true),
            "percent" => ReadPercent(line, name),
            "freeQuota" => ReadFreeQuota(line, name),
            "standing" => ReadStanding(line, name),
            "demand" => ReadDemand(line, name),
            "powerFactor" => ReadPowerFactor(line, name),
            "minimum" => ReadMinimum(line, name),
            "spread" => ReadSpread(line, name),
            "purchaseRebate" => ReadPurchaseRebate(line, name),
            "table" => ReadTable(line, name),
            _ => ReadLateFee(line, name),
        };
    }

    private LedgerAccount ReadAccount(in JsonFields line, LedgerAccount fallback)
    {
        if (!line.Has("account") || !Text(line, "account", out var word)) return fallback;
        if (Accounts.TryGetValue(word, out var account)) return account;
        Fault(line.At("account"), $"'{word}' is not one of {string.Join(", ", Accounts.Keys)}.");
        return fallback;
    }

    private PercentLine ReadPercent(in JsonFields line, string name)
    {
        var account = ReadAccount(line, LedgerAccount.TaxPayable);
        var steps = new List<PercentStep>();
        foreach (var (value, path) in Items(line, "percents", TariffChecks.TablesMax))
        {
            if (!ReadObject(value, path, ["upToKwh", "percent"], out var step)) continue;
            Required(step, "percent", out _);
            steps.Add(new(EnergyOf(step, "upToKwh"), ShareOf(step, "percent") ?? default));
        }

        if (!line.Has("percents"))
        {
            Required(line, "percent", out _);
            steps.Add(new(null, ShareOf(line, "percent") ?? default));
        }
        else if (line.Has("percent"))
        {
            Fault(line.At("percent"), "There is one percentage or some by the total, not both.");
        }

        return ReadInside(line, new(name, account, ReadBases(line), steps)
        {
            OfRounded = Word(line, "base", "exact", "rounded") == "rounded",
        });
    }

    private List<PercentBase> ReadBases(in JsonFields line)
    {
        var bases = new List<PercentBase>();
        Required(line, "of", out _);
        foreach (var (value, path) in Items(line, "of", TariffChecks.LinesMax))
        {
            if (value.ValueKind == JsonValueKind.String) bases.Add(new(value.GetString()!));
            else if (ReadObject(value, path, ["line", "aboveKwh", "upToKwh"], out var part)
                && Text(part, "line", out var of))
            {
                bases.Add(new(of, EnergyOf(part, "aboveKwh"), EnergyOf(part, "upToKwh")));
            }
        }

        return bases;
    }

    /// <summary>The first energy of a period costs nothing: the whole of its lines, taken off again.</summary>
    private PercentLine ReadFreeQuota(in JsonFields line, string name)
    {
        Required(line, "kwh", out _);
        var quota = EnergyOf(line, "kwh");
        if (quota is { TenthsWh: <= 0 }) Fault(line.At("kwh"), "A quota is above zero.");
        var of = line.Has("of") ? Words(line, "of", TariffChecks.LinesMax) : [TariffVersion.EnergyName];
        var account = ReadAccount(line, LedgerAccount.RebatesGiven);
        return new(name, account, [.. of.Select(word => new PercentBase(word, null, quota))], [new(null, -1)]);
    }

    private StandingLine ReadStanding(in JsonFields line, string name)
    {
        var slabs = new List<StandingSlab>();
        foreach (var (value, path) in Items(line, "slabs", TariffChecks.TablesMax))
        {
            if (!ReadObject(value, path, ["upToKw", "amount", "perKw"], out var slab)) continue;
            slabs.Add(new(WattsOf(slab, "upToKw"), AmountOf(slab, "amount") ?? 0, AmountOf(slab, "perKw") ?? 0));
        }

        if (slabs.Count == 0) slabs.Add(new(null, AmountOf(line, "amount") ?? 0, AmountOf(line, "perKw") ?? 0));
        if (line.Has("slabs") == (line.Has("amount") || line.Has("perKw")))
        {
            Fault(line.At("amount"), "A standing charge has an amount, a price per kW, or slabs.");
        }

        var per = Word(line, "per", "month", "day", "30days", "365days");
        var perDay = per != "month";
        if (per is "30days" or "365days")
        {
            var share = new Ratio(1, per == "30days" ? 30 : 365);
            slabs = [.. slabs.Select(s => s with { Amount = s.Amount * share, PerKw = s.PerKw * share })];
        }

        var onPurchase = Word(line, "taken", "daily", "firstPurchase") == "firstPurchase";
        if (perDay && onPurchase) Fault(line.At("taken"), "What is taken with a purchase is an amount per month.");
        var account = ReadAccount(line, LedgerAccount.StandingRevenue);
        var step = Math.Max(1, WattsOf(line, "loadStepKw") ?? 1);
        return new(name, account, perDay, slabs, step, onPurchase, MonthsOf(line, "months"));
    }

    private PowerFactorLine ReadPowerFactor(in JsonFields line, string name)
    {
        Required(line, "of", out _);
        Required(line, "rows", out _);
        var rows = new List<PowerFactorRow>();
        foreach (var (value, path) in Items(line, "rows", 101))
        {
            if (!ReadObject(value, path, ["from", "percent"], out var row)) continue;
            Required(row, "from", out _);
            Required(row, "percent", out _);
            var from = DecimalOf(row, "from", 2, "from 0 to 1") ?? 0;
            if (from < 0 || from > 1) Fault(row.At("from"), "A power factor is from 0 to 1.");
            rows.Add(new((int)(from * 100).Floor(), ShareOf(row, "percent") ?? 0));
        }

        var account = ReadAccount(line, LedgerAccount.SurchargeRevenue);
        return new(name, account, Words(line, "of", TariffChecks.LinesMax), rows);
    }

    private MinimumLine ReadMinimum(in JsonFields line, string name)
    {
        if (!line.Has("perKwMonth") && !line.Has("perDay")) Required(line, "perMonth", out _);
        var of = line.Has("of") ? Words(line, "of", TariffChecks.LinesMax) : [TariffVersion.EnergyName];
        var account = ReadAccount(line, LedgerAccount.StandingRevenue);
        return new(name, account, of, AmountOf(line, "perMonth") ?? 0, AmountOf(line, "perKwMonth") ?? 0)
        {
            PerDay = AmountOf(line, "perDay") ?? 0,
        };
    }

    private SpreadLine ReadSpread(in JsonFields line, string name)
    {
        var price = Text(line, "perKwh", out var text) ? PriceOf(text, line.At("perKwh")) : default;
        var account = ReadAccount(line, LedgerAccount.SurchargeRevenue);
        if (!line.Has("usageMonth"))
        {
            Required(line, "lagMonths", out _);
            var lag = Whole(line, "lagMonths", 1, 1, MonthsMax);
            return new(name, account, price, null, default, 0, lag, Whole(line, "overMonths", 1, 1, MonthsMax));
        }

        var month = MonthOf(line, "usageMonth") ?? default;
        var from = DateOf(line, "from") ?? month.AddMonths(1);
        Required(line, "days", out _);
        var days = Whole(line, "days", 1, 1, DaysMax);
        return new(name, account, price, ServiceDay.Of(month), ServiceDay.Of(from), days, 0, 0);
    }

    private PurchaseRebateLine ReadPurchaseRebate(in JsonFields line, string name)
    {
        Required(line, "percent", out _);
        var share = ShareOf(line, "percent") ?? 0;
        if (share.Sign < 0 || share > 1) Fault(line.At("percent"), "A rebate is from 0 to 100 percent.");
        var isNet = Word(line, "of", "purchase", "net") == "net";
        return new(name, ReadAccount(line, LedgerAccount.RebatesGiven), share, isNet);
    }

    private LateFeeLine ReadLateFee(in JsonFields line, string name)
    {
        Required(line, "percentPerDay", out _);
        var share = ShareOf(line, "percentPerDay") ?? 0;
        if (share.Sign < 0) Fault(line.At("percentPerDay"), "A fee is not negative.");
        return new(
            name,
            ReadAccount(line, LedgerAccount.FeeRevenue),
            share,
            Whole(line, "graceDays", 0, 0, DaysMax),
            AmountOf(line, "minimum") ?? 0,
            AmountOf(line, "cap"),
            ShareOf(line, "capPercent"));
    }

    private Ratio? ShareOf(in JsonFields fields, string name) =>
        DecimalOf(fields, name, PercentPlaces, "in percent") * new Ratio(1, 100);

    private int? WattsOf(in JsonFields fields, string name)
    {
        if (DecimalOf(fields, name, 3, "in kW") is not { } kw) return null;
        if (kw.Sign > 0 && kw < 1_000_000) return (int)(kw * 1_000).Floor();
        Fault(fields.At(name), "A load is above zero and below a million kW.");
        return null;
    }
}

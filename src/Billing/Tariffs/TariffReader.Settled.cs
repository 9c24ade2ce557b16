using System.Numerics;
using Meters.Billing.Ledger;

namespace Meters.Billing.Tariffs;

/// <summary>What is known at the end of a bill period: demand, tables, bounds, taxes inside the price.</summary>
internal sealed partial class TariffReader
{
    /// <summary>Decimals of a share that is charged by the hour while its exact value has no end of them.</summary>
    private const int HourlySharePlaces = 3;

    private const int RatchetMonthsMax = 24;

    private static readonly string[] DemandProperties =
    [
        "perKw", "bands", "minimumPercentOfLoad", "excessPerKw", "windowMinutes", "unit", "per", "stepKw", "ratchet",
    ];

    private static readonly string[] SettledTableProperties =
    [
        "by", "rows", "apply", "per", "limits", "of", "sum", "bands", "freePercent", "months", "windowMinutes",
    ];

    /// <summary>A tax inside the price: p of what the price is with all such taxes, that is p / (1 - all).</summary>
    private PercentLine ReadInside(in JsonFields line, PercentLine percent)
    {
        if (ShareOf(line, "insidePercent") is not { } all) return percent;
        if (all.Sign <= 0 || all >= 1)
        {
            Fault(line.At("insidePercent"), "All taxes inside a price are above 0 and below 100 percent of it.");
            return percent;
        }

        if (percent.Steps.Count != 1) Fault(line.At("percents"), "A tax inside the price has one percentage.");
        if (percent.Steps.Any(step => step.Share > all))
        {
            Fault(line.At("percent"), "It is more than all taxes inside the price.");
        }

        var exact = percent.Steps[0].Share / (1 - all);
        var hourly = Ratio.OfDecimal(
            (exact * new Ratio(BigInteger.Pow(10, HourlySharePlaces), 1)).Floor(), HourlySharePlaces);
        return percent with { Steps = [new(null, hourly)], ExactShare = exact };
    }

    private LineBounds? ReadBounds(in JsonFields line)
    {
        if (!line.Found.TryGetValue("bounds", out var value)) return null;
        if (!ReadObject(value, line.At("bounds"), ["min", "max", "creditUpTo"], out var bounds)) return null;
        if (bounds.Found.Count == 0) Fault(line.At("bounds"), "Bounds have a min, a max or creditUpTo.");
        return new(
            SignedAmountOf(bounds, "min"),
            SignedAmountOf(bounds, "max"),
            Words(bounds, "creditUpTo", TariffChecks.LinesMax));
    }

    private Ratio? SignedAmountOf(in JsonFields fields, string name) =>
        DecimalOf(fields, name, PricePlaces, $"in {_unit}") * MinorPerMajor;

    private DemandLine ReadDemand(in JsonFields line, string name)
    {
        Required(line, "perKw", out _);
        var share = ShareOf(line, "minimumPercentOfLoad") ?? 0;
        if (share.Sign < 0) Fault(line.At("minimumPercentOfLoad"), "This percentage is not negative.");
        return new(
            name,
            ReadAccount(line, LedgerAccount.DemandRevenue),
            AmountOf(line, "perKw") ?? 0,
            Words(line, "bands", TariffChecks.BandsMax),
            share,
            AmountOf(line, "excessPerKw"),
            WindowOf(line))
        {
            InKva = Word(line, "unit", "kW", "kVA") == "kVA",
            PerDay = Word(line, "per", "month", "day") == "day",
            StepWatts = WattsOf(line, "stepKw") ?? 1,
            Ratchet = ReadRatchet(line),
        };
    }

    private int WindowOf(in JsonFields line) =>
        Whole(line, "windowMinutes", 30, DemandWindows.MinutesMin, DemandWindows.MinutesPerDay);

    private DemandRatchet? ReadRatchet(in JsonFields line)
    {
        if (!line.Found.TryGetValue("ratchet", out var value)) return null;
        if (!ReadObject(value, line.At("ratchet"), ["percent", "months"], out var ratchet)) return null;
        Required(ratchet, "percent", out _);
        var share = ShareOf(ratchet, "percent") ?? 0;
        if (share.Sign < 0) Fault(ratchet.At("percent"), "This percentage is not negative.");
        return new(share, Whole(ratchet, "months", 11, 1, RatchetMonthsMax));
    }

    private TableLine ReadTable(in JsonFields line, string name)
    {
        Required(line, "by", out _);
        Required(line, "rows", out _);
        var by = Word(line, "by", "kwh", "load", "demand", "kva", "kvarh", "amount") switch
        {
            "load" => TableMeasure.Load,
            "demand" => TableMeasure.Demand,
            "kva" => TableMeasure.Kva,
            "kvarh" => TableMeasure.Kvarh,
            "amount" => TableMeasure.Amount,
            _ => TableMeasure.Kwh,
        };
        return new(name, ReadAccount(line, LedgerAccount.SurchargeRevenue), by, ReadRows(line, by))
        {
            InParts = Word(line, "apply", "row", "parts") == "parts",
            Scale = Word(line, "limits", "perBill", "perMonth", "per30Days", "perKw", "perKwDemand") switch
            {
                "perMonth" => TableScale.PerMonth,
                "per30Days" => TableScale.Per30Days,
                "perKw" => TableScale.PerKw,
                "perKwDemand" => TableScale.PerKwDemand,
                _ => TableScale.PerBill,
            },
            Per = Word(line, "per", "month", "day", "bill") switch
            {
                "day" => TablePer.Day,
                "bill" => TablePer.Bill,
                _ => TablePer.Month,
            },
            Bands = Words(line, "bands", TariffChecks.BandsMax),
            Sum = Words(line, "sum", TariffChecks.LinesMax),
            Of = Words(line, "of", TariffChecks.LinesMax),
            FreeShare = ShareOf(line, "freePercent") ?? 0,
            Months = MonthsOf(line, "months"),
            WindowMinutes = WindowOf(line),
        };
    }

    private List<TableRow> ReadRows(in JsonFields line, TableMeasure by)
    {
        var rows = new List<TableRow>();
        foreach (var (value, path) in Items(line, "rows", TariffChecks.TablesMax))
        {
            if (!ReadObject(value, path, ["upTo", "amount", "perUnit", "percent"], out var row)) continue;
            var upTo = by == TableMeasure.Amount
                ? SignedAmountOf(row, "upTo")
                : DecimalOf(row, "upTo", 4, "in the unit of the table");
            rows.Add(new(
                upTo,
                SignedAmountOf(row, "amount") ?? 0,
                SignedAmountOf(row, "perUnit") ?? 0,
                ShareOf(row, "percent") ?? 0));
        }

        return rows;
    }
}

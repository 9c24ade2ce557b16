using System.Text.Json;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Reads one document, collecting faults instead of stopping at the first.</summary>
internal sealed partial class TariffReader : JsonValues
{
    private static readonly string[] Properties =
    [
        "id", "version", "effectiveFrom", "effectiveUntil", "currency", "zone", "accumulate", "limits", "billPeriod",
        "chargeDecimals", "dayLists", "bands", "tiers", "energy", "lines", "rounding",
    ];

    private int _currencyDecimals = 2; // An unknown currency has a fault of its own.
    private string _unit = "major units";
    private IReadOnlyList<TariffBand> _bands = TariffDraft.SingleBand.Bands;

    /// <summary>Null where there is any fault.</summary>
    public TariffVersion? Read(string json)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException fault)
        {
            Fault("$", $"This is not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}.");
            return null;
        }

        using (document) return ReadVersion(document.RootElement);
    }

    private TariffVersion? ReadVersion(JsonElement element)
    {
        if (!ReadObject(element, "$", Properties, out var root)) return null;
        var id = ReadId(root);
        var number = ReadNumber(root);
        var zone = ReadZone(root);
        var date = DateOf(root, "effectiveFrom");
        var until = root.Has("effectiveUntil") ? DateOf(root, "effectiveUntil") : null;
        var currency = ReadCurrency(root);
        var calendar = ReadCalendar(root);
        var draft = new TariffDraft
        {
            Id = id,
            Version = number,
            Currency = currency ?? Currency.Parse("CNY"),
            Zone = zone,
            EffectiveFrom = StartOf(zone, date) ?? Instant.Epoch,
            EffectiveUntil = StartOf(zone, until),
            Period = ReadPeriod(root, "accumulate", AccumulationPeriod.None),
            Limits = ReadLimits(root),
            BillPeriod = ReadPeriod(root, "billPeriod", AccumulationPeriod.Month),
            ChargeDecimals = root.Has("chargeDecimals") ? Whole(root, "chargeDecimals", 10, 10, 16) : null,
            Rounding = ReadRounding(root, ["per", "unit", "mode"]) ?? RoundingRule.Plain,
            Calendar = calendar,
            Lines = ReadLines(root),
            Document = TariffJson.Canonical(element),
        };
        if (draft.BillPeriod.Months == 0) Fault("$.billPeriod", "A bill goes over a month or more.");
        foreach (var fault in TariffChecks.FaultsOf(draft)) Fault(PathIn(root, fault.Path), fault.Message);
        return Faults.Count == 0 ? new(draft) : null;
    }

    /// <summary>The short form has its tiers at the top.</summary>
    private static string PathIn(in JsonFields root, string path)
    {
        const string Long = "$.energy.tiers";
        var isShort = root.Has("tiers") && path.StartsWith(Long, StringComparison.Ordinal);
        return isShort ? $"$.tiers{path[Long.Length..]}" : path;
    }

    private static Instant? StartOf(LocalZone zone, DateOnly? date) =>
        date is { } day ? zone.StartOf(ServiceDay.Of(day)) : null;

    private string ReadId(in JsonFields root)
    {
        if (!Text(root, "id", out var id)) return "";
        if (id.Length is 0 or > 50 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            Fault("$.id", "An id has 1 to 50 letters, digits, dashes, dots or underscores.");
        }

        return id;
    }

    private int ReadNumber(in JsonFields root)
    {
        if (!Required(root, "version", out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1) return number;
        Fault("$.version", "A version is a whole number from 1.");
        return 0;
    }

    private LocalZone ReadZone(in JsonFields root)
    {
        if (!Text(root, "zone", out var text)) return LocalZone.Utc;
        if (LocalZone.TryParse(text, out var zone)) return zone;
        Fault("$.zone", $"'{text}' is neither an IANA time zone nor an offset like +08:00.");
        return LocalZone.Utc;
    }

    private Currency? ReadCurrency(in JsonFields root)
    {
        if (!Text(root, "currency", out var text)) return null;
        if (Currency.TryParse(text, out var currency))
        {
            (_currencyDecimals, _unit) = (currency.Decimals, currency.Code);
            return currency;
        }

        Fault("$.currency", $"'{text}' is not a known ISO 4217 currency.");
        return null;
    }

    private AccumulationPeriod ReadPeriod(in JsonFields root, string name, AccumulationPeriod fallback)
    {
        if (!root.Found.TryGetValue(name, out var value)) return fallback;
        var path = root.At(name);
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (!ReadObject(value, path, ["months", "anchor"], out var fields)) return fallback;
            Required(fields, "months", out _);
            var months = Whole(fields, "months", 1, 1, 12);
            if (MonthOf(fields, "anchor") is not { } anchor) return AccumulationPeriod.Month;
            return AccumulationPeriod.Of(months, anchor.Year, anchor.Month);
        }

        // A wrong word must not look like an absent period, or tiers would have a second fault.
        if (!Text(root, name, out var text)) return AccumulationPeriod.Month;
        if (text == "none") return AccumulationPeriod.None;
        if (text == "month") return AccumulationPeriod.Month;
        if (text == "year") return AccumulationPeriod.Year;
        Fault(path, $"'{text}' is not one of 'none', 'month' and 'year', and no cycle with months and anchor.");
        return AccumulationPeriod.Month;
    }

    private LimitScale ReadLimits(in JsonFields root) =>
        Word(root, "limits", "perPeriod", "perMonth", "per30Days", "byDays") switch
        {
            "perMonth" => LimitScale.PerMonth,
            "per30Days" => LimitScale.Per30Days,
            "byDays" => LimitScale.ByDays,
            _ => LimitScale.PerPeriod,
        };

    /// <summary>Of the tariff, or of one line; null where nothing is said.</summary>
    private RoundingRule? ReadRounding(in JsonFields parent, string[] properties)
    {
        if (!parent.Found.TryGetValue("rounding", out var value)) return null;
        if (!ReadObject(value, parent.At("rounding"), properties, out var fields)) return null;
        var perBill = Word(fields, "per", "line", "bill") == "bill";
        var mode = Word(fields, "mode", "halfUp", "up", "down") switch
        {
            "up" => RoundingMode.Up,
            "down" => RoundingMode.Down,
            _ => RoundingMode.HalfUp,
        };
        long unit = 1;
        if (fields.Has("unit") && Text(fields, "unit", out var text)
            && (!Decimals.TryParse(text, _currencyDecimals, out unit) || unit is < 1 or > 1_000_000))
        {
            Fault(fields.At("unit"), $"'{text}' is not a positive amount of at most {_currencyDecimals} decimals.");
            unit = 1;
        }

        return new(perBill, unit, mode);
    }
}

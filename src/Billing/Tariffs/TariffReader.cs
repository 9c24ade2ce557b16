using System.Text.Json;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Reads one document, collecting faults instead of stopping at the first.</summary>
internal sealed class TariffReader
{
    private static readonly string[] Properties =
        ["id", "version", "effectiveFrom", "currency", "zone", "accumulate", "tiers"];

    private static readonly string[] TierProperties = ["upToKwh", "price"];

    private readonly List<TariffFault> _faults = [];

    public IReadOnlyList<TariffFault> Faults => _faults;

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

    private TariffVersion? ReadVersion(JsonElement root)
    {
        if (!ReadObject(root, "$", Properties, out var found)) return null;
        var id = ReadId(found);
        var number = ReadNumber(found);
        var hasZone = ReadZone(found, out var zone);
        var date = ReadDate(found);
        var currency = ReadCurrency(found);
        var accumulation = ReadAccumulation(found);
        var tiers = ReadTiers(found, currency);
        if (accumulation == Accumulation.None && tiers.Count > 1)
        {
            Fault("$.accumulate", "Several tiers need accumulate to be 'month' or 'year'.");
        }

        if (_faults.Count > 0 || !hasZone) return null;
        return new(id, number, currency!.Value, zone, zone.StartOf(ServiceDay.Of(date)), accumulation, tiers);
    }

    private string ReadId(Dictionary<string, JsonElement> found)
    {
        if (!Text(found, "$", "id", out var id)) return "";
        if (id.Length is 0 or > 50 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            Fault("$.id", "An id has 1 to 50 letters, digits, dashes, dots or underscores.");
        }

        return id;
    }

    private int ReadNumber(Dictionary<string, JsonElement> found)
    {
        if (!Required(found, "$", "version", out var value)) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1) return number;
        Fault("$.version", "A version is a whole number from 1.");
        return 0;
    }

    private DateOnly ReadDate(Dictionary<string, JsonElement> found)
    {
        if (!Text(found, "$", "effectiveFrom", out var text)) return default;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date) || date.Year is < 1971 or > 9998)
        {
            Fault("$.effectiveFrom", $"'{text}' is not a date of the form 2026-07-01 between 1971 and 9998.");
        }

        return date;
    }

    private bool ReadZone(Dictionary<string, JsonElement> found, out LocalZone zone)
    {
        zone = LocalZone.Utc;
        if (!Text(found, "$", "zone", out var text)) return false;
        if (LocalZone.TryParse(text, out zone)) return true;
        Fault("$.zone", $"'{text}' is neither an IANA time zone nor an offset like +08:00.");
        return false;
    }

    private Currency? ReadCurrency(Dictionary<string, JsonElement> found)
    {
        if (!Text(found, "$", "currency", out var text)) return null;
        if (Currency.TryParse(text, out var currency)) return currency;
        Fault("$.currency", $"'{text}' is not a known ISO 4217 currency.");
        return null;
    }

    private Accumulation ReadAccumulation(Dictionary<string, JsonElement> found)
    {
        if (!found.ContainsKey("accumulate")) return Accumulation.None;
        if (!Text(found, "$", "accumulate", out var text)) return Accumulation.Month;
        if (text == "none") return Accumulation.None;
        if (text == "month") return Accumulation.Month;
        if (text == "year") return Accumulation.Year;
        Fault("$.accumulate", $"'{text}' is not one of 'none', 'month' and 'year'.");
        return Accumulation.Month;
    }

    private List<TariffTier> ReadTiers(Dictionary<string, JsonElement> found, Currency? currency)
    {
        var tiers = new List<TariffTier>();
        if (!Required(found, "$", "tiers", out var array)) return tiers;
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() is 0 or > TariffVersion.TiersMax)
        {
            Fault("$.tiers", $"Tiers are a list of 1 to {TariffVersion.TiersMax}.");
            return tiers;
        }

        var start = Energy.Zero;
        for (var i = 0; i < array.GetArrayLength(); i++)
        {
            var path = $"$.tiers[{i}]";
            if (!ReadObject(array[i], path, TierProperties, out var tier)) continue;
            var upTo = ReadUpTo(tier, path, isLast: i == array.GetArrayLength() - 1);
            if (upTo is { } end && end <= start)
            {
                Fault(
                    $"{path}.upToKwh",
                    i == 0 ? "A tier ends above zero." : "A tier ends above the end of the one before it.");
            }

            start = upTo ?? start;
            tiers.Add(new(upTo, ReadPrice(tier, path, currency)));
        }

        return tiers;
    }

    private Energy? ReadUpTo(Dictionary<string, JsonElement> tier, string path, bool isLast)
    {
        path += ".upToKwh";
        if (!tier.TryGetValue("upToKwh", out var value))
        {
            if (!isLast) Fault(path, "Only the last tier is open; every other says where it ends.");
            return null;
        }

        if (isLast) Fault(path, "The last tier is open: it has no end.");
        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && (value.ValueKind == JsonValueKind.String || value.TryGetInt64(out _))
            && Decimals.TryParse(value.ToString(), 4, out var tenths))
        {
            return new(tenths);
        }

        Fault(path, "Energy is a whole number or a decimal string of at most four decimals, in kWh.");
        return null;
    }

    private PricePerKwh ReadPrice(Dictionary<string, JsonElement> tier, string path, Currency? currency)
    {
        if (!Text(tier, path, "price", out var text)) return default;
        var places = 6 + (currency?.Decimals ?? 2); // Micro-minor units; an unknown currency has a fault of its own.
        if (!Decimals.TryParse(text, places, out var price))
        {
            var unit = currency?.Code ?? "major units";
            Fault($"{path}.price", $"'{text}' is not a decimal of at most {places} decimals, in {unit} per kWh.");
        }
        else if (price < 0)
        {
            Fault($"{path}.price", "A price is not negative.");
        }

        return new(price);
    }

    private bool ReadObject(
        JsonElement element, string path, string[] known, out Dictionary<string, JsonElement> found)
    {
        found = new(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fault(path, "This must be an object.");
            return false;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                var names = string.Join(", ", known);
                Fault($"{path}.{property.Name}", $"There is no property of this name; there are {names}.");
            }
            else if (!found.TryAdd(property.Name, property.Value))
            {
                Fault($"{path}.{property.Name}", "This property is there twice.");
            }
        }

        return true;
    }

    private bool Text(Dictionary<string, JsonElement> found, string path, string name, out string text)
    {
        text = "";
        if (!Required(found, path, name, out var value)) return false;
        if (value.ValueKind != JsonValueKind.String)
        {
            Fault($"{path}.{name}", "This must be a string.");
            return false;
        }

        text = value.GetString()!;
        return true;
    }

    private bool Required(Dictionary<string, JsonElement> found, string path, string name, out JsonElement value)
    {
        if (found.TryGetValue(name, out value)) return true;
        Fault($"{path}.{name}", "This property is missing.");
        return false;
    }

    private void Fault(string path, string message) => _faults.Add(new(path, message));
}

using System.Globalization;
using System.Text.Json;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>An object of a document: its path and its known properties.</summary>
internal readonly record struct JsonFields(string Path, Dictionary<string, JsonElement> Found)
{
    public bool Has(string name) => Found.ContainsKey(name);

    public string At(string name) => $"{Path}.{name}";
}

/// <summary>Reads values of a JSON document, collecting faults instead of stopping at the first.</summary>
internal abstract class JsonValues
{
    private const string Kwh = "Energy is a whole number or a decimal string of at most four decimals, in kWh.";

    private readonly List<TariffFault> _faults = [];

    public IReadOnlyList<TariffFault> Faults => _faults;

    protected void Fault(string path, string message)
    {
        if (!_faults.Contains(new(path, message))) _faults.Add(new(path, message));
    }

    protected bool ReadObject(JsonElement element, string path, string[] known, out JsonFields fields)
    {
        fields = new(path, new(StringComparer.Ordinal));
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
            else if (!fields.Found.TryAdd(property.Name, property.Value))
            {
                Fault($"{path}.{property.Name}", "This property is there twice.");
            }
        }

        return true;
    }

    protected bool Required(in JsonFields fields, string name, out JsonElement value)
    {
        if (fields.Found.TryGetValue(name, out value)) return true;
        Fault(fields.At(name), "This property is missing.");
        return false;
    }

    protected bool Text(in JsonFields fields, string name, out string text)
    {
        text = "";
        return Required(fields, name, out var value) && IsText(value, fields.At(name), out text);
    }

    protected bool IsText(JsonElement value, string path, out string text)
    {
        text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (value.ValueKind == JsonValueKind.String) return true;
        Fault(path, "This must be a string.");
        return false;
    }

    /// <summary>The items of a list; none where there is no such list.</summary>
    protected List<(JsonElement Value, string Path)> Items(in JsonFields fields, string name, int max, int min = 1)
    {
        if (!fields.Found.TryGetValue(name, out var list)) return [];
        var path = fields.At(name);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() < min || list.GetArrayLength() > max)
        {
            Fault(path, $"This is a list of {min} to {max}.");
            return [];
        }

        return [.. list.EnumerateArray().Select((value, i) => (value, $"{path}[{i}]"))];
    }

    protected List<string> Words(in JsonFields fields, string name, int max)
    {
        var words = new List<string>();
        foreach (var (value, path) in Items(fields, name, max))
        {
            if (IsText(value, path, out var word)) words.Add(word);
        }

        return words;
    }

    /// <summary>One of some words; the first where there is none.</summary>
    protected string Word(in JsonFields fields, string name, params string[] words)
    {
        if (!fields.Has(name) || !Text(fields, name, out var text)) return words[0];
        if (words.Contains(text)) return text;
        Fault(fields.At(name), $"'{text}' is not one of {string.Join(", ", words)}.");
        return words[0];
    }

    protected int Whole(in JsonFields fields, string name, int fallback, int min, int max)
    {
        if (!fields.Found.TryGetValue(name, out var value)) return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            && number >= min && number <= max) return number;
        Fault(fields.At(name), $"This is a whole number from {min} to {max}.");
        return fallback;
    }

    protected bool Flag(in JsonFields fields, string name)
    {
        if (!fields.Found.TryGetValue(name, out var value)) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(fields.At(name), "This is true or false.");
        return false;
    }

    protected Energy? EnergyOf(in JsonFields fields, string name) =>
        fields.Found.TryGetValue(name, out var value) ? EnergyOf(value, fields.At(name)) : null;

    protected Energy? EnergyOf(JsonElement value, string path)
    {
        if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            && (value.ValueKind == JsonValueKind.String || value.TryGetInt64(out _))
            && Decimals.TryParse(value.ToString(), 4, out var tenths))
        {
            return new(tenths);
        }

        Fault(path, Kwh);
        return null;
    }

    /// <summary>An exact decimal; what it is in, for the fault. Null where there is none or it is none.</summary>
    protected Ratio? DecimalOf(in JsonFields fields, string name, int places, string unit) =>
        fields.Has(name) && Text(fields, name, out var text) ? DecimalOf(text, fields.At(name), places, unit) : null;

    protected Ratio? DecimalOf(string text, string path, int places, string unit)
    {
        if (Decimals.TryParse(text, places, out var value)) return Ratio.OfDecimal(value, places);
        Fault(path, $"'{text}' is not a decimal of at most {places} decimals, {unit}.");
        return null;
    }

    protected DateOnly? DateOf(in JsonFields fields, string name)
    {
        if (!Text(fields, name, out var text)) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 1971 and <= 9998) return date;
        Fault(fields.At(name), $"'{text}' is not a date of the form 2026-07-01 between 1971 and 9998.");
        return null;
    }

    /// <summary>A month written like 2026-07.</summary>
    protected DateOnly? MonthOf(in JsonFields fields, string name)
    {
        if (!Text(fields, name, out var text)) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date.Year is >= 1971 and <= 9998) return date;
        Fault(fields.At(name), $"'{text}' is not a month of the form 2026-07 between 1971 and 9998.");
        return null;
    }

    /// <summary>Bit n for month n; all where nothing is said.</summary>
    protected int MonthsOf(in JsonFields fields, string name)
    {
        if (!fields.Has(name)) return BandRule.AllMonths;
        var months = 0;
        foreach (var (value, path) in Items(fields, name, 12))
        {
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var month) && month is >= 1 and <= 12)
            {
                if ((months >> month & 1) == 1) Fault(path, $"Month {month} is there twice.");
                months |= 1 << month;
            }
            else
            {
                Fault(path, "A month is a number from 1 to 12.");
            }
        }

        return months;
    }
}

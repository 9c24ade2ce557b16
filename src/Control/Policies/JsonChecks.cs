using System.Globalization;
using System.Text.Json;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>
/// Faults of a document, collected while it is read. Bounded, so that a hostile document cannot fill memory.
/// </summary>
internal sealed class JsonChecks
{
    public const int FaultsMax = 100;

    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    public void Add(string path, string what)
    {
        if (_faults.Count < FaultsMax) _faults.Add($"{path}: {what}");
    }
}

/// <summary>
/// A value of a JSON document with its path; every reader reports its fault and returns a harmless value.
/// </summary>
internal readonly record struct JsonPart(JsonElement Element, string Path, JsonChecks Checks)
{
    public void Fault(string what) => Checks.Add(Path, what);

    public void Fault(string property, string what) => Checks.Add($"{Path}.{property}", what);

    public bool Has(string property) => Element.TryGetProperty(property, out _);

    public bool HasEntries(string property) => Element.TryGetProperty(property, out var value)
        && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0;

    public IEnumerable<string> Names() => Element.EnumerateObject().Select(property => property.Name);

    /// <summary>
    /// False, with a fault, when it is no object; a property that is not allowed is a fault of its own.
    /// </summary>
    public bool IsObject(IReadOnlyCollection<string> allowed)
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            Fault("must be an object.");
            return false;
        }

        foreach (var name in Names().Where(name => !allowed.Contains(name))) Fault(name, "unknown property.");
        return true;
    }

    public JsonPart? Part(string property)
    {
        if (Element.TryGetProperty(property, out var value)) return new(value, $"{Path}.{property}", Checks);
        Fault(property, "is missing.");
        return null;
    }

    public IReadOnlyList<JsonPart> List(string property, int min, int max)
    {
        if (Part(property) is not { } part) return [];
        if (part.Element.ValueKind != JsonValueKind.Array)
        {
            part.Fault("must be a list.");
            return [];
        }

        var length = part.Element.GetArrayLength();
        if (length < min || length > max) part.Fault($"must have {min} to {max} entries, has {length}.");
        var checks = Checks;
        return [.. part.Element.EnumerateArray().Take(max).Select(
            (value, i) => new JsonPart(value, $"{part.Path}[{i}]", checks))];
    }

    public string? AsText()
    {
        if (Element.ValueKind == JsonValueKind.String) return Element.GetString();
        Fault("must be a string.");
        return null;
    }

    /// <summary>A date such as "2026-10-01"; null with a fault.</summary>
    public ServiceDay? AsDay()
    {
        if (AsText() is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date)) return ServiceDay.Of(date);
        Fault("must be a date such as '2026-10-01'.");
        return null;
    }

    /// <summary>Dates, each once.</summary>
    public HashSet<ServiceDay> Days(string property, int max)
    {
        var days = new HashSet<ServiceDay>();
        if (!Has(property)) return days;
        foreach (var part in List(property, 0, max))
        {
            if (part.AsDay() is { } day && !days.Add(day)) part.Fault("named twice.");
        }

        return days;
    }

    /// <summary>Names of classes, regions, calendars or policies, each once; empty when it is left out.</summary>
    public IReadOnlySet<string> Words(string property, int min = 1, int max = 50)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        if (!Has(property)) return words;
        foreach (var part in List(property, min, max))
        {
            if (part.AsText() is not { } word) continue;
            if (!IsWord(word)) part.Fault("must have 1 to 64 lower-case letters, digits, '-', '_' or '.'.");
            else if (!words.Add(word)) part.Fault("named twice.");
        }

        return words;
    }

    public static bool IsWord(string word) => word.Length is > 0 and <= 64
        && word.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');

    /// <summary>A string of 1 to <paramref name="max"/> characters; null, with a fault, for anything else.</summary>
    public string? Text(string property, int max)
    {
        if (Part(property) is not { } part || part.AsText() is not { } text) return null;
        if (text.Length > 0 && text.Length <= max) return text;
        part.Fault($"must have 1 to {max} characters.");
        return null;
    }

    /// <summary>Without a fault: the caller says what it must be.</summary>
    public bool TryWhole(int min, int max, out int value)
    {
        value = min;
        return Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out value)
            && value >= min && value <= max;
    }

    public long Whole(string property, long min, long max, long? otherwise = null)
    {
        if (otherwise is { } missing && !Has(property)) return missing;
        if (Part(property) is not { } part) return min;
        if (part.Element.ValueKind == JsonValueKind.Number && part.Element.TryGetInt64(out var value)
            && value >= min && value <= max)
        {
            return value;
        }

        part.Fault(string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}."));
        return min;
    }

    public bool Flag(string property)
    {
        if (!Element.TryGetProperty(property, out var value)) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Fault(property, "must be true or false.");
        return false;
    }

    /// <summary>
    /// An amount as a decimal string, in minor units. Without a known currency it cannot be read, nor blamed.
    /// </summary>
    public long Amount(string property, Currency? currency, string? otherwise, long min = -1_000_000_000_000)
    {
        if (otherwise is not null && !Has(property)) return 0;
        if (Text(property, 20) is not { } text || currency is not { } known) return 0;
        if (Decimals.TryParse(text, known.Decimals, out var minor) && minor >= min && minor <= 1_000_000_000_000)
        {
            return minor;
        }
        Fault(property, $"must be an amount in {known.Code} as a string, at most {known.Decimals} decimals"
            + (min == 0 ? ", not negative." : "."));
        return 0;
    }

    /// <summary>Minute of the day of "08:00"; "24:00" is its end. Null with a fault.</summary>
    public int? Minute(string property)
    {
        if (Text(property, 5) is not { } text) return null;
        if (text == "24:00") return 1_440;
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return (time.Hour * 60) + time.Minute;
        }

        Fault(property, "must be a time such as '08:00', or '24:00'.");
        return null;
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace Meters.Billing.Tests.Tariffs;

/// <summary>As much of JSON Schema as the published schema uses; a keyword that it does not know is a fault.</summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> FaultsOf(JsonElement document)
    {
        _faults.Clear();
        Check(root, document, "$");
        return [.. _faults];
    }

    private bool Check(JsonElement schema, JsonElement value, string path)
    {
        var before = _faults.Count;
        foreach (var keyword in schema.EnumerateObject()) CheckKeyword(schema, keyword, value, path);
        return _faults.Count == before;
    }

    private void CheckKeyword(JsonElement schema, JsonProperty keyword, JsonElement value, string path)
    {
        var rule = keyword.Value;
        var isHeld = keyword.Name switch
        {
            "$schema" or "title" or "description" or "default" or "examples" or "$defs" => true,
            "$ref" => Check(Definition(rule.GetString()!), value, path),
            "type" => IsOf(rule.GetString()!, value),
            "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
            "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.ToString(), rule.ToString()),
            "minLength" or "minItems" or "minProperties" or "minimum" => SizeOf(value) >= rule.GetDecimal(),
            "maxLength" or "maxItems" or "maxProperties" or "maximum" => SizeOf(value) <= rule.GetDecimal(),
            "uniqueItems" => value.ValueKind == JsonValueKind.Array
                && value.EnumerateArray().Select(item => item.GetRawText()).Distinct().Count()
                    == value.GetArrayLength(),
            "required" => value.ValueKind == JsonValueKind.Object
                && rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "oneOf" => rule.EnumerateArray().Count(one => Holds(one, value)) == 1,
            "items" => CheckItems(rule, value, path),
            "properties" => CheckProperties(rule, value, path),
            "additionalProperties" => CheckOthers(schema, rule, value, path),
            _ => false,
        };
        if (!isHeld) _faults.Add($"{path}: {keyword.Name}");
    }

    private JsonElement Definition(string reference) =>
        root.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]);

    private bool Holds(JsonElement schema, JsonElement value) => new SchemaCheck(root).Check(schema, value, "");

    private static decimal SizeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.GetArrayLength(),
        JsonValueKind.Object => value.EnumerateObject().Count(),
        JsonValueKind.String => value.GetString()!.Length,
        JsonValueKind.Number => value.GetDecimal(),
        _ => 0,
    };

    private bool CheckItems(JsonElement rule, JsonElement value, string path) => value.ValueKind != JsonValueKind.Array
        || value.EnumerateArray().Select((item, i) => Check(rule, item, $"{path}[{i}]")).ToList().TrueForAll(ok => ok);

    private bool CheckProperties(JsonElement rule, JsonElement value, string path) =>
        value.ValueKind != JsonValueKind.Object || rule.EnumerateObject().ToList().TrueForAll(property =>
            !value.TryGetProperty(property.Name, out var found)
            || Check(property.Value, found, $"{path}.{property.Name}"));

    private bool CheckOthers(JsonElement schema, JsonElement rule, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object) return true;
        var known = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(property => property.Name).ToHashSet()
            : [];
        return value.EnumerateObject().Where(property => !known.Contains(property.Name)).ToList()
            .TrueForAll(other => rule.ValueKind == JsonValueKind.Object
                && Check(rule, other.Value, $"{path}.{other.Name}"));
    }

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => false,
    };
}

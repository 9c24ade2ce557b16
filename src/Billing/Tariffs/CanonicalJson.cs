using System.Text.Json;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// Writes a document that was read without fault in one form: properties in a fixed order, decimals without useless
/// zeros, energy as a string.
/// </summary>
internal static class CanonicalJson
{
    private const int PlacesMax = 9;

    private static readonly string[] Order =
    [
        "id", "version", "effectiveFrom", "effectiveUntil", "currency", "zone", "accumulate", "limits", "billPeriod",
        "chargeDecimals", "dayLists", "bands", "kind", "name", "account", "from", "upToKwh", "price",
    ];

    private static readonly string[] Energies = ["upToKwh", "aboveKwh", "kwh"];

    private static readonly string[] Texts =
        ["id", "name", "line", "of", "overrides", "days", "zone", "anchor", "kind", "bands", "sum", "creditUpTo"];

    public static void Write(Utf8JsonWriter json, JsonElement value, string property)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                var sorted = value.EnumerateObject().OrderBy(Rank).ThenBy(one => one.Name, StringComparer.Ordinal);
                foreach (var one in sorted)
                {
                    json.WritePropertyName(one.Name);
                    Write(json, one.Value, one.Name);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item, property);
                json.WriteEndArray();
                break;
            case JsonValueKind.String when !Texts.Contains(property):
                json.WriteStringValue(Shortest(value.GetString()!));
                break;
            case JsonValueKind.Number when Energies.Contains(property):
                json.WriteStringValue(value.GetRawText());
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static int Rank(JsonProperty property) =>
        Array.IndexOf(Order, property.Name) is var rank and >= 0 ? rank : Order.Length;

    private static string Shortest(string text)
    {
        if (!Decimals.TryParse(text, PlacesMax, out var value)) return text;
        return Decimals.Format(value, PlacesMax).TrimEnd('0').TrimEnd('.');
    }
}

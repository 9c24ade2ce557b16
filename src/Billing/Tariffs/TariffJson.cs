using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Tariff versions as JSON, the form of docs/schemas/tariff.schema.json.</summary>
public static class TariffJson
{
    // "+08:00" stays readable; the text never stands inside HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>False, with every fault at once, where the document is not a tariff version.</summary>
    public static bool TryParse(string json, out TariffVersion? version, out IReadOnlyList<TariffFault> faults)
    {
        var reader = new TariffReader();
        version = reader.Read(json);
        faults = reader.Faults;
        return version is not null;
    }

    /// <summary>
    /// Writes what <see cref="TryParse"/> reads, always in the same form: equal versions give equal text.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The version does not begin with a day of its zone, or was made by a program and is more than tiers.
    /// </exception>
    public static string Write(TariffVersion version)
    {
        if (version.Tiers.Count == 0)
        {
            return version.Draft.Document
                ?? throw new ArgumentException("Only the simple form is written without a document.", nameof(version));
        }

        var day = ServiceDay.Of(DateOnly.FromDateTime(version.Zone.ToLocal(version.EffectiveFrom)));
        if (version.Zone.StartOf(day) != version.EffectiveFrom)
        {
            throw new ArgumentException("A written tariff begins with a day of its zone.", nameof(version));
        }

        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Plain))
        {
            json.WriteStartObject();
            json.WriteString("id", version.Id);
            json.WriteNumber("version", version.Version);
            json.WriteString("effectiveFrom", day.ToString());
            json.WriteString("currency", version.Currency.Code);
            json.WriteString("zone", version.Zone.Id);
            json.WriteString("accumulate", Word(version.Accumulation));
            json.WriteStartArray("tiers");
            foreach (var tier in version.Tiers)
            {
                json.WriteStartObject();
                if (tier.UpTo is { } end) json.WriteString("upToKwh", Shortest(end.TenthsWh, 4));
                json.WriteString("price", Shortest(tier.Price.MicroMinor, 6 + version.Currency.Decimals));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.ToArray());
    }

    internal static string Canonical(JsonElement document)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Plain)) CanonicalJson.Write(json, document, "");
        return Encoding.UTF8.GetString(memory.ToArray());
    }

    private static string Word(Accumulation accumulation) => accumulation switch
    {
        Accumulation.None => "none",
        Accumulation.Month => "month",
        Accumulation.Year => "year",
        _ => throw new ArgumentOutOfRangeException(nameof(accumulation)),
    };

    private static string Shortest(long value, int places) => Decimals.Format(value, places).TrimEnd('0').TrimEnd('.');
}

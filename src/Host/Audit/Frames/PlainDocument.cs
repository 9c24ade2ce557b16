using System.Globalization;
using System.Text.Json;
using Meters.Units;

namespace Meters.Host.Audit.Frames;

/// <summary>What stands behind a reading that no terminal sent, as it is kept among the raw frames.</summary>
/// <param name="Kind">estimate, edit, release ...</param>
/// <param name="Channel">Whose.</param>
/// <param name="Values">By instant, microseconds since 1970; null where a value was taken out.</param>
internal sealed record PlainDocument(string Kind, long Channel, IReadOnlyDictionary<long, long?> Values)
{
    public static bool Is(ReadOnlySpan<byte> bytes) => bytes is [(byte)'{', ..];

    /// <returns>Null where it cannot be read.</returns>
    public static PlainDocument? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var values = new Dictionary<long, long?>();
            foreach (var value in root.GetProperty(nameof(Values)).EnumerateArray())
            {
                var at = DateTimeOffset.Parse(
                    value.GetProperty("At").GetString()!, CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal);
                var shown = value.GetProperty("TenthsWh");
                values[Instant.From(at).UnixMicros] = shown.ValueKind == JsonValueKind.Null ? null : shown.GetInt64();
            }

            var channel = (root.GetProperty("Meter").GetInt64() << 4) | root.GetProperty("Register").GetInt64();
            return new(root.GetProperty(nameof(Kind)).GetString() ?? "", channel, values);
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentNullException)
        {
            return null;
        }
    }
}

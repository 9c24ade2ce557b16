using System.Globalization;
using System.Text.Json;
using Meters.Units;

namespace Meters.Host.Audit.Frames;

/// <summary>What stands behind a reading that no terminal sent, as it is kept among the raw frames.</summary>
/// <param name="Kind">estimate, edit, release ...</param>
/// <param name="Channel">Whose.</param>
/// <param name="Values">
/// Each with its instant, microseconds since 1970; null where a value was taken out. Of a replacement, what the old
/// meter showed last and what the new one showed first.
/// </param>
public sealed record PlainDocument(string Kind, long Channel, IReadOnlyList<(long At, long? TenthsWh)> Values)
{
    public const string Estimate = "estimate";
    public const string Replacement = "replacement";

    public static bool Is(ReadOnlySpan<byte> bytes) => bytes is [(byte)'{', ..];

    /// <returns>Null where it cannot be read.</returns>
    public static PlainDocument? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            var values = new List<(long, long?)>();
            foreach (var value in root.GetProperty(nameof(Values)).EnumerateArray())
            {
                var at = DateTimeOffset.Parse(
                    value.GetProperty("At").GetString()!, CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal);
                var shown = value.GetProperty("TenthsWh");
                values.Add((
                    Instant.From(at).UnixMicros, shown.ValueKind == JsonValueKind.Null ? null : shown.GetInt64()));
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

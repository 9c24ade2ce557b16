using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Meters.Host.Hosting;

/// <param name="Path">"Engine:Shards", as it was written.</param>
/// <param name="Kind">String, Number, True, False or Null; String also for every value of the environment.</param>
/// <param name="Text">The value.</param>
/// <param name="Origin">Where it stands: "meters.json line 4".</param>
public sealed record SettingValue(string Path, JsonValueKind Kind, string Text, string Origin);

/// <summary>
/// The settings file as flat values, each with its line: a JSON object of values and of sections with values. Comments
/// and a comma after the last member are allowed. Pure.
/// </summary>
public static class SettingsFile
{
    /// <summary>Largest settings file, in bytes.</summary>
    public const int BytesMax = 256 * 1024;

    /// <param name="bytes">The file.</param>
    /// <param name="name">Its name, for the faults.</param>
    /// <param name="faults">Gets what is wrong.</param>
    public static IReadOnlyList<SettingValue> Read(ReadOnlySpan<byte> bytes, string name, List<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        var values = new List<SettingValue>();
        var reader = new Utf8JsonReader(
            bytes, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                faults.Add($"{name}: must be one JSON object.");
                return [];
            }

            ReadObject(ref reader, bytes, name, "", values, faults);
            reader.Read(); // What follows the object is malformed.
        }
        catch (JsonException fault)
        {
            var line = (fault.LineNumber ?? 0) + 1;
            var at = (fault.BytePositionInLine ?? 0) + 1;
            faults.Add(bytes.IsEmpty
                ? $"{name}: is empty: it must be one JSON object."
                : $"{name} line {line}: is no JSON from byte {at} of the line on: a quote, comma or brace is missing "
                    + "or too much.");
        }
        catch (InvalidOperationException)
        {
            faults.Add($"{name}: has text that is not UTF-8.");
        }

        return values;
    }

    private static void ReadObject(
        ref Utf8JsonReader reader, ReadOnlySpan<byte> bytes, string name, string section, List<SettingValue> values,
        List<string> faults)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            var path = section + key;
            var origin = $"{name} line {LineOf(bytes, reader.TokenStartIndex)}";
            if (!seen.Add(key)) faults.Add($"{origin}: {path} stands twice.");
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when section.Length == 0:
                    ReadObject(ref reader, bytes, name, path + ":", values, faults);
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    faults.Add($"{origin}: {path} must be a single value.");
                    reader.Skip();
                    break;
                default:
                    values.Add(new(path, KindOf(reader.TokenType), TextOf(ref reader), origin));
                    break;
            }
        }
    }

    private static string TextOf(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => reader.TokenType.ToString().ToLower(CultureInfo.InvariantCulture),
    };

    private static JsonValueKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.String => JsonValueKind.String,
        JsonTokenType.Number => JsonValueKind.Number,
        JsonTokenType.True => JsonValueKind.True,
        JsonTokenType.False => JsonValueKind.False,
        _ => JsonValueKind.Null,
    };

    private static int LineOf(ReadOnlySpan<byte> bytes, long at) => bytes[..checked((int)at)].Count((byte)'\n') + 1;
}

using System.Text;

namespace Meters.Ingest.Gdw3761;

/// <summary>How a terminal shows a text: AFN 05 F32, first byte.</summary>
public enum TerminalTextKind : byte
{
    Normal = 0,

    /// <summary>Calls for attention.</summary>
    Important = 1,
}

/// <summary>
/// Texts for a terminal's display, in the national character set (GB 2312; as code page 936). Long ones go in numbered
/// parts.
/// </summary>
public static class TerminalText
{
    /// <summary>Bytes of one part: what displays keep.</summary>
    public const int BytesMax = 200;

    /// <summary>Numbers of parts run from 1 to 10.</summary>
    public const int PartsMax = 10;

    private const int CodePage = 936;

    private static readonly Encoding Gb = CodePagesEncodingProvider.Instance.GetEncoding(
        CodePage, new EncoderReplacementFallback("?"), new DecoderReplacementFallback("?"))
        ?? throw new InvalidOperationException("The runtime has no code page 936.");

    /// <summary>The bytes of each part; no character is torn in two. One that GB does not have becomes "?".</summary>
    public static IReadOnlyList<byte[]> Parts(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = new List<byte[]>();
        var part = new List<byte>(BytesMax);
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = rune.IsBmp ? Gb.GetBytes(rune.ToString()) : [(byte)'?'];
            if (part.Count + bytes.Length > BytesMax)
            {
                parts.Add([.. part]);
                part.Clear();
            }

            part.AddRange(bytes);
        }

        if (part.Count > 0) parts.Add([.. part]);
        return parts;
    }

    public static string Read(ReadOnlySpan<byte> bytes) => Gb.GetString(bytes);
}

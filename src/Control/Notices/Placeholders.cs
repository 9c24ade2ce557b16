using System.Text;

namespace Meters.Control.Notices;

/// <summary>Texts with names in braces. A brace that is not part of a name is a fault.</summary>
internal static class Placeholders
{
    public static string Fill(string text, Func<string, string> value)
    {
        var filled = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            if (open < 0) return filled.Append(text, at, text.Length - at).ToString();
            var close = text.IndexOf('}', open);
            if (close < 0) throw new InvalidOperationException("A brace is open: the text was never checked.");
            filled.Append(text, at, open - at).Append(value(text[(open + 1)..close]));
            at = close + 1;
        }

        return filled.ToString();
    }

    /// <summary>Names in order; false for a brace that has no partner or holds another.</summary>
    public static bool TryNames(string text, out IReadOnlyList<string> names)
    {
        var found = new List<string>();
        names = found;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            var close = text.IndexOf('}', at);
            if (open < 0 && close < 0) return true;
            if (open < 0 || close < open) return false;
            var name = text[(open + 1)..close];
            if (name.Contains('{', StringComparison.Ordinal)) return false;
            found.Add(name);
            at = close + 1;
        }

        return true;
    }
}

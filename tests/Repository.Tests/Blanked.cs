namespace Meters.Tests.Repository;

/// <summary>
/// C# text of the same length in which strings, characters, comments and directives are spaces; line ends stay.
/// </summary>
internal static class Blanked
{
    public static string Of(string text)
    {
        var code = text.ToCharArray();
        var at = 0;
        while (at < text.Length)
        {
            var end = EndOfToken(text, at);
            if (end == at)
            {
                at++;
                continue;
            }

            for (; at < end; at++)
            {
                if (code[at] != '\n') code[at] = ' ';
            }
        }

        return new(code);
    }

    /// <summary>
    /// Where a string, character, comment or directive that begins here ends; here itself when none begins.
    /// </summary>
    private static int EndOfToken(string text, int at)
    {
        if (At(text, at, "//")) return Find(text, "\n", at);
        if (At(text, at, "/*")) return Past(text, "*/", at + 2);
        if (text[at] == '#' && IsFirstOfLine(text, at)) return Find(text, "\n", at);
        if (text[at] == '\'') return EndOfQuoted(text, at, '\'');
        return text[at] is '"' or '$' or '@' ? EndOfString(text, at) : at;
    }

    private static int EndOfString(string text, int at)
    {
        var quote = at;
        var dollars = 0;
        var verbatim = false;
        for (; quote < text.Length && text[quote] is '$' or '@'; quote++)
        {
            if (text[quote] == '$') dollars++;
            else verbatim = true;
        }

        if (quote >= text.Length || text[quote] != '"') return at; // @name, or no string at all.
        var quotes = 0;
        while (quote + quotes < text.Length && text[quote + quotes] == '"') quotes++;
        if (quotes >= 3) return Past(text, new string('"', quotes), quote + quotes);
        if (dollars > 0) return EndOfInterpolated(text, quote + 1, verbatim);
        return verbatim ? EndOfVerbatim(text, quote + 1) : EndOfQuoted(text, quote, '"');
    }

    private static int EndOfQuoted(string text, int at, char quote)
    {
        for (at++; at < text.Length && text[at] != quote && text[at] != '\n'; at++)
        {
            if (text[at] == '\\') at++;
        }

        return Math.Min(at + 1, text.Length);
    }

    private static int EndOfVerbatim(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] != '"') continue;
            if (!At(text, at, "\"\"")) return at + 1;
            at++;
        }

        return at;
    }

    private static int EndOfInterpolated(string text, int at, bool verbatim)
    {
        while (at < text.Length)
        {
            if (At(text, at, "{{") || (verbatim && At(text, at, "\"\"")) || (!verbatim && text[at] == '\\')) at += 2;
            else if (text[at] == '"') return at + 1;
            else if (text[at] == '{') at = EndOfHole(text, at + 1);
            else at++;
        }

        return at;
    }

    /// <summary>An expression inside a string, with strings and braces of its own.</summary>
    private static int EndOfHole(string text, int at)
    {
        for (var depth = 1; at < text.Length && depth > 0;)
        {
            var end = EndOfToken(text, at);
            if (end != at)
            {
                at = end;
                continue;
            }

            if (text[at] == '{') depth++;
            if (text[at] == '}') depth--;
            at++;
        }

        return at;
    }

    private static bool At(string text, int at, string what) =>
        text.AsSpan(at).StartsWith(what, StringComparison.Ordinal);

    private static bool IsFirstOfLine(string text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t') at--;
        return at == 0 || text[at - 1] == '\n';
    }

    private static int Find(string text, string what, int from) =>
        text.IndexOf(what, from, StringComparison.Ordinal) is var at and >= 0 ? at : text.Length;

    private static int Past(string text, string what, int from) =>
        Math.Min(Find(text, what, from) + what.Length, text.Length);
}

using System.Text.RegularExpressions;

namespace Meters.Tests.Repository;

/// <summary>
/// One function, accessor or expression-bodied member: where it begins, and its lines with signature and end.
/// </summary>
internal readonly record struct Function(string Signature, int Line, int Lines);

/// <summary>Finds functions by braces alone, in text from which strings and comments are gone.</summary>
internal static partial class Functions
{
    public static IReadOnlyList<Function> In(string text)
    {
        var code = Blanked.Of(text);
        var found = new List<Function>();
        var kinds = new Stack<Kind>();
        kinds.Push(Kind.Space);
        var start = 0; // Of the declaration that is being read.
        for (var at = 0; at < code.Length; at++)
        {
            var inType = kinds.Peek() == Kind.Type;
            switch (code[at])
            {
                case '{':
                    kinds.Push(KindOf(code[start..at], kinds.Peek()));
                    if (kinds.Peek() is Kind.Type or Kind.Space) start = at + 1;
                    break;
                case '}':
                    var ended = kinds.Count > 1 ? kinds.Pop() : Kind.Space;
                    if (ended == Kind.Function) found.Add(Measure(code, start, at));
                    if (ended != Kind.Other || kinds.Peek() is Kind.Space) start = at + 1;
                    break;
                case ';' when inType:
                    var header = code[start..at];
                    if (header.Contains("=>", StringComparison.Ordinal)) found.Add(Measure(code, start, at));
                    start = at + 1;
                    break;
                case ';' when kinds.Peek() == Kind.Space:
                    start = at + 1;
                    break;
            }
        }

        return found;
    }

    private static Kind KindOf(string header, Kind around)
    {
        if (around is Kind.Function or Kind.Other) return Kind.Other;
        header = WithoutAttributes(header);
        if (Namespace().IsMatch(header)) return Kind.Space;
        if (TypeHeader().IsMatch(header)) return Kind.Type;
        // In a type, after an assignment or an arrow: an initialiser or expression, which its semicolon ends.
        return around == Kind.Type && !Assignment().IsMatch(header) ? Kind.Function : Kind.Other;
    }

    /// <summary>Attributes may hold anything, an assignment or "class" too.</summary>
    private static string WithoutAttributes(string header)
    {
        while (header.AsSpan().TrimStart().StartsWith("["))
        {
            var (depth, at) = (0, header.IndexOf('[', StringComparison.Ordinal));
            for (; at < header.Length; at++)
            {
                if (header[at] == '[') depth++;
                else if (header[at] == ']' && --depth == 0) break;
            }

            if (at >= header.Length) return header;
            header = header[(at + 1)..];
        }

        return header;
    }

    private static Function Measure(string code, int start, int end)
    {
        while (start < end && char.IsWhiteSpace(code[start])) start++;
        var line = code.AsSpan(0, start).Count('\n') + 1;
        var lines = code.AsSpan(start, end - start).Count('\n') + 1;
        var signature = code[start..Math.Min(end, start + 400)].Split('{', 2)[0].Split("=>", 2)[0];
        return new(Spaces().Replace(signature, " ").Trim(), line, lines);
    }

    private enum Kind
    {
        Space,
        Type,
        Function,
        Other,
    }

    [GeneratedRegex(@"^\s*namespace\s")]
    private static partial Regex Namespace();

    // Not a constraint or a record's parameter: the keyword stands before the name and any bracket.
    [GeneratedRegex(@"^\s*(\w+\s+)*?\b(class|struct|interface|enum|record|extension)\b")]
    private static partial Regex TypeHeader();

    // "=" that is no comparison and no operator's name, or "=>".
    [GeneratedRegex(@"(?<![=!<>+\-*/&|^%])=(?!=)(?![^(]*\)\s*(where|:|$))|=>")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

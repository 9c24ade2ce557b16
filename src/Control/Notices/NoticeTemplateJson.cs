using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Meters.Control.Policies;

namespace Meters.Control.Notices;

/// <summary>
/// A template as its document:
/// <c>{"id":"warn.en","version":2,"kind":"warn","language":"en","text":"...","cutAhead":"..."}</c>. All faults at once.
/// </summary>
public static class NoticeTemplateJson
{
    public const int TextLengthMax = 1_000;

    private static readonly string[] Members =
        ["id", "version", "kind", "language", "text", "cutAhead", "byButton", "byItself"];

    private static readonly string[] CutNames = ["cutBelow", "cutNotBefore"];

    public static bool TryParse(
        string json, [NotNullWhen(true)] out NoticeTemplate? template, out IReadOnlyList<string> faults) =>
        JsonReading.TryRead(json, ReadWhole, out template, out faults);

    public static string Write(NoticeTemplate template)
    {
        ArgumentNullException.ThrowIfNull(template);
        return JsonSerializer.Serialize(new
        {
            id = template.Id,
            version = template.Version,
            kind = ControlTags.Tag(template.Kind),
            language = template.Language,
            text = template.Text,
            cutAhead = template.CutAhead,
            byButton = template.ByButton,
            byItself = template.ByItself,
        });
    }

    private static NoticeTemplate? ReadWhole(JsonPart root)
    {
        if (!root.IsObject(Members)) return null;
        var template = Read(root);
        if (template is not null && root.Checks.Faults.Count == 0) AddLength(template, root.Checks);
        return template;
    }

    private static NoticeTemplate? Read(JsonPart root)
    {
        var word = root.Text("kind", 20);
        var kind = Enum.GetValues<NoticeKind>().FirstOrDefault(k => ControlTags.Tag(k) == word);
        if (word is not null && kind == default)
        {
            var known = Enum.GetValues<NoticeKind>().Select(ControlTags.Tag);
            root.Fault("kind", $"must be one of {string.Join(", ", known)}.");
        }

        var language = root.Text("language", 3);
        if (language is not null && !IsLanguage(language))
        {
            root.Fault("language", "must be two or three small letters, such as en.");
        }

        var id = root.Text("id", 64);
        var version = (int)root.Whole("version", 1, int.MaxValue);
        var text = root.Text("text", TextLengthMax);
        var cutAhead = Part(root, "cutAhead");
        var byButton = Part(root, "byButton");
        var byItself = Part(root, "byItself");
        if (kind == default || language is null || text is null) return null;
        if (id is not null && id != NoticeTemplate.IdOf(kind, language))
        {
            root.Fault("id", $"must be {NoticeTemplate.IdOf(kind, language)}, of its kind and language.");
        }

        CheckNames(root, "text", text, ["account", "balance", "reconnectFrom", "next", "how"], RequiredIn(kind));
        CheckNames(root, "cutAhead", cutAhead, CutNames, IsBeforeCut(kind) ? ["cutNotBefore"] : []);
        CheckNames(root, "byButton", byButton, [], []);
        CheckNames(root, "byItself", byItself, [], []);
        if (!IsBeforeCut(kind) && (byButton.Length == 0 || byItself.Length == 0))
        {
            root.Fault("byButton", "and byItself must say how power comes back.");
        }

        return new(kind, language, version, text, cutAhead, byButton, byItself);
    }

    public static bool IsLanguage(string? language) =>
        language is { Length: 2 or 3 } && language.All(char.IsAsciiLetterLower);

    private static bool IsBeforeCut(NoticeKind kind) =>
        kind is NoticeKind.Info or NoticeKind.Remind or NoticeKind.Warn or NoticeKind.Final;

    /// <summary>What a customer must be told.</summary>
    private static string[] RequiredIn(NoticeKind kind) => kind switch
    {
        NoticeKind.Info or NoticeKind.Remind or NoticeKind.Warn or NoticeKind.Final => ["account", "balance", "next"],
        NoticeKind.CutDone => ["account", "balance", "reconnectFrom", "how"],
        _ => ["account", "balance", "how"],
    };

    private static string Part(JsonPart root, string property) =>
        root.Has(property) && root.Part(property) is { } part
            ? Shortened(part, part.AsText() ?? "")
            : "";

    private static string Shortened(JsonPart part, string text)
    {
        if (text.Length > TextLengthMax) part.Fault($"must have at most {TextLengthMax} characters.");
        return text;
    }

    private static void CheckNames(
        JsonPart root, string property, string text, string[] known, string[] needed)
    {
        if (text.Any(c => char.IsControl(c) && c != '\n')) root.Fault(property, "must have no control characters.");
        if (!Placeholders.TryNames(text, out var names))
        {
            root.Fault(property, "has a brace without its partner.");
            return;
        }

        foreach (var name in names.Where(name => !known.Contains(name)).Distinct())
        {
            root.Fault(property, known.Length == 0
                ? $"{{{name}}} is not known: there are no placeholders here."
                : $"{{{name}}} is not known: there are {{{string.Join("}, {", known)}}}.");
        }

        foreach (var name in needed.Where(name => !names.Contains(name))) root.Fault(property, $"lacks {{{name}}}.");
    }

    private static void AddLength(NoticeTemplate template, JsonChecks checks)
    {
        var parts = GsmAlphabet.Parts(template.LongestText());
        if (parts > NoticeTemplate.PartsMax)
        {
            checks.Add("$.text", $"needs {parts} SMS parts, {NoticeTemplate.PartsMax} at most.");
        }
    }
}

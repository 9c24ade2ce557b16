using Meters.Units;

namespace Meters.Control.Notices;

/// <summary>
/// All texts with the instants from which they hold: those that the program ships, and over them the versions that
/// were approved. Immutable.
/// </summary>
public sealed class NoticeBook
{
    private readonly Dictionary<
        (NoticeKind Kind, string Language), List<(Instant From, NoticeTemplate Template)>> _texts;

    /// <summary>Only what the program ships.</summary>
    public static NoticeBook Shipped { get; } = new([]);

    public NoticeBook(IEnumerable<(Instant From, NoticeTemplate Template)> approved)
    {
        _texts = NoticeTemplates.Shipped.Select(template => (From: Instant.MinValue, Template: template))
            .Concat(approved)
            .GroupBy(one => (one.Template.Kind, one.Template.Language))
            .ToDictionary(group => group.Key, group => group.OrderBy(one => one.From)
                .ThenBy(one => one.Template.Version).ToList());
    }

    /// <summary>Every version, in order of kind, language and instant.</summary>
    public IEnumerable<(Instant From, NoticeTemplate Template)> All => _texts
        .OrderBy(pair => pair.Key.Kind).ThenBy(pair => pair.Key.Language, StringComparer.Ordinal)
        .SelectMany(pair => pair.Value);

    /// <summary>Versions of one text by the instant from which they hold; empty for an unknown one.</summary>
    public IReadOnlyList<(Instant From, NoticeTemplate Template)> Versions(string id) =>
        [.. All.Where(one => one.Template.Id == id)];

    /// <summary>
    /// The version in force: in the customer's language where there is a text in it, else in English.
    /// </summary>
    public NoticeTemplate At(NoticeKind kind, string? language, Instant at)
    {
        var wanted = PrimaryOf(language);
        return InForce(kind, wanted, at) ?? InForce(kind, "en", at)
            ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a notice.");
    }

    private NoticeTemplate? InForce(NoticeKind kind, string language, Instant at) =>
        _texts.TryGetValue((kind, language), out var versions)
            ? versions.LastOrDefault(version => version.From <= at).Template
            : null;

    /// <summary>"zh-CN" is "zh".</summary>
    private static string PrimaryOf(string? language)
    {
        var text = language ?? "";
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        return (dash < 0 ? text : text[..dash]).ToLowerInvariant();
    }
}

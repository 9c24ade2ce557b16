using System.Globalization;
using Meters.Units;

namespace Meters.Control.Notices;

/// <summary>One version of the text of a message in one language.</summary>
/// <param name="Kind">About what.</param>
/// <param name="Language">Primary BCP 47 tag: "en".</param>
/// <param name="Version">1 and up; kept with every message, so that it is known what was said.</param>
/// <param name="Text">
/// With placeholders: {account}, {balance}, {reconnectFrom}; {next} is <paramref name="CutAhead"/> when a cut is
/// coming and nothing otherwise; {how} is <paramref name="ByButton"/> or <paramref name="ByItself"/>.
/// </param>
/// <param name="CutAhead">With {cutBelow} and {cutNotBefore}.</param>
/// <param name="ByButton">How power comes back where the customer presses the meter's button.</param>
/// <param name="ByItself">How it comes back by itself.</param>
public sealed record NoticeTemplate(
    NoticeKind Kind, string Language, int Version, string Text, string CutAhead, string ByButton, string ByItself)
{
    /// <summary>Parts of one message at most: a text that costs more is a mistake.</summary>
    public const int PartsMax = 4;

    /// <summary>The most that a text must bear: long numbers, a cut ahead.</summary>
    private static readonly NoticeFacts Longest = new(
        new(9_999_999_999), Currency.Parse("CNY"), new(-123_456_78), new(-10_000_00),
        new Instant(1_767_225_600_000_000), new(1_000_000), ByButton: true, LocalZone.China);

    /// <summary>Id of its document: <c>warn.en</c>.</summary>
    public string Id => IdOf(Kind, Language);

    /// <summary>As decisions and messages name it: <c>warn/en/1</c>.</summary>
    public string Label => string.Create(CultureInfo.InvariantCulture, $"{ControlTags.Tag(Kind)}/{Language}/{Version}");

    public static string IdOf(NoticeKind kind, string language) => $"{ControlTags.Tag(kind)}.{language}";

    public string Fill(NoticeFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var next = facts is { CutBelow: not null, CutNotBefore: not null } ? CutAhead : "";
        return Placeholders.Fill(Text, name => name switch
        {
            "next" => Placeholders.Fill(next, inner => ValueOf(inner, facts)),
            "how" => facts.ByButton ? ByButton : ByItself,
            _ => ValueOf(name, facts),
        });
    }

    /// <summary>The longest text that a customer may get, for the check of its length.</summary>
    public string LongestText()
    {
        var texts = new[] { Fill(Longest), Fill(Longest with { ByButton = false }) };
        return GsmAlphabet.Parts(texts[0]) >= GsmAlphabet.Parts(texts[1]) ? texts[0] : texts[1];
    }

    private static string ValueOf(string name, NoticeFacts facts) => name switch
    {
        "account" => facts.Account.ToString(),
        "balance" => facts.Currency.Format(facts.Balance),
        "reconnectFrom" => facts.Currency.Format(facts.ReconnectFrom),
        "cutBelow" => facts.CutBelow is { } level ? facts.Currency.Format(level) : "",
        "cutNotBefore" => facts.CutNotBefore is { } at ? LocalText.DateAndTime(facts.Zone, at) : "",
        _ => throw new InvalidOperationException($"The placeholder {name} was not refused when the text was taken."),
    };
}

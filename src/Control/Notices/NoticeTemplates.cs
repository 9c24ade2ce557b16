using System.Globalization;
using Meters.Units;

namespace Meters.Control.Notices;

/// <summary>What a message speaks of.</summary>
/// <param name="Account">Named in the text: one phone may have several accounts.</param>
/// <param name="Currency">Of the amounts.</param>
/// <param name="Balance">As of now.</param>
/// <param name="CutBelow">Level below which the supply may be cut; null when the policy never cuts.</param>
/// <param name="CutNotBefore">Earliest instant of a cut; null when none is coming.</param>
/// <param name="ReconnectFrom">Balance from which a cut supply comes back.</param>
/// <param name="ByButton">The customer closes the relay by the meter's button.</param>
/// <param name="Zone">Zone of the times told.</param>
public sealed record NoticeFacts(
    AccountId Account,
    Currency Currency,
    Money Balance,
    Money? CutBelow,
    Instant? CutNotBefore,
    Money ReconnectFrom,
    bool ByButton,
    LocalZone Zone);

/// <summary>
/// Texts to customers, in English and Chinese: the balance, what happens next and when, what to do. English fits one
/// SMS (160 characters) for any usual amount, Chinese two joined ones (134).
/// </summary>
public static class NoticeTemplates
{
    /// <summary>Rises with every change of a text; kept in decisions so that it is known what was said.</summary>
    public const int Version = 1;

    /// <summary>The language that a text will be in: "zh" for any Chinese, "en" for everything else.</summary>
    public static string LanguageOf(string? language) =>
        language is not null
            && (language.Equals("zh", StringComparison.OrdinalIgnoreCase)
                || language.StartsWith("zh-", StringComparison.OrdinalIgnoreCase))
            ? "zh"
            : "en";

    /// <summary>Template of a text as decisions name it: <c>warn/en/1</c>.</summary>
    public static string Label(NoticeKind kind, string? language) =>
        string.Create(CultureInfo.InvariantCulture, $"{ControlTags.Tag(kind)}/{LanguageOf(language)}/{Version}");

    public static string Text(NoticeKind kind, string? language, NoticeFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return LanguageOf(language) == "zh" ? Chinese(kind, facts) : English(kind, facts);
    }

    private static string English(NoticeKind kind, NoticeFacts facts)
    {
        var (account, balance) = (facts.Account, facts.Currency.Format(facts.Balance));
        var next = facts is { CutBelow: { } level, CutNotBefore: { } at }
            ? $" Below {facts.Currency.Format(level)} power may be cut, "
                + $"not before {LocalText.DateAndTime(facts.Zone, at)}."
            : "";
        return kind switch
        {
            NoticeKind.Remind => $"Account {account}: your electricity balance is {balance}.{next} Please top up soon.",
            NoticeKind.Warn =>
                $"Account {account}: your electricity balance is low: {balance}.{next} Please pay now to stay on.",
            NoticeKind.Info => $"Account {account}: your electricity balance is {balance}.{next}",
            NoticeKind.Final =>
                $"Account {account}: last notice, your electricity balance is {balance}.{next} Pay now to stay on.",
            NoticeKind.CutDone => $"Account {account}: power is off, balance {balance}. Bring the balance to "
                + $"{facts.Currency.Format(facts.ReconnectFrom)} and "
                + (facts.ByButton
                    ? "press the meter's button to switch on."
                    : "it comes back by itself, day or night."),
            NoticeKind.Reconnected => $"Account {account}: thank you, your balance is {balance}. "
                + (facts.ByButton ? "Press the meter's button to switch power on." : "Power is back on."),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a notice."),
        };
    }

    private static string Chinese(NoticeKind kind, NoticeFacts facts)
    {
        var (account, balance) = (facts.Account, facts.Currency.Format(facts.Balance));
        var next = facts is { CutBelow: { } level, CutNotBefore: { } at }
            ? $"余额低于{facts.Currency.Format(level)}可能停电,最早{LocalText.DateAndTime(facts.Zone, at)}。"
            : "";
        return kind switch
        {
            NoticeKind.Remind => $"户号{account}:您的电费余额为{balance}。{next}请及时充值。",
            NoticeKind.Warn => $"户号{account}:您的电费余额不足,仅剩{balance}。{next}请尽快缴费,以免影响用电。",
            NoticeKind.Info => $"户号{account}:您的电费余额为{balance}。{next}",
            NoticeKind.Final => $"户号{account}:最后通知,您的电费余额为{balance}。{next}请立即缴费,以免停电。",
            NoticeKind.CutDone => $"户号{account}:已停电,余额{balance}。余额达到{facts.Currency.Format(facts.ReconnectFrom)}后,"
                + (facts.ByButton ? "请按电表按钮恢复供电。" : "将自动恢复供电,全天有效。"),
            NoticeKind.Reconnected => $"户号{account}:感谢缴费,余额{balance}。"
                + (facts.ByButton ? "请按电表按钮恢复供电。" : "供电已恢复。"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a notice."),
        };
    }
}

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
/// The texts that the program ships, in English and Chinese: the balance, what happens next and when, what to do.
/// English fits one SMS (160 characters) for any usual amount, Chinese two joined ones (134).
/// </summary>
public static class NoticeTemplates
{
    /// <summary>Version of every text here; approved ones count on from it.</summary>
    public const int Version = 1;

    private const string CutAhead = " Below {cutBelow} power may be cut, not before {cutNotBefore}.";
    private const string CutAheadZh = "余额低于{cutBelow}可能停电,最早{cutNotBefore}。";
    private const string ButtonZh = "请按电表按钮恢复供电。";

    public static readonly IReadOnlyList<NoticeTemplate> Shipped =
    [
        new(NoticeKind.Remind, "en", Version,
            "Account {account}: your electricity balance is {balance}.{next} Please top up soon.", CutAhead, "", ""),
        new(NoticeKind.Warn, "en", Version,
            "Account {account}: your electricity balance is low: {balance}.{next} Please pay now to stay on.",
            CutAhead, "", ""),
        new(NoticeKind.Info, "en", Version,
            "Account {account}: your electricity balance is {balance}.{next}", CutAhead, "", ""),
        new(NoticeKind.Final, "en", Version,
            "Account {account}: last notice, your electricity balance is {balance}.{next} Pay now to stay on.",
            CutAhead, "", ""),
        new(NoticeKind.CutDone, "en", Version,
            "Account {account}: power is off, balance {balance}. Bring the balance to {reconnectFrom} and {how}",
            "", "press the meter's button to switch on.", "it comes back by itself, day or night."),
        new(NoticeKind.Reconnected, "en", Version, "Account {account}: thank you, your balance is {balance}. {how}",
            "", "Press the meter's button to switch power on.", "Power is back on."),
        new(NoticeKind.Remind, "zh", Version, "户号{account}:您的电费余额为{balance}。{next}请及时充值。", CutAheadZh, "", ""),
        new(NoticeKind.Warn, "zh", Version, "户号{account}:您的电费余额不足,仅剩{balance}。{next}请尽快缴费,以免影响用电。",
            CutAheadZh, "", ""),
        new(NoticeKind.Info, "zh", Version, "户号{account}:您的电费余额为{balance}。{next}", CutAheadZh, "", ""),
        new(NoticeKind.Final, "zh", Version, "户号{account}:最后通知,您的电费余额为{balance}。{next}请立即缴费,以免停电。",
            CutAheadZh, "", ""),
        new(NoticeKind.CutDone, "zh", Version, "户号{account}:已停电,余额{balance}。余额达到{reconnectFrom}后,{how}",
            "", ButtonZh, "将自动恢复供电,全天有效。"),
        new(NoticeKind.Reconnected, "zh", Version, "户号{account}:感谢缴费,余额{balance}。{how}", "", ButtonZh, "供电已恢复。"),
    ];

    /// <summary>The language that a shipped text will be in: "zh" for any Chinese, "en" for everything else.</summary>
    public static string LanguageOf(string? language) =>
        NoticeBook.Shipped.At(NoticeKind.Warn, language, Instant.Epoch).Language;

    /// <summary>Shipped template of a text as decisions name it: <c>warn/en/1</c>.</summary>
    public static string Label(NoticeKind kind, string? language) =>
        NoticeBook.Shipped.At(kind, language, Instant.Epoch).Label;

    /// <summary>The shipped text.</summary>
    public static string Text(NoticeKind kind, string? language, NoticeFacts facts) =>
        NoticeBook.Shipped.At(kind, language, Instant.Epoch).Fill(facts);
}

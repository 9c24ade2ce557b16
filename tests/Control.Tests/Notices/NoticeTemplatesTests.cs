using Meters.Control.Notices;
using Meters.Tests.Control.Cases;
using Meters.Units;

namespace Meters.Tests.Control.Notices;

public class NoticeTemplatesTests
{
    private static readonly NoticeFacts Facts = new(
        Given.Account, Given.Cny, new(1_234), new(0), Given.Local(2026, 3, 3, 8), new(1), false, LocalZone.China);

    [Theory]
    [InlineData(NoticeKind.Remind, "en", "Account 1001: your electricity balance is 12.34 CNY. "
        + "Below 0.00 CNY power may be cut, not before 2026-03-03 08:00. Please top up soon.")]
    [InlineData(NoticeKind.Warn, "en", "Account 1001: your electricity balance is low: 12.34 CNY. "
        + "Below 0.00 CNY power may be cut, not before 2026-03-03 08:00. Please pay now to stay on.")]
    [InlineData(NoticeKind.CutDone, "en", "Account 1001: power is off, balance 12.34 CNY. Bring the balance to "
        + "0.01 CNY and it comes back by itself, day or night.")]
    [InlineData(NoticeKind.Reconnected, "en", "Account 1001: thank you, your balance is 12.34 CNY. Power is back on.")]
    [InlineData(NoticeKind.Remind, "zh", "户号1001:您的电费余额为12.34 CNY。余额低于0.00 CNY可能停电,最早2026-03-03 08:00。请及时充值。")]
    [InlineData(NoticeKind.Warn, "zh", "户号1001:您的电费余额不足,仅剩12.34 CNY。余额低于0.00 CNY可能停电,最早2026-03-03 08:00。"
        + "请尽快缴费,以免影响用电。")]
    [InlineData(NoticeKind.CutDone, "zh", "户号1001:已停电,余额12.34 CNY。余额达到0.01 CNY后,将自动恢复供电,全天有效。")]
    [InlineData(NoticeKind.Reconnected, "zh", "户号1001:感谢缴费,余额12.34 CNY。供电已恢复。")]
    public void Each_text_says_the_balance_what_comes_next_and_what_to_do(
        NoticeKind kind, string language, string text) =>
        Assert.Equal(text, NoticeTemplates.Text(kind, language, Facts));

    [Theory]
    [InlineData("zh-CN", "zh")]
    [InlineData("ZH", "zh")]
    [InlineData("en-GB", "en")]
    [InlineData("sw", "en")]
    [InlineData("zhuang", "en")]
    [InlineData("", "en")]
    [InlineData(null, "en")]
    public void An_unknown_language_is_answered_in_English(string? language, string used)
    {
        Assert.Equal(used, NoticeTemplates.LanguageOf(language));
        Assert.Equal($"cut_done/{used}/1", NoticeTemplates.Label(NoticeKind.CutDone, language));
        Assert.Equal(
            NoticeTemplates.Text(NoticeKind.Warn, used, Facts), NoticeTemplates.Text(NoticeKind.Warn, language, Facts));
    }

    [Fact]
    public void English_fits_one_message_and_Chinese_two_joined_ones()
    {
        var large = Facts with
        {
            Account = new(9_999_999_999),
            Balance = new(-123_456_78),
            ReconnectFrom = new(1_000_000),
        };
        foreach (var kind in Enum.GetValues<NoticeKind>())
        {
            foreach (var facts in new[] { large, large with { ByButton = true } })
            {
                Assert.InRange(NoticeTemplates.Text(kind, "en", facts).Length, 20, 160);
                Assert.All(NoticeTemplates.Text(kind, "en", facts), c => Assert.True(char.IsAscii(c)));
                Assert.InRange(NoticeTemplates.Text(kind, "zh", facts).Length, 15, 134);
            }
        }
    }

    [Fact]
    public void A_policy_that_never_cuts_threatens_nobody()
    {
        var facts = Facts with { CutBelow = null, CutNotBefore = null };
        Assert.Equal(
            "Account 1001: your electricity balance is 12.34 CNY. Please top up soon.",
            NoticeTemplates.Text(NoticeKind.Remind, "en", facts));
        Assert.DoesNotContain("停电", NoticeTemplates.Text(NoticeKind.Warn, "zh", facts), StringComparison.Ordinal);
    }

    [Fact]
    public void Amounts_follow_the_currency()
    {
        var yen = Facts with { Currency = Currency.Parse("JPY"), Balance = new(500) };
        Assert.Contains("500 JPY", NoticeTemplates.Text(NoticeKind.Remind, "en", yen), StringComparison.Ordinal);
    }
}

using Meters.Control.Commands;
using Meters.Host.Api;

namespace Meters.Host.Tests.Api;

public sealed class TextsTests
{
    [Theory]
    [InlineData("12.50", "CNY", 1250)]
    [InlineData("12.5", "CNY", 1250)]
    [InlineData("12", "CNY", 1200)]
    [InlineData("12.500", "CNY", 1250)]
    [InlineData("0.01", "CNY", 1)]
    [InlineData("-3.10", "CNY", -310)]
    [InlineData("1.234", "KWD", 1234)]
    [InlineData("500", "JPY", 500)]
    public void An_amount_is_read_exactly(string text, string currency, long minor)
    {
        var (status, _) = Texts.TryReadAmount(text, currency, out var amount, out _);

        Assert.Equal(Texts.AmountStatus.Read, status);
        Assert.Equal(new Money(minor), amount);
    }

    [Theory]
    [InlineData("1.234", "CNY", Texts.AmountStatus.TooFine)]
    [InlineData("0.5", "JPY", Texts.AmountStatus.TooFine)]
    [InlineData("99999999999999999999", "CNY", Texts.AmountStatus.TooLarge)]
    [InlineData("92233720368547758.08", "CNY", Texts.AmountStatus.TooLarge)]
    [InlineData("", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData(null, "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("1e3", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("+1", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData(" 1", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("1,000.00", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("1.", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData(".5", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("1.2.3", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("--1", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("NaN", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("\u0661\u0662", "CNY", Texts.AmountStatus.Malformed)]
    [InlineData("12", "cny", Texts.AmountStatus.CurrencyUnknown)]
    [InlineData("12", "XYZ", Texts.AmountStatus.CurrencyUnknown)]
    [InlineData("12", null, Texts.AmountStatus.CurrencyUnknown)]
    public void A_bad_amount_is_refused_with_a_sentence_and_never_rounded(
        string? text, string? currency, Texts.AmountStatus expected)
    {
        var (status, detail) = Texts.TryReadAmount(text, currency, out var amount, out _);

        Assert.Equal(expected, status);
        Assert.NotEmpty(detail);
        Assert.Equal(Money.Zero, amount);
    }

    [Fact]
    public void Too_many_decimals_are_explained()
    {
        var (_, detail) = Texts.TryReadAmount("1.234", "CNY", out _, out _);

        Assert.Equal("'1.234' has 3 decimals; CNY has 2. It is not rounded.", detail);
    }

    [Theory]
    [InlineData("2026-03-01T01:00:00Z", "2026-03-01T01:00:00Z")]
    [InlineData("2026-03-01T09:00:00+08:00", "2026-03-01T01:00:00Z")]
    [InlineData("2026-03-01T01:00:00.250Z", "2026-03-01T01:00:00.250000Z")]
    public void An_instant_is_read_with_its_zone(string text, string expected)
    {
        Assert.True(Texts.TryReadInstant(text, out var at));
        Assert.Equal(expected, at.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-03-01")]
    [InlineData("2026-03-01T01:00:00")]
    [InlineData("2026-13-01T01:00:00Z")]
    [InlineData("01/03/2026T01:00:00Z")]
    [InlineData("yesterday")]
    public void A_time_without_a_zone_or_sense_is_refused(string? text) =>
        Assert.False(Texts.TryReadInstant(text, out _));

    [Fact]
    public void Every_state_has_its_own_word_and_is_read_back()
    {
        foreach (var state in Enum.GetValues<CommandState>())
        {
            Assert.True(Tags.TryParse<CommandState>(Tags.Of(state), out var back));
            Assert.Equal(state, back);
        }

        Assert.Equal("awaiting_approval", Tags.Of(CommandState.AwaitingApproval));
        Assert.False(Tags.TryParse<CommandState>("AwaitingApproval", out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tags.Of((CommandState)99));
    }

    [Fact]
    public void What_a_caller_wrote_is_repeated_short_and_without_control_characters()
    {
        Assert.Equal("a?b", Texts.Shown("a\nb"));
        Assert.Equal(new string('x', 60) + "...", Texts.Shown(new string('x', 1_000)));
    }
}

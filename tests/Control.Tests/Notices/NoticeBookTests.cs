using System.Text.Json.Nodes;
using Meters.Control.Notices;
using Meters.Tests.Control.Cases;
using Meters.Units;

namespace Meters.Tests.Control.Notices;

public class NoticeBookTests
{
    private const string Good =
        """
        {"id":"warn.en","version":2,"kind":"warn","language":"en",
         "text":"{account}: {balance} left.{next}","cutAhead":" Cut below {cutBelow} from {cutNotBefore}."}
        """;

    private static readonly NoticeFacts Facts = new(
        Given.Account, Given.Cny, new(1_234), new(0), Given.Local(2026, 3, 3, 8), new(1), false, LocalZone.China);

    [Fact]
    public void A_version_holds_from_its_instant_and_not_before()
    {
        var (from, later) = (Given.Local(2026, 4, 1, 0), Given.Local(2026, 5, 1, 0));
        var second = Parsed(Good);
        var book = new NoticeBook([(later, second with { Version = 3, Text = "{account} {balance}" }), (from, second)]);

        Assert.Equal("warn/en/1", book.At(NoticeKind.Warn, "en", from + TimeSpan.FromMicroseconds(-1)).Label);
        Assert.Equal("warn/en/2", book.At(NoticeKind.Warn, "en-GB", from).Label);
        Assert.Equal("warn/en/3", book.At(NoticeKind.Warn, "en", later).Label);
        Assert.Equal("warn/zh/1", book.At(NoticeKind.Warn, "zh", later).Label);
        Assert.Equal(
            "1001: 12.34 CNY left. Cut below 0.00 CNY from 2026-03-03 08:00.",
            book.At(NoticeKind.Warn, "en", from).Fill(Facts));
        Assert.Equal(
            "1001: 12.34 CNY left.", book.At(NoticeKind.Warn, "en", from).Fill(Facts with { CutNotBefore = null }));
        Assert.Equal([1, 2, 3], book.Versions("warn.en").Select(one => one.Template.Version));
    }

    [Fact]
    public void A_further_language_is_spoken_from_its_first_version_on_and_English_before()
    {
        var from = Given.Local(2026, 4, 1, 0);
        var hindi = Parsed(Good.Replace("\"en\"", "\"hi\"").Replace("warn.en", "warn.hi"));
        var book = new NoticeBook([(from, hindi)]);
        Assert.Equal("warn/en/1", book.At(NoticeKind.Warn, "hi-IN", Given.Local(2026, 3, 1, 0)).Label);
        Assert.Equal("warn/hi/2", book.At(NoticeKind.Warn, "hi-IN", from).Label);
        Assert.Equal("remind/en/1", book.At(NoticeKind.Remind, "hi", from).Label);
    }

    [Fact]
    public void Every_shipped_text_is_a_good_document_and_comes_back_as_it_was()
    {
        foreach (var template in NoticeTemplates.Shipped)
        {
            Assert.Equal(template, Parsed(NoticeTemplateJson.Write(template)));
            Assert.InRange(GsmAlphabet.Parts(template.LongestText()), 1, 2);
        }
    }

    [Theory]
    [InlineData("text", "{account}: {balance}{next} {nmae}", "{nmae} is not known")]
    [InlineData("text", "{account}: {balance}{next", "brace without its partner")]
    [InlineData("text", "{account}: {balance}{next} }", "brace without its partner")]
    [InlineData("text", "{account}: {{balance}}{next}", "brace without its partner")]
    [InlineData("text", "{account}: {balance}", "lacks {next}")]
    [InlineData("text", "{balance}{next}", "lacks {account}")]
    [InlineData("text", "{account} {balance}{next}\u0007", "control characters")]
    [InlineData("text", "", "1 to 1000 characters")]
    [InlineData("cutAhead", "Cut soon.", "lacks {cutNotBefore}")]
    [InlineData("cutAhead", "{cutNotBefore} {balance}", "{balance} is not known")]
    [InlineData("byButton", "{how}", "there are no placeholders here")]
    [InlineData("kind", "shout", "must be one of remind, warn")]
    [InlineData("language", "EN", "two or three small letters")]
    [InlineData("id", "warn.zh", "must be warn.en")]
    [InlineData("colour", "red", "unknown property")]
    public void A_faulty_text_is_refused_with_its_fault(string member, string value, string fault)
    {
        var document = JsonNode.Parse(Good)!.AsObject();
        document[member] = value;
        Assert.False(NoticeTemplateJson.TryParse(document.ToJsonString(), out var none, out var faults));
        Assert.Null(none);
        Assert.Contains(faults, sentence => sentence.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_that_costs_too_many_parts_is_refused_and_told_how_many()
    {
        // Chinese: 67 characters in each of several parts.
        var document = JsonNode.Parse(Good)!.AsObject();
        document["text"] = "{account}{balance}{next}" + new string('电', 300);
        Assert.False(NoticeTemplateJson.TryParse(document.ToJsonString(), out _, out var faults));
        Assert.Contains("needs 6 SMS parts, 4 at most", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"id":"warn.en","id":"warn.en"}""")]
    public void What_is_no_document_is_refused(string json)
    {
        Assert.False(NoticeTemplateJson.TryParse(json, out _, out var faults));
        Assert.NotEmpty(faults);
    }

    private static NoticeTemplate Parsed(string json)
    {
        Assert.True(NoticeTemplateJson.TryParse(json, out var template, out var faults), string.Join(" ", faults));
        return template;
    }
}

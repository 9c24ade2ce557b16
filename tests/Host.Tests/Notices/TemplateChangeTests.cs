using Meters.Control.Notices;
using Meters.Host.Changes;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Notices;

public class TemplateChangeTests
{
    private const string Second =
        """
        {"id":"warn.en","version":2,"kind":"warn","language":"en","text":"{account}: {balance} left.{next}",
         "cutAhead":" Cut from {cutNotBefore}."}
        """;

    private static readonly PersonId Author = new("li.wei");
    private static readonly PersonId Other = new("chen.yu");
    private static readonly Instant From = SmallService.Start + TimeSpan.FromDays(1);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_text_is_approved_by_a_second_person_and_holds_from_its_instant()
    {
        await using var service = await SmallService.StartAsync();
        var desk = service.Engine.Changes;
        var (status, change, _) = await desk.ProposeAsync(ProposalOf(Second), Stopping);
        Assert.Equal(ChangeStatus.Done, status);
        Assert.Equal(ChangeStatus.SamePerson, (await desk.ApproveAsync(change!.Id, Author, "", Stopping)).Status);
        Assert.Single(service.Engine.Registry.Texts.Versions("warn.en"));
        Assert.Equal(ChangeStatus.Done, (await desk.ApproveAsync(change.Id, Other, "Read.", Stopping)).Status);

        var texts = service.Engine.Registry.Texts;
        Assert.Equal("warn/en/1", texts.At(NoticeKind.Warn, "en", From + TimeSpan.FromSeconds(-1)).Label);
        Assert.Equal("warn/en/2", texts.At(NoticeKind.Warn, "en", From).Label);
        service.Clock.MoveTo(From);
        await service.Engine.DrainAsync(Stopping);
        var facts = (await service.Engine.Cases.FactsAsync(SmallService.Account, Stopping))!;
        Assert.Equal("warn/en/2", facts.Texts.At(NoticeKind.Warn, "en", From).Label);
        Assert.Equal(ChangeState.Active, (await service.Inner.Changes.FindAsync(change.Id, Stopping))!.State);

        var again = await desk.ProposeAsync(ProposalOf(Second), Stopping); // The number is taken.
        Assert.Equal(ChangeStatus.VersionRefused, again.Status);
        var image = await service.Inner.Registry.LoadAsync(Stopping);
        var loaded = new Registry.LiveRegistry();
        loaded.Load(image);
        Assert.Equal([1, 2], loaded.Texts.Versions("warn.en").Select(one => one.Template.Version));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("{next}", "")]
    [InlineData("{balance}", "{saldo}")]
    [InlineData("\"version\":2", "\"version\":1")]
    [InlineData("\"version\":2", "\"version\":3")] // Not the number of the proposal.
    [InlineData("warn.en", "warn.zh")]
    public async Task A_faulty_text_is_not_even_proposed(string part, string instead)
    {
        await using var service = await SmallService.StartAsync();
        var outcome = await service.Engine.Changes.ProposeAsync(
            ProposalOf(Second.Replace(part, instead, StringComparison.Ordinal)), Stopping);
        Assert.Equal(ChangeStatus.VersionRefused, outcome.Status);
        Assert.NotEmpty(outcome.Faults);
    }

    private static ChangeProposal ProposalOf(string json) => new(
        ChangeKind.NoticeTemplate, new("warn.en", 2, From, json, Author, SmallService.Start), "Shorter.");
}

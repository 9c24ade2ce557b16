using Meters.Control.Cases;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class ControlStoreContract
{
    private static readonly PersonId Clerk = new("clerk");

    [Fact(Timeout = Patience)]
    public async Task Terms_of_a_customer_are_kept_with_every_change_and_wake_the_case()
    {
        await TownAsync();
        var before = (await CaseAsync(1)).Case;
        var social = new CustomerTerms(new HashSet<string> { "social", "b" }, "up.lucknow", Sample.Hour(-5));
        Assert.True(await Store.Customers.SetAsync(new(new(1), social, Clerk, Sample.Hour(1), "checked"), Stopping));
        Assert.False(await Store.Customers.SetAsync(new(new(1), social, Clerk, Sample.Hour(2), "again"), Stopping));
        var plain = new CustomerTerms(new HashSet<string>(), "up", null);
        Assert.True(await Store.Customers.SetAsync(new(new(1), plain, Clerk, Sample.Hour(3), "moved"), Stopping));
        if (CanReopen) await ReopenAsync();

        var image = await CaseAsync(1);
        Assert.True(plain.IsSame(image.Customer));
        Assert.Equal((before.Revision + 2, Sample.Hour(1)), (image.Case.Revision, image.Case.DueAt));
        Assert.Same(CustomerTerms.None, (await CaseAsync(2)).Customer);
        var loaded = Assert.Single(await Store.Customers.LoadAsync(Stopping));
        Assert.True(plain.IsSame(loaded.Terms));
        var changes = await Store.Customers.ChangesAsync(new(1), 9, Stopping);
        Assert.Equal(["moved", "checked"], changes.Select(change => change.Note));
        Assert.True(social.IsSame(changes[0].Before));
        Assert.True(CustomerTerms.None.IsSame(changes[1].Before));
        Assert.Equal((Clerk, Sample.Hour(3)), (changes[0].By, changes[0].At));
    }

    [Fact(Timeout = Patience)]
    public async Task Contacts_and_approvals_count_from_when_the_ladder_was_last_at_rung_0()
    {
        await TownAsync();
        var early = new Contact(new(1), ContactChannel.Call, Sample.Hour(0), Clerk, "early");
        var late = new Contact(new(1), ContactChannel.LimitSet, Sample.Hour(3), Clerk, "late");
        await Store.Customers.AddContactAsync(early, Stopping);
        await StandAtAsync(0, Sample.Hour(1));
        await Store.Customers.AddContactAsync(late, Stopping);
        var approval = new CutApproval(new(1), Clerk, Sample.Hour(3), Sample.Hour(9));
        await Store.Customers.AddApprovalAsync(approval, Stopping);
        Assert.Empty((await CaseAsync(1)).Contacts); // Nothing is asked for at rung 0.

        await StandAtAsync(2, Sample.Hour(4));
        var image = await CaseAsync(1);
        Assert.Equal([late], image.Contacts);
        Assert.Equal([approval], image.Approvals);
        Assert.Equal([late, early], await Store.Customers.ContactsAsync(new(1), 9, Stopping));
        Assert.Equal(2, image.Case.Rung);
        Assert.Equal((Sample.Hour(8), true, "p/2"),
            (image.Case.ReliefUntil, image.Case.LateTold, image.Case.Policy));
    }

    [Fact(Timeout = Patience)]
    public async Task A_moratorium_wakes_who_is_on_the_ladder_and_ends_once()
    {
        await TownAsync();
        await StandAtAsync(2, Sample.Hour(1));
        var before = (await CaseAsync(1)).Case;
        var storm = new Moratorium(
            0, MoratoriumKind.Weather, "up", Sample.Hour(2), Sample.Hour(5), Clerk, "storm");
        var id = await Store.Customers.DeclareAsync(storm, Stopping);
        var image = await CaseAsync(1);
        Assert.Equal([storm with { Id = id }], image.Moratoria);
        Assert.Equal(before.Revision + 1, image.Case.Revision);
        Assert.Equal(Sample.Hour(2), image.Case.DueAt);
        Assert.Equal([storm with { Id = id }], await Store.Customers.MoratoriaAsync(Sample.Hour(4), Stopping));
        Assert.Empty(await Store.Customers.MoratoriaAsync(Sample.Hour(5), Stopping));
        Assert.False(await Store.Customers.EndAsync(id + 1, Clerk, Sample.Hour(3), Stopping));
        Assert.True(await Store.Customers.EndAsync(id, Clerk, Sample.Hour(3), Stopping));
        Assert.False(await Store.Customers.EndAsync(id, Clerk, Sample.Hour(3), Stopping));
        Assert.Empty((await CaseAsync(1)).Moratoria);
    }

    [Fact(Timeout = Patience)]
    public async Task A_calendar_version_is_added_once_and_never_changed()
    {
        var first = new VersionedDocument("gb", 1, Sample.Hour(0), "{}", Clerk, Sample.Hour(1));
        Assert.True(await Store.Customers.AddCalendarAsync(first, Stopping));
        Assert.True(await Store.Customers.AddCalendarAsync(first with { At = Sample.Hour(2) }, Stopping));
        Assert.False(await Store.Customers.AddCalendarAsync(first with { Json = "{ }" }, Stopping));
        Assert.Equal([first], await Store.Customers.CalendarsAsync(Stopping));
    }

    private async Task StandAtAsync(int rung, Instant at)
    {
        var stands = (await CaseAsync(1)).Case;
        var after = stands with
        {
            Rung = rung,
            RungAt = at,
            DueAt = Instant.Never,
            ReliefUntil = Sample.Hour(8),
            LateTold = true,
            Policy = "p/2",
        };
        Assert.Equal(
            1, await Store.Control.CommitAsync([new(stands.Revision, after, [], [], [], null)], Stopping));
    }
}

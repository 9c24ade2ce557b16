using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private static readonly PersonId Chief = new("chief");

    private static ChangeProposal Proposal(
        string id = "flat", int version = 2, ChangeKind kind = ChangeKind.Tariff, int hour = 5) =>
        new(kind, new(id, version, Sample.Hour(hour), """{"名":"x"}""", Sample.Clerk, Sample.T0), "Corrected price.");

    private async Task<ChangeRecord> ProposedAsync(ChangeProposal? proposal = null)
    {
        var change = await Store.Changes.ProposeAsync(proposal ?? Proposal(), 100, Stopping);
        Assert.NotNull(change);
        return change;
    }

    private Task<ApprovalStatus> ApproveAsync(ChangeRecord change) => Store.Changes.ApproveAsync(
        change.Id, change.Proposal.Version with { At = Sample.Hour(1) }, Chief, "Read and compared.", Stopping);

    private Task<bool> MoveAsync(ChangeRecord change, ChangeState from, ChangeState to) => Store.Changes.MoveAsync(
        new(change.Id, from, to, Chief, Sample.Hour(2), to.ToString()), Stopping);

    [Fact(Timeout = Patience)]
    public async Task A_proposal_is_kept_as_it_was_made_and_changes_nothing()
    {
        var change = await ProposedAsync();
        if (CanReopen) await ReopenAsync();
        Assert.Equal(change, await Store.Changes.FindAsync(change.Id, Stopping));
        Assert.Equal(ChangeState.Proposed, change.State);
        Assert.Equal(
            [new(1, ChangeState.Proposed, Sample.Clerk, Sample.T0, "Corrected price.")],
            await Store.Changes.StepsAsync(change.Id, Stopping));
        Assert.Empty((await Store.Registry.LoadAsync(Stopping)).Tariffs);
        Assert.Null(await Store.Changes.FindAsync(change.Id + 1, Stopping));
        Assert.Empty(await Store.Changes.StepsAsync(change.Id + 1, Stopping));
    }

    [Theory(Timeout = Patience)]
    [InlineData(ChangeKind.Tariff)]
    [InlineData(ChangeKind.Policy)]
    public async Task An_approval_schedules_the_change_and_registers_the_version_at_once(ChangeKind kind)
    {
        var change = await ProposedAsync(Proposal(kind: kind));
        Assert.Equal(ApprovalStatus.Scheduled, await ApproveAsync(change));
        var image = await Store.Registry.LoadAsync(Stopping);
        var version = Assert.Single(kind == ChangeKind.Tariff ? image.Tariffs : image.Policies);
        Assert.Empty(kind == ChangeKind.Tariff ? image.Policies : image.Tariffs);
        Assert.Equal(change.Proposal.Version with { At = Sample.Hour(1) }, version);
        Assert.Equal(ChangeState.Scheduled, (await Store.Changes.FindAsync(change.Id, Stopping))!.State);
        Assert.Equal(
            new(2, ChangeState.Scheduled, Chief, Sample.Hour(1), "Read and compared."),
            (await Store.Changes.StepsAsync(change.Id, Stopping))[1]);
    }

    [Fact(Timeout = Patience)]
    public async Task An_approved_move_of_an_account_is_kept_once_and_in_order()
    {
        var move = new AccountTariffRecord(new(7), 1, Sample.Hour(5), "tou", Sample.Clerk, Sample.T0, "");
        ChangeProposal Of(AccountTariffRecord one) => new(ChangeKind.AccountTariff, one.ToDocument(), "Contract.");
        var first = await ProposedAsync(Of(move));
        var rival = await ProposedAsync(Of(move with { Tariff = "other" }));
        var next = await ProposedAsync(Of(move with { Revision = 2, From = Sample.Hour(3), Tariff = "flat" }));
        var gap = await ProposedAsync(Of(move with { Revision = 4 }));
        Assert.Equal(ApprovalStatus.Scheduled, await ApproveAsync(first));
        Assert.Equal(ApprovalStatus.Conflict, await ApproveAsync(rival));
        Assert.Equal(ApprovalStatus.Scheduled, await ApproveAsync(next));
        Assert.Equal(ApprovalStatus.Conflict, await ApproveAsync(gap));
        if (CanReopen) await ReopenAsync();
        Assert.Equal(
            [
                move with { RecordedAt = Sample.Hour(1), Note = "Contract." },
                new(new(7), 2, Sample.Hour(3), "flat", Sample.Clerk, Sample.Hour(1), "Contract."),
            ],
            (await Store.Registry.LoadAsync(Stopping)).AccountTariffs);
    }

    [Fact(Timeout = Patience)]
    public async Task A_change_is_decided_once()
    {
        var change = await ProposedAsync();
        Assert.True(await MoveAsync(change, ChangeState.Proposed, ChangeState.Withdrawn));
        Assert.Equal(ApprovalStatus.NotProposed, await ApproveAsync(change));
        Assert.False(await MoveAsync(change, ChangeState.Proposed, ChangeState.Rejected));
        Assert.Empty((await Store.Registry.LoadAsync(Stopping)).Tariffs);
        Assert.Equal(2, (await Store.Changes.StepsAsync(change.Id, Stopping)).Count);
        Assert.Equal(ApprovalStatus.NotProposed, await ApproveAsync(change with { Id = change.Id + 7 }));
    }

    [Fact(Timeout = Patience)]
    public async Task An_approval_whose_version_stands_with_other_content_leaves_no_trace()
    {
        var change = await ProposedAsync();
        await Store.Registry.AddAsync(new() { Tariffs = [Sample.Document("flat", 2, """{"other":1}""")] }, Stopping);
        Assert.Equal(ApprovalStatus.Conflict, await ApproveAsync(change));
        Assert.Equal(ChangeState.Proposed, (await Store.Changes.FindAsync(change.Id, Stopping))!.State);
        Assert.Single(await Store.Changes.StepsAsync(change.Id, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task Two_who_approve_at_once_approve_once()
    {
        var change = await ProposedAsync();
        var ended = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ApproveAsync(change)));
        Assert.Single(ended, status => status == ApprovalStatus.Scheduled);
        Assert.Equal(3, ended.Count(status => status == ApprovalStatus.NotProposed));
        Assert.Equal(2, (await Store.Changes.StepsAsync(change.Id, Stopping)).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task Scheduled_changes_come_by_the_instant_from_which_they_hold()
    {
        var late = await ProposedAsync(Proposal("flat", 3, hour: 9));
        var early = await ProposedAsync(Proposal("flat", 2, hour: 4));
        var open = await ProposedAsync(Proposal("flat", 4, hour: 1));
        await ApproveAsync(late);
        await ApproveAsync(early);
        Assert.Equal([early.Id, late.Id], (await Store.Changes.ScheduledAsync(Stopping)).Select(c => c.Id));
        Assert.True(await MoveAsync(early, ChangeState.Scheduled, ChangeState.Active));
        Assert.Equal([late.Id], (await Store.Changes.ScheduledAsync(Stopping)).Select(c => c.Id));
        Assert.Equal([open.Id, early.Id], (await Store.Changes.ListAsync(null, 2, Stopping)).Select(c => c.Id));
        Assert.Equal([early.Id], (await Store.Changes.ListAsync(ChangeState.Active, 9, Stopping)).Select(c => c.Id));
    }

    [Fact(Timeout = Patience)]
    public async Task No_more_proposals_stand_open_than_asked_for()
    {
        var first = await ProposedAsync();
        Assert.Null(await Store.Changes.ProposeAsync(Proposal(), 1, Stopping));
        await MoveAsync(first, ChangeState.Proposed, ChangeState.Rejected);
        Assert.NotNull(await Store.Changes.ProposeAsync(Proposal(), 1, Stopping));
    }

    [Theory(Timeout = Patience)]
    [InlineData("UPDATE change_step SET by_person = 'nobody'")]
    [InlineData("DELETE FROM change_step")]
    [InlineData("UPDATE change_request SET proposed_by = 'nobody'")]
    [InlineData("UPDATE change_request SET json = '{}'")]
    [InlineData("DELETE FROM change_request")]
    public async Task History_cannot_be_altered_with_a_database_tool(string sql)
    {
        if (!CanReopen) Assert.Skip("A store in memory has no other writer.");
        var change = await ProposedAsync();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => AskAsync(sql));
        Assert.Equal(change, await Store.Changes.FindAsync(change.Id, Stopping));
        Assert.Single(await Store.Changes.StepsAsync(change.Id, Stopping));
    }
}

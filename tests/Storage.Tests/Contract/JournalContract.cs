using Meters.Billing.Accounts;
using Meters.Billing.Journal;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

/// <summary>Each commit extends its shard's chain by what is history in it, and by nothing else.</summary>
public abstract partial class StoreContract
{
    [Fact(Timeout = Patience)]
    public async Task The_chain_goes_on_after_a_restart_as_if_there_had_been_none()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => Pay(commit, 1));
        await shard.CommitAsync(commit => commit.Readings.Add(Sample.Reading(Sample.Channel(1), Sample.T0, 1)));
        if (CanReopen) await ReopenAsync();
        var later = await Store.TakeShardAsync(0, Stopping);
        await later.CommitAsync(commit => Pay(commit, 2));

        var chain = new JournalChain(0, 0, JournalChain.Start);
        for (var id = 1; id <= 2; id++)
        {
            chain.Add(Sample.Payment($"p{id}", 1, 10 * id));
            chain.Add(Sample.PaymentEntry(id, 1, 10 * id, key: $"p{id}"));
        }

        var head = Assert.Single(await Store.Journal.HeadsAsync(Stopping));
        Assert.Equal((0, 4), (head.Shard, head.Seq));
        Assert.Equal(chain.Head, head.Hash);
        Assert.Equal([1, 2, 3, 4], (await LinksAsync()).Select(link => link.Link.Seq));
        Assert.All(await LinksAsync(), link => Assert.NotNull(link.Row));
    }

    [Fact(Timeout = Patience)]
    public async Task Who_lost_the_shard_cannot_extend_its_chain()
    {
        var old = await TownAsync();
        await old.CommitAsync(commit => Pay(commit, 1));
        var next = await Store.TakeShardAsync(0, Stopping);
        await Assert.ThrowsAsync<ShardFencedException>(() => old.CommitAsync(commit => Pay(commit, 2)));
        Assert.Equal(2, Assert.Single(await Store.Journal.HeadsAsync(Stopping)).Seq);
        await next.CommitAsync(commit => Pay(commit, 2));
        Assert.Equal(4, Assert.Single(await Store.Journal.HeadsAsync(Stopping)).Seq);
        Assert.Equal(4, (await LinksAsync()).Count);
    }

    [Fact(Timeout = Patience)]
    public async Task A_commit_that_was_refused_leaves_no_link()
    {
        var shard = await TownAsync();
        await shard.CommitAsync(commit => Pay(commit, 1));
        await Assert.ThrowsAsync<PaymentKeyRaceException>(
            () => shard.CommitAsync(commit => commit.Payments.Add(Sample.Payment("p1", 2, 5))));
        await shard.CommitAsync(commit => Pay(commit, 2));
        Assert.Equal([1, 2, 3, 4], (await LinksAsync()).Select(link => link.Link.Seq));
        Assert.Equal((await LinksAsync())[^1].Link.Hash, Assert.Single(await Store.Journal.HeadsAsync(Stopping)).Hash);
    }

    [Fact(Timeout = Patience)]
    public async Task A_day_line_proves_the_readings_of_its_day_and_a_later_change_proves_them_anew()
    {
        var shard = await TownAsync();
        var (day, through) = (Sample.Day0, Sample.Hour(24));
        await shard.CommitAsync(commit =>
            (commit.ClosesDay, commit.ClosesThrough) = (day.AddDays(-1), Sample.T0));
        await shard.CommitAsync(commit => commit.Readings.AddRange(
        [
            Sample.Reading(Sample.Channel(2), Sample.T0, 1),
            Sample.Reading(Sample.Channel(2), Sample.Hour(1), 2, 5),
            Sample.Reading(Sample.Channel(2, RegisterKind.ReverseActive), Sample.Hour(24), 7),
            Sample.Reading(Sample.Channel(2), Sample.Hour(25), 3, 5),
        ]));
        await shard.CommitAsync(commit =>
        {
            (commit.ClosesDay, commit.ClosesThrough) = (day, through);
            commit.DayCharges.AddRange(
                [new(new(2), day, 5, new(0), 5, new(0)), new(new(1), day, 0, new(0), 0, new(0))]);
        });
        var late = Sample.Reading(Sample.Channel(2), Sample.Hour(2), 2);
        await shard.CommitAsync(commit =>
        {
            commit.Readings.Add(late);
            commit.Corrections.Add(new(new(2), day, day, 1, Money.Zero));
            commit.ChangedDays.AddRange(
                [new(new(3), day, Sample.T0, through), new(new(2), day, Sample.T0, through)]);
        });

        var links = await LinksAsync();
        Assert.Equal(
            [(3L, 2L, 2), (3, 1, 0), (4, 2, -1), (5, 3, 0), (5, 2, 3)],
            links.Select(link => (link.Link.Kind, link.Link.Subject, RowsOf(link.Link.Proof))));
        Assert.True(DayProof.TryRead(links[0].Link.Proof!, out var first));
        Assert.True(DayProof.TryRead(links[^1].Link.Proof!, out var anew));
        Assert.Equal((Sample.T0, through), (first.From, first.Through));
        Assert.Equal((Sample.T0, through), (anew.From, anew.Through));
        var writer = new DayProofWriter();
        writer.Add(Sample.Reading(Sample.Channel(2), Sample.Hour(1), 2, 5));
        writer.Add(late);
        writer.Add(Sample.Reading(Sample.Channel(2, RegisterKind.ReverseActive), Sample.Hour(24), 7));
        Assert.Equal(writer.Take(Sample.T0, through).Hash, anew.Hash);
    }

    [Fact(Timeout = Patience)]
    public async Task A_row_without_a_link_is_seen_and_a_store_can_be_opened_for_reading_only()
    {
        if (!CanReopen) Assert.Skip("A store in memory has no other reader.");
        var shard = await TownAsync();
        await shard.CommitAsync(commit => Pay(commit, 1));
        await AskAsync("DELETE FROM journal WHERE kind = 1");
        await using var other = await Stores.OpenReadOnlyAsync(Connection, Stopping);
        var rows = await other.Journal.AuditAsync(source => source.UnlinkedAsync().ToListAsync(), Stopping);
        Assert.Equal((1, 0), (Assert.Single(rows).Kind, rows[0].Shard));
        await Assert.ThrowsAnyAsync<Exception>(() => other.TakeShardAsync(0, Stopping));
        Assert.Equal(2, Assert.Single(await other.Journal.HeadsAsync(Stopping)).Seq);
    }

    private Task<List<LinkedRow>> LinksAsync() =>
        Store.Journal.AuditAsync(source => source.LinksAsync(0).ToListAsync(), Stopping);

    private static int RowsOf(byte[]? proof) =>
        proof is not null && DayProof.TryRead(proof, out var read) ? read.Tags.Count : -1;

    private static void Pay(ShardCommit commit, int id)
    {
        commit.Payments.Add(Sample.Payment($"p{id}", 1, 10 * id));
        commit.Entries.Add(Sample.PaymentEntry(id, 1, 10 * id, key: $"p{id}"));
    }
}

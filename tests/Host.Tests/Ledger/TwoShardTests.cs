using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Tests.Engine;
using static Meters.Host.Tests.Ledger.LedgerService;

namespace Meters.Host.Tests.Ledger;

/// <summary>On PostgreSQL, where a store has more than one writer.</summary>
public class TwoShardTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_transfer_is_finished_after_a_crash_between_its_halves()
    {
        await using var database = await TestDatabase.CreateAsync(Needs.Postgres());
        await using var service = await LedgerService.StartAsync(database.Connection);
        var (a, b) = service.OfTwoShards();
        Assert.NotEqual(a, b);
        await service.PayAsync("p1", (int)a.Value, 5_000);
        service.Hooks.At("IShardStore.CommitAsync", Moment.After, () =>
        {
            service.Hooks.At(
                "IShardStore.FindOperationsAsync", Moment.Before, () => throw new InvalidOperationException("Crash."));
            return Task.CompletedTask;
        });
        var transfer = service.Order("t1", OperationKind.Transfer, (int)a.Value, 2_000) with { Other = b };
        await Assert.ThrowsAnyAsync<Exception>(() => service.PostAsync(transfer));
        var half = await service.Inner.Ledger.FindOperationAsync("t1", CancellationToken.None);
        Assert.Equal(OperationState.InTransit, half!.State);
        Assert.Equal(0, await service.Inner.Queries.LedgerImbalanceAsync(CancellationToken.None));

        await service.RestartAsync();

        Assert.Equal(3_000, await service.BalanceAsync((int)a.Value));
        Assert.Equal(2_000, await service.BalanceAsync((int)b.Value));
        Assert.Equal(OperationStatus.AlreadyDone, await service.PostAsync(transfer));
        await service.RestartAsync();
        Assert.Equal(2_000, await service.BalanceAsync((int)b.Value));
        var both = (await service.EntriesAsync(a)).Concat(await service.EntriesAsync(b)).ToList();
        Assert.Equal(0, both.Sum(entry => InTransit(entry)));
        Assert.Equal(2, both.Select(entry => entry.Shard).Distinct().Count());
        await service.CheckAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_second_half_whose_answer_was_lost_is_not_booked_twice()
    {
        await using var database = await TestDatabase.CreateAsync(Needs.Postgres());
        await using var service = await LedgerService.StartAsync(database.Connection);
        var (a, b) = service.OfTwoShards();
        await service.PayAsync("p1", (int)a.Value, 5_000);
        service.Hooks.At("IShardStore.CommitAsync", Moment.After, () =>
        {
            service.Hooks.Break("IShardStore.CommitAsync", Moment.After);
            return Task.CompletedTask;
        });
        var transfer = service.Order("t1", OperationKind.Transfer, (int)a.Value, 2_000) with { Other = b };
        Assert.Equal(OperationStatus.Done, await service.PostAsync(transfer));
        Assert.Equal(2_000, await service.BalanceAsync((int)b.Value));
        await service.CheckAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Money_in_suspense_reaches_its_owner_in_the_other_shard_once()
    {
        await using var database = await TestDatabase.CreateAsync(Needs.Postgres());
        await using var service = await LedgerService.StartAsync(database.Connection);
        var (owner, _) = service.OfTwoShards(); // Not of the shard that keeps suspense.
        await service.PostAsync(service.Order(
            "o1", OperationKind.OpeningBalance, (int)owner.Value, 9_000, LedgerAccount.CustomerDebt));
        var kept = await service.PayAsync("b1", 4_711, 2_000, PaymentChannel.Bank);
        Assert.True(kept.Split.IsSuspense);
        var repeat = await service.TryPayAsync("b1", 4_711, 2_000, PaymentChannel.Bank);
        Assert.Equal((PaymentStatus.AlreadyPosted, kept), (repeat.Status, repeat.Record));
        Assert.Equal(PaymentStatus.AccountUnknown, (await service.TryPayAsync("c1", 4_711, 2_000)).Status);
        Assert.Single(await service.Inner.Ledger.SuspenseAsync(10, CancellationToken.None));
        Assert.Equal(OperationStatus.Done, await ReleaseAsync("s1", "b1", owner));
        Assert.Equal(OperationStatus.AlreadyDone, await ReleaseAsync("s1", "b1", owner));
        Assert.Equal(OperationStatus.AlreadyTakenBack, await ReleaseAsync("s2", "b1", owner));
        Assert.Equal(OperationStatus.AccountUnknown, await ReleaseAsync("s3", "b1", new(99)));
        Assert.Empty(await service.Inner.Ledger.SuspenseAsync(10, CancellationToken.None));
        var quote = await service.QuoteAsync((int)owner.Value);
        Assert.Equal((1_500, 8_500), (quote.Balance.Minor, quote.Owed.Debt.Minor));
        await service.RestartAsync();
        await service.CheckAsync();

        async Task<OperationStatus> ReleaseAsync(string key, string payment, AccountId to) =>
            (await service.Desk.ReleaseAsync(key, payment, to, Clerk, "found", CancellationToken.None)).Status;
    }

    [Fact(Timeout = 120_000)]
    public async Task An_agents_ceiling_holds_over_both_shards_and_a_restart()
    {
        await using var database = await TestDatabase.CreateAsync(Needs.Postgres());
        await using var service = await LedgerService.StartAsync(database.Connection);
        var agent = new PersonId("agent.7");
        await service.Desk.Store.SetCeilingAsync(agent, Yuan, new(10_000), CancellationToken.None);
        service.Desk.Agents.SetCeiling(agent, Yuan, new(10_000));
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => service.TryPayAsync($"a{i}", 1 + (i % 8), 1_000, PaymentChannel.Agent, agent)));
        Assert.Equal(10, many.Count(one => one.Status == PaymentStatus.Posted));
        Assert.Equal(10, many.Count(one => one.Status == PaymentStatus.AgentCeilingReached));
        var first = many.First(one => one.Record is not null).Record!.Order.Key;
        Assert.Equal(OperationStatus.Done, await service.ReverseAsync("r1", first, Chief));
        await service.PayAsync("more", 1, 1_000, PaymentChannel.Agent, agent);
        await service.RestartAsync();
        Assert.Equal(
            PaymentStatus.AgentCeilingReached,
            (await service.TryPayAsync("over", 1, 1, PaymentChannel.Agent, agent)).Status);
        var settlement = service.Order("s1", OperationKind.AgentSettlement, 0, 4_000, LedgerAccount.CashBank) with
        {
            Party = agent.Value,
        };
        Assert.Equal(OperationStatus.Done, await service.PostAsync(settlement));
        Assert.Equal(OperationStatus.AlreadyDone, await service.PostAsync(settlement));
        Assert.Equal(new Money(6_000), service.Desk.Agents.Of(agent, Yuan));
        Assert.Equal(
            new Money(6_000), Assert.Single(await service.Desk.Store.AgentsAsync(CancellationToken.None)).Outstanding);
        await service.PayAsync("again", 1, 4_000, PaymentChannel.Agent, agent);
        await service.CheckAsync();
    }

    private static long InTransit(LedgerEntry entry) =>
        (entry.Debit == LedgerAccount.InTransit ? entry.Amount.Minor : 0)
        - (entry.Credit == LedgerAccount.InTransit ? entry.Amount.Minor : 0);
}

using Meters.Billing.Accounts;
using Meters.Control.Cases;
using Meters.Host.Registry;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Asks the lanes about accounts: one question per shard, answered from committed state.</summary>
public sealed class AccountDirectory(LiveRegistry registry, IReadOnlyList<ShardLane> lanes)
{
    /// <summary>What a book knows of an account, as Control is told it; null where the book does not have it.</summary>
    public static AccountFacts? FactsOf(ShardBook book, AccountId account)
    {
        ArgumentNullException.ThrowIfNull(book);
        return book.TryPosition(account, out var position)
            ? new(
                account,
                position.Currency,
                position.Balance,
                position.CrossedMask,
                position.Arm,
                position.LastReadingAt,
                position.LastReadingQuality,
                position.LastPurchase,
                position.AverageDay)
            : null;
    }

    /// <summary>In the order asked; null for an account that is not known.</summary>
    public async Task<AccountFacts?[]> FactsAsync(IReadOnlyList<AccountId> accounts, CancellationToken stopping)
    {
        var answers = new AccountFacts?[accounts.Count];
        var byShard = Enumerable.Range(0, accounts.Count)
            .Where(i => registry.TryAccount(accounts[i], out _))
            .GroupBy(i => registry.TryAccount(accounts[i], out var record) ? record.Shard : 0);
        foreach (var group in byShard)
        {
            var places = group.ToArray();
            var question = new FactsRequest([.. places.Select(i => accounts[i])]);
            await lanes[group.Key].EnqueueAsync(question, stopping);
            var facts = await question.AnswerAsync(stopping);
            for (var i = 0; i < places.Length; i++) answers[places[i]] = facts[i];
        }

        return answers;
    }
}

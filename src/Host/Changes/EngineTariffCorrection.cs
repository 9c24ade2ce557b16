using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Units;

namespace Meters.Host.Changes;

/// <summary>
/// Lets the shards' writers rate the accounts of a tariff anew: some at a time, so that payments and frames go on in
/// between.
/// </summary>
public sealed class EngineTariffCorrection(LiveRegistry registry, IReadOnlyList<ShardLane> lanes) : ITariffCorrection
{
    /// <summary>Accounts in one piece of work of a writer: a tenth of a second or two.</summary>
    private const int AccountsAtOnce = 50;

    public async Task<int> ReRateAsync(
        string tariffId, Instant from, PersonId by, long changeId, CancellationToken stopping)
    {
        if (!registry.TryTariff(tariffId, out _)) return 0;
        var accounts = registry.Accounts.Where(account => account.Tariff == tariffId)
            .OrderBy(account => account.Id).ToLookup(account => account.Shard, account => account.Id);
        foreach (var lane in lanes)
        {
            foreach (var some in accounts[lane.Shard].Chunk(AccountsAtOnce))
            {
                await lane.CallAsync((l, token) => l.ReRateAsync(some, from, token), stopping);
            }
        }

        return registry.Accounts.Count(account => account.Tariff == tariffId);
    }
}

using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Storage.Contract;
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
        var all = registry.AccountsWith(tariffId).ToList();
        var accounts = all.OrderBy(account => account.Id).ToLookup(account => account.Shard, account => account.Id);
        foreach (var lane in lanes)
        {
            foreach (var some in accounts[lane.Shard].Chunk(AccountsAtOnce))
            {
                await lane.CallAsync((l, token) => l.ReRateAsync(some, from, token), stopping);
            }
        }

        return all.Count;
    }

    public async Task ReRateAsync(AccountTariffRecord move, CancellationToken stopping)
    {
        if (!registry.TryAccount(move.Account, out var account)) return;
        var from = new Instant(move.From.UnixMicros - 1); // A reading at the very instant begins the new periods.
        await lanes[account.Shard].CallAsync(
            (lane, token) => lane.ReRateAsync([account.Id], from, token), stopping);
    }
}

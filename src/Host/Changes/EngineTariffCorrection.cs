using Meters.Billing.Tariffs;
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
        if (!registry.TryTariff(tariffId, out var history)) return 0;

        // The charges that stand came about without the version that begins here. Where the others do not fit together
        // without it, the rows' own charges say enough: only their division by lines is then the new one.
        var others = history.Versions.Where(version => version.EffectiveFrom != from);
        if (!TariffHistory.TryCreate(others, out var before, out _) || before is null) before = history;
        var all = registry.AccountsWith(tariffId).ToDictionary(account => account.Id);
        var accounts = all.Values.OrderBy(account => account.Id)
            .ToLookup(account => account.Shard, account => account.Id);
        foreach (var lane in lanes)
        {
            foreach (var some in accounts[lane.Shard].Chunk(AccountsAtOnce))
            {
                await lane.CallAsync(
                    (l, token) => l.ReRateAsync(
                        some, from, channel => l.Book.TakeTerms(channel, tariff: BeforeOf(channel)), token),
                    stopping);
            }
        }

        return all.Count;

        TariffHistory BeforeOf(ChannelId channel) => registry.TryMeter(channel.Meter, out var meter)
            ? registry.TariffWith(all[meter.Account], before)
            : before;
    }

    public async Task ReRateAsync(AccountTariffRecord move, CancellationToken stopping)
    {
        if (!registry.TryAccount(move.Account, out var account)) return;
        var before = registry.TariffBefore(account, move.Revision);
        var from = new Instant(move.From.UnixMicros - 1); // A reading at the very instant begins the new periods.
        await lanes[account.Shard].CallAsync(
            (lane, token) => lane.ReRateAsync(
                [account.Id], from, channel => lane.Book.TakeTerms(channel, tariff: before), token),
            stopping);
    }
}

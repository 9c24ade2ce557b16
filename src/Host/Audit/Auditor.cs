using System.Data.Common;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;

namespace Meters.Host.Audit;

/// <summary>
/// The whole audit of one unchanging state of a store: chains, days, roots, balances, raw frames, charges. It reads
/// only, and names every difference.
/// </summary>
/// <param name="source">The rows.</param>
/// <param name="roots">What left the store earlier.</param>
/// <param name="findings">Takes the differences; those of the roots' own files are in it already.</param>
/// <param name="rates">Computes charges anew; without it, they and the raw frames are left alone.</param>
public sealed class Auditor(IAuditSource source, RootIndex roots, Findings findings, bool rates)
{
    /// <summary>Readings of unknown meters that are named.</summary>
    private const int StraysMax = 1_000;

    private long _links;
    private long _accounts;
    private long _readings;

    /// <summary>Audits an open store.</summary>
    public static Task<AuditReport> RunAsync(IStore store, string? rootFolder, CancellationToken stopping) =>
        store.Journal.AuditAsync(
            async source =>
            {
                var findings = new Findings();
                var roots = await RootIndex.ReadAsync(rootFolder, findings, stopping);
                return await new Auditor(source, roots, findings, rates: true).RunAsync(stopping);
            },
            stopping);

    public async Task<AuditReport> RunAsync(CancellationToken stopping)
    {
        var heads = (await source.HeadsAsync()).ToDictionary(h => h.Shard);
        await ChainsAsync(heads, stopping);
        var registry = await source.RegistryAsync();
        var days = new DayRowsCheck(findings);
        var balances = new BalanceCheck(findings);
        var frames = new FrameCheck(registry, findings);
        var charges = new ChargeCheck(findings);
        var postings = new PostingCheck(findings);
        var ratings = new AccountRatings(registry);
        await foreach (var account in source.AccountsAsync().WithCancellation(stopping))
        {
            _accounts++;
            _readings += account.Readings.Count;
            var closed = heads.GetValueOrDefault(account.Shard)?.ClosesThrough;
            days.Run(account, closed);
            var rating = ratings.Of(account, out var why);
            balances.Run(account, closed, rating);
            if (!rates) continue;
            await frames.RunAsync(account, source);
            charges.Run(account, rating, why);
            if (rating is null) continue;
            postings.Run(account, rating);
            new LateFeeCheck(findings).Run(account, rating);
        }

        foreach (var stray in await source.StrayReadingsAsync(StraysMax))
        {
            findings.Add("readings", Places.Reading(stray.Channel, stray.At), "Its meter is not registered.");
        }

        await CompareViewAsync(balances);
        return Report(heads.Count, days, balances, frames, charges);
    }

    private async Task ChainsAsync(Dictionary<int, ShardHead> heads, CancellationToken stopping)
    {
        var shards = heads.Keys.Union(await source.LinkedShardsAsync()).Union(roots.Shards).Order().ToList();
        foreach (var shard in shards)
        {
            var check = new ChainCheck(shard, heads.GetValueOrDefault(shard), roots, findings);
            await foreach (var link in source.LinksAsync(shard).WithCancellation(stopping)) check.Take(link);
            check.End();
            _links += check.Links;
        }

        await foreach (var row in source.UnlinkedAsync().WithCancellation(stopping))
        {
            findings.Add("chain", Places.Of(row), "No link names it: it was put in, or is older than the chain.");
        }
    }

    /// <summary>Last, for numbers too large to add are the database's error, and end its transaction.</summary>
    private async Task CompareViewAsync(BalanceCheck balances)
    {
        try
        {
            if (await source.ViewBalancesAsync() is { } view) balances.CompareView(view);
        }
        catch (DbException fault)
        {
            findings.Add("balance", "view account_balance", $"It cannot be computed: {fault.Message}");
        }
    }

    private AuditReport Report(
        int shards, DayRowsCheck days, BalanceCheck balances, FrameCheck frames, ChargeCheck charges) => new()
        {
            Holds = findings.Count == 0,
            Shards = shards,
            Links = _links,
            Roots = roots.Roots,
            Accounts = _accounts,
            Readings = _readings,
            ReadingsProven = days.Proven,
            ReadingsInFrames = frames.Equal,
            ReadingsWithoutFrame = frames.Without,
            ChargesRecomputed = charges.Recomputed,
            Balances = balances.Balances,
            NotRecomputed = charges.NotRecomputed,
            Differences = findings.Count,
            Findings = findings.Kept,
        };
}

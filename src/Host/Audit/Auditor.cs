using System.Data.Common;
using Meters.Host.Audit.Frames;
using Meters.Host.Audit.Money;
using Meters.Host.Audit.Rerating;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>
/// The audit of one unchanging state of a store: chains, days, roots; readings from their raw frames, charges from
/// those, balances from both and from the records of payments. It reads only, and names every difference.
/// </summary>
/// <param name="source">The rows.</param>
/// <param name="roots">What left the store earlier.</param>
/// <param name="findings">Takes the differences; those of the roots' own files are in it already.</param>
/// <param name="rates">
/// Decodes, rates and books anew; without it, only what the rows say of each other is compared.
/// </param>
public sealed class Auditor(IAuditSource source, RootIndex roots, Findings findings, bool rates)
{
    /// <summary>Readings of unknown meters that are named.</summary>
    private const int StraysMax = 1_000;

    private long _links;
    private long _accounts;
    private long _readings;

    /// <summary>Only these accounts, and neither chains nor what frames say of others; empty for all.</summary>
    public IReadOnlyList<AccountId> Only { get; init; } = [];

    /// <summary>What came before is taken as it is stored: it was audited then.</summary>
    public Instant Since { get; init; } = Instant.MinValue;

    /// <summary>Keeps what each account owed when; null for nobody who asks.</summary>
    public AuditedCharges? Charges { get; init; }

    /// <summary>Audits an open store.</summary>
    public static Task<AuditReport> RunAsync(IStore store, string? rootFolder, CancellationToken stopping) =>
        RunAsync(store, rootFolder, (source, roots, findings) => new(source, roots, findings, rates: true), stopping);

    /// <summary>Audits an open store with an auditor of the caller's making.</summary>
    public static Task<AuditReport> RunAsync(
        IStore store,
        string? rootFolder,
        Func<IAuditSource, RootIndex, Findings, Auditor> make,
        CancellationToken stopping) =>
        store.Journal.AuditAsync(
            async source =>
            {
                var findings = new Findings();
                var roots = await RootIndex.ReadAsync(rootFolder, findings, stopping);
                return await make(source, roots, findings).RunAsync(stopping);
            },
            stopping);

    /// <exception cref="ArgumentException">An account asked for is not there.</exception>
    public async Task<AuditReport> RunAsync(CancellationToken stopping)
    {
        var heads = (await source.HeadsAsync()).ToDictionary(h => h.Shard);
        if (Only.Count == 0) await ChainsAsync(heads, stopping);
        var registry = await source.RegistryAsync();
        var places = new MeterPlaces(registry);
        var checks = new Checks(
            new(findings), new(findings), new(places, source, findings) { Since = Since.UnixMicros }, new(findings),
            new(findings), new(registry, rates ? await source.TwoHalvesAsync() : [], findings), new(findings));
        var ratings = new AccountRatings(registry);
        var ids = Ids(registry);
        await foreach (var batch in source.AccountsAsync(ids).WithCancellation(stopping))
        {
            _accounts += batch.Count;
            _readings += batch.Sum(account => (long)account.Readings.Count);
            var told = rates ? await checks.Frames.RunAsync(batch) : batch;
            for (var i = 0; i < batch.Count; i++)
            {
                stopping.ThrowIfCancellationRequested();
                Account(batch[i], told[i], heads.GetValueOrDefault(batch[i].Shard)?.ClosesThrough, checks, ratings);
            }
        }

        var recall = new FrameRecall(places, source, findings) { Since = Since.UnixMicros };
        if (Only.Count == 0) await RestAsync(checks, recall, stopping);
        await CompareViewAsync(checks.Balances, Only.Count == 0 ? null : ids);
        return Report(heads.Count, checks, recall);
    }

    /// <summary>In order of concentrator: then a frame is read once or a few times, and not for each meter.</summary>
    private List<long> Ids(RegistryImage registry)
    {
        var terminals = registry.Meters.GroupBy(meter => meter.Account)
            .ToDictionary(group => group.Key, group => group.Min(meter => meter.Terminal.Raw));
        var wanted = Only.ToHashSet();
        foreach (var absent in wanted.Except(registry.Accounts.Select(account => account.Id)))
        {
            throw new ArgumentException($"There is no account {absent}.");
        }

        return
        [
            .. registry.Accounts.Where(account => wanted.Count == 0 || wanted.Contains(account.Id))
                .OrderBy(account => terminals.GetValueOrDefault(account.Id)).ThenBy(account => account.Id)
                .Select(account => account.Id.Value),
        ];
    }

    /// <param name="account">As stored.</param>
    /// <param name="told">With the registers of its frames.</param>
    /// <param name="closed">Where the last closed day of its shard ends.</param>
    /// <param name="checks">All of them.</param>
    /// <param name="ratings">Rates anew.</param>
    private void Account(
        AuditAccount account, AuditAccount told, Instant? closed, Checks checks, AccountRatings ratings)
    {
        AccountRating? rating = null;
        var why = "It cannot be computed.";
        Sure(account, () => checks.Days.Run(account, closed));
        Sure(account, () => rating = ratings.Of(told, out why));
        Sure(account, () => checks.Balances.Run(account, closed, rating));
        if (rates)
        {
            Sure(account, () => checks.Charges.Run(told, rating, why));
            if (rating is not null)
            {
                Sure(account, () => checks.Postings.Run(account, rating));
                Sure(account, () => checks.LateFees.Run(account, rating));
            }

            Sure(account, () => checks.Money.Run(account, rating?.History));
        }

        Sure(account, () => Charges?.Take(told, rating));
    }

    /// <summary>A row that somebody changed may hold any number: that is a finding, and no end of the audit.</summary>
    private void Sure(AuditAccount account, Action check)
    {
        try
        {
            check();
        }
        catch (Exception fault) when (fault is ArithmeticException or ArgumentOutOfRangeException)
        {
            findings.Add("balances", Places.Account(account.Id), $"A figure of it cannot be: {fault.Message}");
        }
    }

    /// <summary>What belongs to no account, and what belongs to all of them.</summary>
    private async Task RestAsync(Checks checks, FrameRecall recall, CancellationToken stopping)
    {
        foreach (var stray in await source.StrayReadingsAsync(StraysMax))
        {
            findings.Add("readings", Places.Reading(stray.Channel, stray.At), "Its meter is not registered.");
        }

        if (!rates) return;
        var house = await source.HouseAsync();
        checks.Balances.RunHouse(house);
        checks.Money.Run(house, null);
        checks.Money.End();
        await recall.RunAsync(stopping);
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
    private async Task CompareViewAsync(BalanceCheck balances, IReadOnlyList<long>? accounts)
    {
        try
        {
            if (await source.ViewBalancesAsync(accounts) is { } view) balances.CompareView(view);
        }
        catch (DbException fault)
        {
            findings.Add("balance", "view account_balance", $"It cannot be computed: {fault.Message}");
        }
    }

    private AuditReport Report(int shards, Checks checks, FrameRecall recall) => new()
    {
        Holds = findings.Count == 0,
        Shards = shards,
        Links = _links,
        Roots = roots.Roots,
        Accounts = _accounts,
        Readings = _readings,
        ReadingsProven = checks.Days.Proven,
        ReadingsInFrames = checks.Frames.InFrames,
        ReadingsOtherwise = checks.Frames.Others,
        Frames = recall.Frames,
        ValuesRecalled = recall.Looked,
        ChargesRecomputed = checks.Charges.Recomputed,
        PaymentsRecomputed = checks.Money.Payments,
        OperationsRecomputed = checks.Money.Operations,
        Balances = checks.Balances.Balances,
        NotRecomputed = checks.Charges.NotRecomputed,
        NotBooked = checks.Money.NotRecomputed,
        Differences = findings.Count,
        Findings = findings.Kept,
    };

    private sealed record Checks(
        DayRowsCheck Days, BalanceCheck Balances, AccountFrames Frames, ChargeCheck Charges, PostingCheck Postings,
        MoneyCheck Money, LateFeeCheck LateFees);
}

using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Host.Changes;
using Meters.Host.Readings;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Takes additions to the registry: checked, stored, then known to lanes and sessions, one after the other.
/// </summary>
public sealed class Registrar(
    IStore store, LiveRegistry registry, IReadOnlyList<ShardLane> lanes, IFrameIds frames, TimeProvider clock)
    : IDisposable
{
    /// <summary>Measuring points a concentrator can address: 255 groups of 8.</summary>
    private const int PointMax = 2_040;

    private const string ApprovalSentence =
        "accounts are on it: propose it with POST /changes, and a second person approves it.";

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <param name="addition">What to add.</param>
    /// <param name="fourEyes">Refuses further versions of tariffs and policies that accounts are on.</param>
    /// <param name="stopping">The caller went away; what is stored becomes known all the same.</param>
    public async Task<(RegistryStatus Status, IReadOnlyList<string> Faults)> RegisterAsync(
        RegistryAddition addition, bool fourEyes, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            var faults = FaultsOf(addition);
            if (faults.Count > 0) return (RegistryStatus.ReferenceUnknown, faults);
            var unapproved = fourEyes ? UnapprovedOf(addition) : [];
            if (unapproved.Count > 0) return (RegistryStatus.ApprovalRequired, unapproved);
            addition = addition with { Accounts = [.. Placed(addition)] };
            var status = await store.Registry.AddAsync(addition, stopping);
            if (status != RegistryStatus.Added) return (status, [SentenceOf(status)]);
            await MakeKnownAsync(addition);
            return (RegistryStatus.Added, []);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// Registers what a second person has approved, together with the approval. Faults are not empty for Conflict.
    /// </summary>
    public async Task<(ApprovalStatus Status, IReadOnlyList<string> Faults)> ApproveAsync(
        ChangeRecord change, VersionedDocument version, PersonId by, string note, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            var faults = VersionFit.FaultsOf(change.Proposal.Kind, version, registry);
            if (faults.Count > 0) return (ApprovalStatus.Conflict, faults);
            var status = await store.Changes.ApproveAsync(change.Id, version, by, note, stopping);
            if (status == ApprovalStatus.Conflict) return (status, [SentenceOf(RegistryStatus.Conflict)]);
            if (status == ApprovalStatus.Scheduled)
            {
                await MakeKnownAsync(change.Proposal.Kind switch
                {
                    ChangeKind.Tariff => new() { Tariffs = [version] },
                    ChangeKind.Policy => new() { Policies = [version] },
                    ChangeKind.NoticeTemplate => new() { NoticeTemplates = [version] },
                    _ => new() { AccountTariffs = [AccountTariffRecord.Of(version, change.Proposal.Reason)!] },
                });
            }

            return (status, []);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The thresholds of the policies in force, in every running book.</summary>
    public Task RefreshThresholdsAsync() =>
        InLanesAsync((lane, token) =>
        {
            registry.RefreshThresholds(lane.Book, clock.Now());
            return lane.LendWhereOfferedAsync(token);
        });

    public void Dispose() => _one.Dispose();

    /// <summary>With what the lanes need to rate anew what the addition changes of the past.</summary>
    private RegistryChange ChangeOf(RegistryAddition addition) =>
        new(addition, addition.MeterChanges.ToDictionary(change => change.NewMeter, DocumentOf));

    private RawFrame DocumentOf(MeterChangeRecord change)
    {
        EnteredValue[] values =
        [
            new(change.At.ToString(), change.ClosingRegister.TenthsWh),
            new(change.At.ToString(), change.OpeningRegister.TenthsWh),
        ];
        var note = $"Meter {change.OldMeter} gave way to {change.NewMeter}. {change.Note}";
        var terminal = registry.TryMeter(change.OldMeter, out var old) ? old.Terminal : default;
        return new EnteredDocument(
            "replacement", change.By.Value, note, change.NewMeter.Value, (int)RegisterKind.ForwardActive, values)
            .ToFrame(frames.Next(), terminal, clock.Now());
    }
    /// <summary>
    /// Lookups first, books next, sessions last: a lane that loads anew in between finds everything, and no session
    /// sees a meter that its lane does not know.
    /// </summary>
    private async Task MakeKnownAsync(RegistryAddition addition)
    {
        var change = ChangeOf(addition);
        registry.AddRecords(addition);
        await InLanesAsync((lane, token) => lane.AddAsync(change, token));
        registry.Publish(addition);
    }

    private async Task InLanesAsync(Func<ShardLane, CancellationToken, Task> work)
    {
        // It is stored: a caller who goes away must not leave it half known.
        foreach (var lane in lanes) await lane.CallAsync(work, CancellationToken.None);
    }

    /// <summary>New versions of what accounts are on; those that stand already are left to the store.</summary>
    private List<string> UnapprovedOf(RegistryAddition addition)
    {
        var tariffs = addition.Tariffs.Where(version =>
            !(registry.TryTariff(version.Id, out var known) && known.Versions.Any(v => v.Version == version.Version))
            && registry.IsUsed(ChangeKind.Tariff, version.Id));
        var policies = addition.Policies.Where(version =>
            registry.PolicyVersions(version.Id).All(known => known.Policy.Version != version.Version)
            && registry.IsUsed(ChangeKind.Policy, version.Id));
        return
        [
            .. tariffs.Select(version => $"Tariff {version.Id}/{version.Version}: {ApprovalSentence}"),
            .. policies.Select(version => $"Policy {version.Id}/{version.Version}: {ApprovalSentence}"),
        ];
    }

    private static string SentenceOf(RegistryStatus status) => status == RegistryStatus.Conflict
        ? "One of them exists already with other content."
        : "One of them refers to something that is not registered.";

    private IEnumerable<AccountRecord> Placed(RegistryAddition addition)
    {
        var terminals = addition.Meters.GroupBy(m => m.Account).ToDictionary(g => g.Key, g => g.First().Terminal);
        foreach (var account in addition.Accounts)
        {
            var shard = registry.TryAccount(account.Id, out var known)
                ? known.Shard
                : registry.ShardFor(terminals.TryGetValue(account.Id, out var t) ? t : null, account.Id, lanes.Count);
            yield return account with { Shard = shard };
        }
    }

    private List<string> FaultsOf(RegistryAddition addition)
    {
        var faults = new List<string>();
        var tariffs = new Dictionary<string, Currency>(StringComparer.Ordinal);
        foreach (var group in addition.Tariffs.GroupBy(tariff => tariff.Id, StringComparer.Ordinal))
        {
            if (CurrencyOf(group.Key, group, faults) is { } currency) tariffs[group.Key] = currency;
        }

        var policies = new HashSet<string>(StringComparer.Ordinal);
        foreach (var policy in addition.Policies)
        {
            if (!PolicyJson.TryParse(policy.Json, registry.Calendars, out var parsed, out var list))
            {
                faults.AddRange(list.Select(f => $"Policy {policy.Id}: {f}"));
            }
            else if (parsed!.Id != policy.Id || parsed.Version != policy.Version)
            {
                faults.Add($"Policy {policy.Id}/{policy.Version}: its document is of {parsed.Id}/{parsed.Version}.");
            }
            else
            {
                policies.Add(parsed.Id);
                faults.AddRange(VersionFit.SelectionFaults(parsed, addition.Policies, registry));
            }
        }

        foreach (var terminal in addition.Terminals.Where(t => !LocalZone.TryParse(t.Zone, out _)))
        {
            faults.Add($"Concentrator {terminal.Address}: unknown zone '{terminal.Zone}'.");
        }

        foreach (var account in addition.Accounts) AddFaults(account, tariffs, policies, faults);
        foreach (var meter in addition.Meters) AddFaults(meter, faults);
        faults.AddRange(MeterHistoryChecks.FaultsOf(addition, registry, clock.Now()));
        return faults;
    }

    /// <summary>
    /// The versions must fit those that stand: what is stored and cannot be loaded would keep every start from
    /// succeeding.
    /// </summary>
    private Currency? CurrencyOf(string id, IEnumerable<VersionedDocument> documents, List<string> faults)
    {
        var versions = registry.TryTariff(id, out var known) ? known.Versions.ToList() : [];
        foreach (var document in documents)
        {
            if (!TariffJson.TryParse(document.Json, out var version, out var list))
            {
                faults.AddRange(list.Select(f => $"Tariff {id}: {f}"));
            }
            else if (version!.Id != id || version.Version != document.Version)
            {
                faults.Add($"Tariff {id}/{document.Version}: its document is of {version.Id}/{version.Version}.");
            }
            else if (!versions.Exists(v => v.Version == version.Version))
            {
                faults.AddRange(VersionFit.FixedLines(version, registry));
                versions.Add(version);
            }
        }

        if (versions.Count == 0) return null;
        if (TariffHistory.TryCreate(versions, out var history, out var misfits)) return history!.Currency;
        faults.AddRange(misfits.Select(f => $"Tariff {id}: {f.Message}"));
        return null;
    }

    private void AddFaults(
        AccountRecord account, Dictionary<string, Currency> tariffs, HashSet<string> policies, List<string> faults)
    {
        if (account.Id.Value <= 0) faults.Add($"Account {account.Id}: the number must be positive.");
        if (account.SanctionedWatts <= 0) faults.Add($"Account {account.Id}: the sanctioned load must be positive.");
        if (!tariffs.TryGetValue(account.Tariff, out var currency)
            && registry.TryTariff(account.Tariff, out var history)) currency = history.Currency;
        if (currency == default) faults.Add($"Account {account.Id}: tariff '{account.Tariff}' is not registered.");
        else if (currency.Code != account.Currency)
        {
            faults.Add($"Account {account.Id}: its currency is {account.Currency}, its tariff's is {currency.Code}.");
        }

        if (!policies.Contains(account.Policy) && !registry.HasPolicy(account.Policy))
        {
            faults.Add($"Account {account.Id}: policy '{account.Policy}' is not registered.");
        }
    }

    private static void AddFaults(MeterRecord meter, List<string> faults)
    {
        if (meter.Id.Value is <= 0 or > MeterId.Max)
        {
            faults.Add($"Meter {meter.Id}: the number must be positive and below 2^59.");
        }

        if (meter.Address.Digits is < 0 or > MeterAddress.Max)
        {
            faults.Add($"Meter {meter.Id}: the address has twelve digits.");
        }

        if (meter.Point is < 1 or > PointMax) faults.Add($"Meter {meter.Id}: the point must be 1 to {PointMax}.");
        if (meter.Multiplier < 1) faults.Add($"Meter {meter.Id}: the multiplier must be at least 1.");
    }
}

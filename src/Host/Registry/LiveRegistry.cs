using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Meters.Billing.Accounts;
using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Registry;

/// <summary>
/// Concentrators, meters, accounts, tariffs and policies of the running engine, looked up by sessions, lanes and
/// Control. Grows when something is registered; the store is the truth.
/// </summary>
public sealed partial class LiveRegistry : ITerminalDirectory
{
    private readonly ConcurrentDictionary<TerminalAddress, TerminalRecord> _terminals = [];
    private readonly ConcurrentDictionary<TerminalAddress, TerminalEntry> _entries = [];
    private readonly ConcurrentDictionary<MeterId, MeterRecord> _meters = [];
    private readonly ConcurrentDictionary<AccountId, AccountRecord> _accounts = [];
    private readonly ConcurrentDictionary<AccountId, MeterRecord> _relays = [];
    private readonly Dictionary<TerminalAddress, List<MeterRecord>> _metersOf = [];
    private readonly Lock _publishing = new();
    private readonly ConcurrentDictionary<MeterId, int> _shards = [];
    private readonly ConcurrentDictionary<string, TariffHistory> _tariffs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<EffectivePolicy>> _policies = new(
        StringComparer.Ordinal);

    public int AccountCount => _accounts.Count;

    public int MeterCount => _meters.Count;

    public IEnumerable<AccountRecord> Accounts => _accounts.Values;

    public IEnumerable<TerminalRecord> Terminals => _terminals.Values;

    public IEnumerable<MeterRecord> Meters => _meters.Values;

    public bool TryFind(TerminalAddress address, [NotNullWhen(true)] out TerminalEntry? entry) =>
        _entries.TryGetValue(address, out entry);

    public bool TryTerminal(TerminalAddress address, [NotNullWhen(true)] out TerminalRecord? record) =>
        _terminals.TryGetValue(address, out record);

    public bool TryMeter(MeterId meter, [NotNullWhen(true)] out MeterRecord? record) =>
        _meters.TryGetValue(meter, out record);

    public bool TryAccount(AccountId account, [NotNullWhen(true)] out AccountRecord? record) =>
        _accounts.TryGetValue(account, out record);

    /// <summary>The meter of an account that can cut, if any.</summary>
    public bool TryRelay(AccountId account, [NotNullWhen(true)] out MeterRecord? meter) =>
        _relays.TryGetValue(account, out meter);

    public bool HasTariff(string id) => _tariffs.ContainsKey(id);

    public bool HasPolicy(string id) => _policies.ContainsKey(id);

    public bool TryTariff(string id, [NotNullWhen(true)] out TariffHistory? history) =>
        _tariffs.TryGetValue(id, out history);

    /// <summary>Whether an account is on it: then a further version changes what somebody pays or risks.</summary>
    public bool IsUsed(ChangeKind kind, string id) =>
        kind == ChangeKind.Tariff
            ? AccountsWith(id).Any()
            : _accounts.Values.Any(account => account.Policy == id) || IsSelected(id);

    /// <summary>Versions of a policy by the instant from which they hold; empty for an unknown one.</summary>
    public IReadOnlyList<(Instant From, Policy Policy)> PolicyVersions(string id) =>
        [.. (_policies.GetValueOrDefault(id) ?? []).Select(version => (version.From, version.Policy))];

    /// <summary>The version in force at an instant; the first version before any has begun.</summary>
    public Policy PolicyAt(string id, Instant at)
    {
        var versions = _policies[id];
        return (versions.LastOrDefault(v => v.From <= at) ?? versions[0]).Policy;
    }

    /// <summary>The shard whose lane keeps what an address itself sends: faults and unregistered frames.</summary>
    public int ShardOf(TerminalAddress terminal, int shards) => (int)(Mix(terminal.Raw) % (uint)shards);

    public int ShardOf(MeterId meter, int otherwise) => _shards.GetValueOrDefault(meter, otherwise);

    /// <summary>
    /// Accounts go to the shard of their first meter's concentrator, so that a frame stays in one shard.
    /// </summary>
    public int ShardFor(TerminalAddress? terminal, AccountId account, int shards) =>
        (int)((terminal is { } address ? Mix(address.Raw) : Mix(unchecked((uint)account.Value))) % (uint)shards);

    /// <summary>Lookups for lanes and Control; sessions do not see the meters yet.</summary>
    public void AddRecords(RegistryAddition addition)
    {
        foreach (var document in addition.Tariffs) AddTariff(document);
        foreach (var group in addition.Policies.GroupBy(p => p.Id, StringComparer.Ordinal))
        {
            AddPolicies(group.Key, group);
        }

        AddMoves(addition);
        foreach (var account in addition.Accounts) _accounts[account.Id] = account;
        AddHistory(addition);
        foreach (var meter in addition.Meters)
        {
            _meters[meter.Id] = meter;
            if (meter.HasRelay && !IsReplaced(meter.Id)) _relays[meter.Account] = meter;
            if (_accounts.TryGetValue(meter.Account, out var account)) _shards[meter.Id] = account.Shard;
        }

        foreach (var terminal in addition.Terminals) _terminals[terminal.Address] = terminal;
    }

    /// <summary>
    /// Lets sessions see it, after the lanes know it. A concentrator appears with all its meters at once.
    /// </summary>
    public void Publish(RegistryAddition addition)
    {
        lock (_publishing)
        {
            foreach (var meter in addition.Meters)
            {
                if (!_metersOf.TryGetValue(meter.Terminal, out var list)) _metersOf.Add(meter.Terminal, list = []);
                if (!list.Exists(m => m.Id == meter.Id)) list.Add(meter);
            }

            var touched = addition.Terminals.Select(t => t.Address)
                .Concat(addition.Meters.Select(m => m.Terminal))
                .Concat(addition.MeterChanges.Select(c => _meters[c.OldMeter].Terminal));
            foreach (var address in touched.Distinct())
            {
                if (!_terminals.TryGetValue(address, out var terminal)) continue;
                _ = LocalZone.TryParse(terminal.Zone, out var zone);
                var meters = (_metersOf.GetValueOrDefault(address) ?? []).FindAll(m => !IsReplaced(m.Id));
                _entries[address] = new(
                    address,
                    zone,
                    meters.ToDictionary(m => m.Point, m => m.Id),
                    meters.ToDictionary(m => m.Address, m => m.Id),
                    [.. meters.SelectMany(FormerAtPointOf)]);
            }
        }
    }

    /// <summary>All that is stored, at start.</summary>
    public void Load(RegistryImage image)
    {
        var all = new RegistryAddition
        {
            Terminals = image.Terminals,
            Meters = image.Meters,
            Accounts = image.Accounts,
            Tariffs = image.Tariffs,
            Policies = image.Policies,
            MeterMultipliers = image.MeterMultipliers,
            MeterChanges = image.MeterChanges,
            AccountTariffs = image.AccountTariffs,
        };
        AddRecords(all);
        Publish(all);
    }

    /// <summary>Puts a shard's accounts, meters, tariffs and thresholds into a new book.</summary>
    public void FillBook(ShardBook book, Instant now)
    {
        // Taken the other way round than AddRecords adds, which may run beside: what refers to something finds it.
        var meters = _meters.Values.Where(m => ShardOf(m.Id, -1) == book.Shard).OrderBy(m => m.Id).ToList();
        var accounts = _accounts.Values.Where(a => a.Shard == book.Shard).OrderBy(a => a.Id).ToList();
        foreach (var history in _tariffs.Values) book.DefineTariff(history);
        RefreshThresholds(book, now);
        foreach (var account in accounts) AddToBook(book, account, now);
        foreach (var meter in meters) AddToBook(book, meter);
        foreach (var meter in meters) AddHistoryToBook(book, meter.Id);
    }

    /// <summary>The thresholds of the policies in force: at a load, and anew at each day close.</summary>
    public void RefreshThresholds(ShardBook book, Instant now)
    {
        foreach (var id in _policies.Keys) PolicyTerms.Define(book, id, PolicyAt(id, now));
        MoveAllInBook(book, now);
    }

    /// <summary>
    /// Puts an addition into a running book, after <see cref="AddRecords"/>; other shards' parts are passed over.
    /// </summary>
    public void AddToBook(ShardBook book, RegistryAddition addition, Instant now)
    {
        foreach (var id in addition.Tariffs.Select(t => t.Id).Distinct()) book.DefineTariff(_tariffs[id]);
        foreach (var id in addition.Policies.Select(p => p.Id).Distinct())
        {
            PolicyTerms.Define(book, id, PolicyAt(id, now));
        }

        if (addition.Policies.Count > 0) MoveAllInBook(book, now);
        foreach (var account in addition.Accounts.Where(a => a.Shard == book.Shard)) AddToBook(book, account, now);
        AddMovesToBook(book, addition);
        foreach (var meter in addition.Meters.Where(m => ShardOf(m.Id, -1) == book.Shard)) AddToBook(book, meter);
        var changed = addition.MeterMultipliers.Select(one => one.Meter)
            .Concat(addition.MeterChanges.Select(one => one.NewMeter)).Distinct();
        foreach (var meter in changed.Where(m => ShardOf(m, -1) == book.Shard)) AddHistoryToBook(book, meter);
    }

    private void AddToBook(ShardBook book, AccountRecord account, Instant now) =>
        Expect(book.AddAccount(new(
            account.Id,
            DefineTariffOf(book, account),
            PolicyIdOf(account, CustomerOf(account.Id), now),
            Currency.Parse(account.Currency),
            account.SanctionedWatts)), account.Id);

    private static void AddToBook(ShardBook book, MeterRecord meter) =>
        Expect(book.AddMeter(new(meter.Id, meter.Account, meter.Multiplier, meter.HasRelay)), meter.Account);

    /// <summary>The registry was checked before it was stored: a refusal here is our own fault.</summary>
    private static void Expect(BookStatus status, AccountId account)
    {
        if (status is BookStatus.Added or BookStatus.AlreadyThere) return;
        throw new InvalidOperationException($"The book refused account {account}: {status}.");
    }

    private void AddTariff(VersionedDocument document)
    {
        if (!TariffJson.TryParse(document.Json, out var version, out _) || version is null) return;
        _tariffs.AddOrUpdate(
            document.Id,
            _ => new([version]),
            (_, history) => new(history.Versions.Append(version).DistinctBy(v => v.Version)));
    }

    private void AddPolicies(string id, IEnumerable<VersionedDocument> documents)
    {
        var known = _policies.GetValueOrDefault(id) ?? [];
        var all = known.ToList();
        foreach (var document in documents)
        {
            if (PolicyJson.TryParse(document.Json, out var policy, out _)) 
            {
                all.Add(new(document.EffectiveFrom, policy.WithCalendars(_calendars)));
            }
        }

        _policies[id] = [.. all.DistinctBy(p => p.Policy.Version).OrderBy(p => p.From)];
    }

    private static uint Mix(uint value)
    {
        unchecked // A hash: overflow is meant.
        {
            value = (value ^ (value >> 16)) * 0x7FEB352D;
            value = (value ^ (value >> 15)) * 0x846CA68B;
            return value ^ (value >> 16);
        }
    }

    private sealed record EffectivePolicy(Instant From, Policy Policy);
}

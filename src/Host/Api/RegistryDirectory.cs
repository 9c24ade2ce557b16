using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Api;

/// <summary>
/// The registry for lists and look-ups of the API: an immutable image, loaded again after an addition through this
/// process, and at the latest after <see cref="Life"/> (another process may have added).
/// </summary>
public sealed class RegistryDirectory(EnginePort engine, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _loading = new(1);
    private volatile RegistryIndex? _index;
    private int _generation;

    public async ValueTask<RegistryIndex> IndexAsync(CancellationToken stopping)
    {
        if (Fresh() is { } index) return index;
        await _loading.WaitAsync(stopping);
        try
        {
            if (Fresh() is { } loaded) return loaded;
            // Before the query: an addition during it makes this image old.
            var generation = Volatile.Read(ref _generation);
            var image = await engine.Store.Registry.LoadAsync(stopping);
            return _index = new RegistryIndex(image, clock.Now(), generation);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>After an addition: the next reader loads again.</summary>
    public void Changed() => Interlocked.Increment(ref _generation);

    public void Dispose() => _loading.Dispose();

    private RegistryIndex? Fresh()
    {
        var now = clock.Now();
        return _index is { } index && index.Generation == Volatile.Read(ref _generation)
            && now >= index.LoadedAt && now - index.LoadedAt < Life
            ? index
            : null;
    }
}

/// <summary>A loaded registry by key; lists in order of key.</summary>
public sealed class RegistryIndex
{
    public RegistryIndex(RegistryImage image, Instant loadedAt, int generation)
    {
        ArgumentNullException.ThrowIfNull(image);
        (LoadedAt, Generation) = (loadedAt, generation);
        Accounts = image.Accounts.ToDictionary(account => account.Id);
        Meters = image.Meters.ToDictionary(meter => meter.Id);
        Terminals = image.Terminals.ToDictionary(terminal => terminal.Address);
        AccountList = [.. image.Accounts.OrderBy(account => account.Id)];
        MeterList = [.. image.Meters.OrderBy(meter => meter.Id)];
        TerminalList = [.. image.Terminals.OrderBy(terminal => terminal.Address.ToString(), StringComparer.Ordinal)];
        MetersOfAccount = image.Meters.ToLookup(meter => meter.Account);
        Tariffs = image.Tariffs;
        Policies = image.Policies;
        MeterMultipliers = image.MeterMultipliers;
        MeterChanges = image.MeterChanges;
        AccountTariffs = image.AccountTariffs.ToLookup(move => move.Account);
    }

    public Instant LoadedAt { get; }

    public int Generation { get; }

    public IReadOnlyDictionary<AccountId, AccountRecord> Accounts { get; }

    public IReadOnlyDictionary<MeterId, MeterRecord> Meters { get; }

    public IReadOnlyDictionary<TerminalAddress, TerminalRecord> Terminals { get; }

    public IReadOnlyList<AccountRecord> AccountList { get; }

    public IReadOnlyList<MeterRecord> MeterList { get; }

    public IReadOnlyList<TerminalRecord> TerminalList { get; }

    public ILookup<AccountId, MeterRecord> MetersOfAccount { get; }

    public IReadOnlyList<VersionedDocument> Tariffs { get; }

    public IReadOnlyList<VersionedDocument> Policies { get; }

    public IReadOnlyList<MultiplierRecord> MeterMultipliers { get; }

    public IReadOnlyList<MeterChangeRecord> MeterChanges { get; }

    /// <summary>Moves of an account in order of revision.</summary>
    public ILookup<AccountId, AccountTariffRecord> AccountTariffs { get; }
}

using Meters.Billing.Tariffs;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class RegistryStore(SqlDatabase database) : IRegistryStore
{
    /// <summary>Keys looked up by one statement.</summary>
    private const int KeysPerLookupMax = 5_000;

    public Task<RegistryImage> LoadAsync(CancellationToken stopping) => database.SnapshotAsync(LoadAsync, stopping);

    /// <param name="session">One unchanging state.</param>
    public static async Task<RegistryImage> LoadAsync(SqlSession session) => new(
        await session.QueryAsync(
            $"SELECT {RegistryRows.Terminal} FROM terminal ORDER BY address", RegistryRows.TerminalOf),
        await session.QueryAsync($"SELECT {RegistryRows.Meter} FROM meter ORDER BY id", RegistryRows.MeterOf),
        await session.QueryAsync($"SELECT {RegistryRows.Account} FROM account ORDER BY id", RegistryRows.AccountOf),
        await session.QueryAsync(
            $"SELECT {RegistryRows.Version} FROM tariff ORDER BY id, version", RegistryRows.VersionOf),
        await session.QueryAsync(
            $"SELECT {RegistryRows.Version} FROM policy ORDER BY id, version", RegistryRows.VersionOf))
    {
        MeterMultipliers = await MeterHistoryRows.MultipliersAsync(session),
        MeterChanges = await MeterHistoryRows.ChangesAsync(session),
        AccountTariffs = await session.QueryAsync(
            $"SELECT {RegistryRows.AccountTariff} FROM account_tariff ORDER BY account, revision",
            RegistryRows.AccountTariffOf),
    };

    public Task<RegistryStatus> AddAsync(RegistryAddition addition, CancellationToken stopping) => database.WriteAsync(
        async session =>
        {
            await LockAsync(session);
            var status = await AddAllAsync(session, addition);
            if (status != RegistryStatus.Added) session.Discard();
            return status;
        },
        stopping);

    /// <summary>Until the end of its transaction nobody else adds to the registry.</summary>
    internal static async Task LockAsync(SqlSession session)
    {
        if (session.Dialect.LockRegistry.Length > 0) await session.ExecuteAsync(session.Dialect.LockRegistry);
    }

    /// <summary>
    /// False where a version stands with other content. Who added it and when is not its content: adding the same again
    /// is fine.
    /// </summary>
    internal static async Task<bool> AddVersionsAsync(
        SqlSession session, string table, IReadOnlyList<VersionedDocument> versions)
    {
        foreach (var version in versions)
        {
            var earlier = await session.FindAsync(
                $"SELECT {RegistryRows.Version} FROM {table} WHERE id = $1 AND version = $2",
                RegistryRows.VersionOf,
                version.Id,
                version.Version);
            if (earlier is null)
            {
                await session.InsertAsync(
                    $"INSERT INTO {table} ({RegistryRows.Version})", [RegistryRows.Values(version)]);
                if (table == "tariff") await SetStepsAsync(session, version);
            }
            else if (earlier.Json != version.Json || earlier.EffectiveFrom != version.EffectiveFrom)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>False where the account has a move of that revision already, or one before it is missing.</summary>
    internal static async Task<bool> AddAccountTariffAsync(SqlSession session, AccountTariffRecord? move)
    {
        if (move is null) return false;
        var last = await session.NumberAsync(
            "SELECT coalesce(max(revision), 0) FROM account_tariff WHERE account = $1", move.Account.Value);
        if (last != move.Revision - 1) return false;
        await session.InsertAsync(
            $"INSERT INTO account_tariff ({RegistryRows.AccountTariff})", [RegistryRows.Values(move)]);
        return true;
    }

    private static async Task<RegistryStatus> AddAllAsync(SqlSession session, RegistryAddition addition)
    {
        if (!await AddVersionsAsync(session, "tariff", addition.Tariffs)) return RegistryStatus.Conflict;
        if (!await AddVersionsAsync(session, "policy", addition.Policies)) return RegistryStatus.Conflict;
        var any = session.Dialect.AnyOf(1);
        var terminals = await NewOnesAsync(addition.Terminals, terminal => (long)terminal.Address.Raw, keys =>
            session.QueryAsync(
                $"SELECT {RegistryRows.Terminal} FROM terminal WHERE address {any}", RegistryRows.TerminalOf, keys));
        var accounts = await NewOnesAsync(addition.Accounts, account => account.Id.Value, keys =>
            session.QueryAsync(
                $"SELECT {RegistryRows.Account} FROM account WHERE id {any}", RegistryRows.AccountOf, keys));
        var meters = await NewOnesAsync(addition.Meters, meter => meter.Id.Value, keys =>
            session.QueryAsync($"SELECT {RegistryRows.Meter} FROM meter WHERE id {any}", RegistryRows.MeterOf, keys));
        if (terminals is null || accounts is null || meters is null) return RegistryStatus.Conflict;

        await session.InsertAsync(
            $"INSERT INTO terminal ({RegistryRows.Terminal})", terminals.Select(RegistryRows.Values));
        await session.InsertAsync(
            $"INSERT INTO account ({RegistryRows.Account})", accounts.Select(RegistryRows.Values));
        await session.InsertAsync(
            "INSERT INTO control_case (account, due_at)",
            accounts.Select(account => new object?[] { account.Id.Value, Instant.Never }),
            "ON CONFLICT (account) DO NOTHING");
        if (!await AllThereAsync(session, "account", "id", meters.Select(meter => meter.Account.Value))
            || !await AllThereAsync(session, "terminal", "address", meters.Select(meter => (long)meter.Terminal.Raw)))
        {
            return RegistryStatus.ReferenceUnknown;
        }

        await MeterHistoryRows.FreePlacesAsync(session, addition.MeterChanges);
        // The unique indexes know taken points, taken addresses and second relays; a row left out is one of those.
        var added = await session.InsertAsync(
            $"INSERT INTO meter ({RegistryRows.Meter})", meters.Select(RegistryRows.Values), "ON CONFLICT DO NOTHING");
        if (added != meters.Count) return RegistryStatus.Conflict;
        return await MeterHistoryRows.AddAsync(session, addition);
    }

    /// <summary>
    /// Those that are not stored yet, each once; null when one is stored, or given twice, with other content.
    /// </summary>
    private static async Task<IReadOnlyList<T>?> NewOnesAsync<T>(
        IReadOnlyList<T> wanted, Func<T, long> key, Func<long[], Task<List<T>>> stored)
        where T : class
    {
        var fresh = new Dictionary<long, T>();
        foreach (var item in wanted)
        {
            if (!fresh.TryAdd(key(item), item) && !fresh[key(item)].Equals(item)) return null;
        }

        foreach (var keys in fresh.Keys.ToList().Chunk(KeysPerLookupMax))
        {
            foreach (var found in await stored(keys))
            {
                if (!fresh[key(found)].Equals(found)) return null;
                fresh.Remove(key(found));
            }
        }

        return [.. fresh.Values];
    }

    private static async Task<bool> AllThereAsync(
        SqlSession session, string table, string column, IEnumerable<long> keys)
    {
        foreach (var chunk in keys.Distinct().Chunk(KeysPerLookupMax))
        {
            var found = await session.NumberAsync(
                $"SELECT count(*) FROM {table} WHERE {column} {session.Dialect.AnyOf(1)}", chunk);
            if (found != chunk.Length) return false;
        }

        return true;
    }

    /// <summary>
    /// Views turn exact charges into minor units by it; the first version of a tariff decides for all.
    /// </summary>
    private static async Task SetStepsAsync(SqlSession session, VersionedDocument tariff)
    {
        if (!TariffJson.TryParse(tariff.Json, out var version, out _) || version is null) return;
        await session.ExecuteAsync(
            "UPDATE tariff SET per_minor = $3 WHERE id = $1 AND version = $2",
            tariff.Id,
            tariff.Version,
            new TariffHistory(version).PerMinor);
    }
}

using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>Multiplier changes and replacements of meters, read and added within the registry's transaction.</summary>
internal static class MeterHistoryRows
{
    public static async Task<IReadOnlyList<MultiplierRecord>> MultipliersAsync(SqlSession session) =>
        await session.QueryAsync(
            $"""
            SELECT {RegistryRows.Multiplier} FROM meter_multiplier m
            WHERE revision = (
                SELECT max(x.revision) FROM meter_multiplier x WHERE x.meter = m.meter AND x.from_at = m.from_at)
            ORDER BY meter, from_at
            """,
            RegistryRows.MultiplierOf);

    public static async Task<IReadOnlyList<MeterChangeRecord>> ChangesAsync(SqlSession session) =>
        await session.QueryAsync(
            $"SELECT {RegistryRows.Change} FROM meter_change ORDER BY at, old_meter", RegistryRows.ChangeOf);

    /// <summary>Before new meters come: the replaced ones leave their point, address and relay to them.</summary>
    public static async Task FreePlacesAsync(SqlSession session, IReadOnlyList<MeterChangeRecord> changes)
    {
        foreach (var change in changes)
        {
            await session.ExecuteAsync(
                "UPDATE meter SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL",
                change.OldMeter.Value,
                change.At);
        }
    }

    /// <summary>After the meters are in: a change names two of them.</summary>
    public static async Task<RegistryStatus> AddAsync(SqlSession session, RegistryAddition addition)
    {
        foreach (var change in addition.MeterMultipliers)
        {
            if (await AddAsync(session, change) is var status and not RegistryStatus.Added) return status;
        }

        foreach (var change in addition.MeterChanges)
        {
            if (await AddAsync(session, change) is var status and not RegistryStatus.Added) return status;
        }

        return RegistryStatus.Added;
    }

    private static async Task<RegistryStatus> AddAsync(SqlSession session, MultiplierRecord change)
    {
        var there = await session.NumberAsync("SELECT count(*) FROM meter WHERE id = $1", change.Meter.Value);
        if (there != 1) return RegistryStatus.ReferenceUnknown;
        var known = await session.QueryAsync(
            $"""
            SELECT {RegistryRows.Multiplier} FROM meter_multiplier WHERE meter = $1 AND from_at = $2 ORDER BY revision
            """,
            RegistryRows.MultiplierOf,
            change.Meter.Value,
            change.From);
        if (known.Find(one => one.Revision == change.Revision) is { } same)
        {
            return same.HasContentOf(change) ? RegistryStatus.Added : RegistryStatus.Conflict;
        }

        if (change.Revision != known.Count + 1) return RegistryStatus.Conflict;
        await session.InsertAsync(
            $"INSERT INTO meter_multiplier ({RegistryRows.Multiplier})", [RegistryRows.Values(change)]);
        return RegistryStatus.Added;
    }

    private static async Task<RegistryStatus> AddAsync(SqlSession session, MeterChangeRecord change)
    {
        long[] both = [change.OldMeter.Value, change.NewMeter.Value];
        var meters = await session.NumberAsync(
            $"SELECT count(*) FROM meter WHERE account = $1 AND id {session.Dialect.AnyOf(2)}",
            change.Account.Value,
            both);
        if (meters != 2) return RegistryStatus.ReferenceUnknown;
        var known = await session.QueryAsync(
            $"SELECT {RegistryRows.Change} FROM meter_change WHERE old_meter = $1 OR new_meter = $2",
            RegistryRows.ChangeOf,
            change.OldMeter.Value,
            change.NewMeter.Value);
        if (known.Count > 0)
        {
            return known.TrueForAll(change.HasContentOf) ? RegistryStatus.Added : RegistryStatus.Conflict;
        }

        await session.InsertAsync($"INSERT INTO meter_change ({RegistryRows.Change})", [RegistryRows.Values(change)]);
        return RegistryStatus.Added;
    }
}

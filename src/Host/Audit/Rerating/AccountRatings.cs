using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Rerating;

/// <summary>Rates accounts anew, one after the other.</summary>
internal sealed class AccountRatings(RegistryImage registry)
{
    private readonly ILookup<AccountId, MeterRecord> _meters = registry.Meters.ToLookup(m => m.Account);

    private readonly Dictionary<long, AccountRecord> _accounts = registry.Accounts.ToDictionary(a => a.Id.Value);

    private readonly ILookup<string, VersionedDocument> _documents = registry.Tariffs.ToLookup(
        t => t.Id, StringComparer.Ordinal);

    private readonly ILookup<MeterId, MultiplierRecord> _multipliers = registry.MeterMultipliers
        .OrderBy(change => change.From.UnixMicros).ToLookup(change => change.Meter);

    private readonly Dictionary<MeterId, MeterChangeRecord> _changes =
        registry.MeterChanges.ToDictionary(change => change.NewMeter);

    private readonly Dictionary<string, (PlainHistory? History, string Why)> _tariffs = new(StringComparer.Ordinal);

    private readonly ILookup<AccountId, AccountTariffRecord> _moves = registry.AccountTariffs
        .OrderBy(move => move.Revision).ToLookup(move => move.Account);

    /// <returns>Null, and why in a few words, where its tariff or its rows are not understood.</returns>
    public AccountRating? Of(AuditAccount account, out string why)
    {
        if (HistoryOf(account, out why) is not { } history) return null;
        why = "the steps of its charges are none";
        if (account.PerMinor <= 0) return null;
        why = "a row's instant is no instant";
        if (account.Readings.Exists(row => !Places.IsInstant(row.At))) return null; // Named already.
        var watts = _accounts.TryGetValue(account.Id, out var record) ? record.SanctionedWatts : 0;
        return new(account, history, watts, [.. _meters[new(account.Id)]], _multipliers, _changes);
    }

    private PlainHistory? HistoryOf(AuditAccount account, out string why)
    {
        if (TariffOf(account.Tariff, out why) is not { } first) return null;
        var moves = new List<(long, PlainHistory)>();
        foreach (var move in _moves[new(account.Id)])
        {
            if (TariffOf(move.Tariff, out why) is not { } to) return null;
            moves.Add((move.From.UnixMicros, to));
        }

        return moves.Count == 0 ? first : first.Moved(moves);
    }

    private PlainHistory? TariffOf(string id, out string why)
    {
        if (!_tariffs.TryGetValue(id, out var tariff))
        {
            var history = PlainHistory.Read(_documents[id], out var reason);
            _tariffs.Add(id, tariff = (history, reason));
        }

        why = tariff.Why;
        return tariff.History;
    }
}

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

    /// <returns>Null, and why in a few words, where its tariff or its rows are not understood.</returns>
    public AccountRating? Of(AuditAccount account, out string why)
    {
        if (!_tariffs.TryGetValue(account.Tariff, out var tariff))
        {
            var history = PlainHistory.Read(_documents[account.Tariff], out var reason);
            _tariffs.Add(account.Tariff, tariff = (history, reason));
        }

        why = tariff.Why;
        if (tariff.History is null) return null;
        why = "the steps of its charges are none";
        if (account.PerMinor <= 0) return null;
        why = "a row's instant is no instant";
        if (account.Readings.Exists(row => !Places.IsInstant(row.At))) return null; // Named already.
        var watts = _accounts.TryGetValue(account.Id, out var record) ? record.SanctionedWatts : 0;
        return new(account, tariff.History, watts, [.. _meters[new(account.Id)]], _multipliers, _changes);
    }
}

using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Host.Api;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>Reports over a loaded registry.</summary>
public static class RegistryReports
{
    public static ReportPort Over(
        RegistryIndex index, IHistoryStore histories, LocalZone zone, ReportOptions options) => new()
        {
            Histories = histories,
            Zone = zone,
            Options = options,
            FindAccount = account => index.Accounts.GetValueOrDefault(account),
            MetersOf = account => [.. index.MetersOfAccount[account].OrderBy(meter => meter.Id)],
            AccountsOn = (kind, id) =>
            [
                .. index.AccountList
                    .Where(account => (kind == ChangeKind.Tariff ? TariffNow(index, account) : account.Policy) == id),
        ],
            MultipliersOf = meter =>
            [
                .. index.MeterMultipliers.Where(one => one.Meter == meter).GroupBy(one => one.From)
                    .Select(same => same.MaxBy(one => one.Revision)!).OrderBy(one => one.From),
            ],
            InstallationOf = meter => index.MeterChanges.FirstOrDefault(change => change.NewMeter == meter),
            MovesOf = account => [.. index.AccountTariffs[account]],
            FindTariff = id => TariffOf(index.Tariffs.Where(version => version.Id == id)),
            PolicyAt = (id, at) => PolicyOf(index.Policies.Where(version => version.Id == id), at),
        };

    /// <summary>The tariff that the account is on after all its moves.</summary>
    private static string TariffNow(RegistryIndex index, AccountRecord account) =>
        AccountTariffs.Standing(index.AccountTariffs[account.Id]).LastOrDefault()?.Tariff ?? account.Tariff;

    /// <summary>Registered versions are good: they were checked before they were stored.</summary>
    private static TariffHistory? TariffOf(IEnumerable<VersionedDocument> documents)
    {
        var versions = new List<TariffVersion>();
        foreach (var document in documents)
        {
            if (TariffJson.TryParse(document.Json, out var version, out _)) versions.Add(version!);
        }

        return versions.Count == 0 ? null : new(versions);
    }

    private static Policy? PolicyOf(IEnumerable<VersionedDocument> documents, Instant at)
    {
        var sorted = documents.OrderBy(version => version.EffectiveFrom).ToList();
        var document = sorted.LastOrDefault(version => version.EffectiveFrom <= at) ?? sorted.FirstOrDefault();
        return document is not null && PolicyJson.TryParse(document.Json, out var policy, out _) ? policy : null;
    }
}

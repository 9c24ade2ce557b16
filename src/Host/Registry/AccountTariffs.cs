using Meters.Billing.Tariffs;
using Meters.Storage.Contract;

namespace Meters.Host.Registry;

/// <summary>What an account pays by, from its own record and the moves that were recorded.</summary>
public static class AccountTariffs
{
    /// <param name="first">The tariff of the account's own record.</param>
    /// <param name="records">All moves of the account, in order of revision.</param>
    /// <param name="find">Tariffs by id.</param>
    /// <param name="history">What comes out.</param>
    /// <param name="faults">Plain sentences.</param>
    public static bool TryCompose(
        string first,
        IReadOnlyList<AccountTariffRecord> records,
        Func<string, TariffHistory?> find,
        out TariffHistory? history,
        out IReadOnlyList<string> faults)
    {
        history = null;
        if (Missing(first, records, find) is { } missing)
        {
            faults = [$"Tariff '{missing}' is not registered."];
            return false;
        }

        return TariffHistory.TryCompose(
            find(first)!,
            [.. Standing(records).Select(record => new TariffMove(record.From, find(record.Tariff)!))],
            [.. records.Select(record => find(record.Tariff)!)],
            out history,
            out faults);
    }

    /// <summary>The moves that stand, by instant.</summary>
    public static IEnumerable<AccountTariffRecord> Standing(IEnumerable<AccountTariffRecord> records) =>
        records.GroupBy(record => record.From).Select(same => same.MaxBy(record => record.Revision)!)
            .OrderBy(record => record.From);

    private static string? Missing(
        string first, IReadOnlyList<AccountTariffRecord> records, Func<string, TariffHistory?> find) =>
        records.Select(record => record.Tariff).Prepend(first).FirstOrDefault(id => find(id) is null);
}

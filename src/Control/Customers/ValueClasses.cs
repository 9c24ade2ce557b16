using Meters.Units;

namespace Meters.Control.Customers;

/// <summary>How much of the purchases a customer stands for. Stored: never renumber.</summary>
public enum ValueClass : byte
{
    /// <summary>The largest, who together buy the first third.</summary>
    A = 1,

    /// <summary>The next, up to 95 % of the purchases.</summary>
    B = 2,

    /// <summary>The rest, and who buys nothing.</summary>
    C = 3,
}

/// <param name="Account">Who.</param>
/// <param name="Currency">Amounts of different currencies are classed apart.</param>
/// <param name="Volume">Purchases of the time looked at, less what was taken back; minor units.</param>
public readonly record struct PurchaseVolume(AccountId Account, Currency Currency, long Volume);

/// <summary>Classes A, B and C by purchase volume. Pure; integers only.</summary>
public static class ValueClasses
{
    /// <summary>Up to and with the customer who reaches this share of the volume: A.</summary>
    private const int SharesOfA = 3;

    /// <summary>Percent of the volume up to and with whose customer the class is B.</summary>
    private const int PercentOfB = 95;

    /// <summary>
    /// In order of account. The largest come first; of equal volumes the lower account number. A customer belongs to
    /// the class in which the purchases of all larger ones end, so there is an A wherever anything was bought.
    /// </summary>
    public static IReadOnlyList<(AccountId Account, ValueClass Class)> Of(IEnumerable<PurchaseVolume> volumes)
    {
        ArgumentNullException.ThrowIfNull(volumes);
        var classes = new List<(AccountId Account, ValueClass Class)>();
        foreach (var group in volumes.GroupBy(one => one.Currency)) AddGroup(group, classes);
        return [.. classes.OrderBy(one => one.Account)];
    }

    private static void AddGroup(
        IEnumerable<PurchaseVolume> group, List<(AccountId Account, ValueClass Class)> classes)
    {
        var ranked = group.OrderByDescending(one => one.Volume).ThenBy(one => one.Account).ToList();
        Int128 total = 0;
        foreach (var one in ranked) total += Math.Max(0, one.Volume);
        Int128 before = 0;
        foreach (var (account, _, volume) in ranked)
        {
            var isC = volume <= 0 || before * 100 >= total * PercentOfB;
            classes.Add((account, isC ? ValueClass.C : before * SharesOfA < total ? ValueClass.A : ValueClass.B));
            before += Math.Max(0, volume);
        }
    }
}

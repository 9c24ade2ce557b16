using Meters.Units;

namespace Meters.Billing.Bills;

/// <param name="Month">First day of a local month.</param>
/// <param name="Used">Active energy of that month.</param>
public sealed record MonthUsage(ServiceDay Month, Energy Used);

/// <summary>What an account's day charges depend on beside its tariff.</summary>
/// <param name="SanctionedWatts">Sanctioned (contracted) load, in watts; not negative.</param>
public sealed record AccountTerms(int SanctionedWatts)
{
    /// <summary>
    /// Energy of the months that <see cref="DayLines.UsageMonths"/> names; a month that is not there counts as zero.
    /// </summary>
    public IReadOnlyList<MonthUsage> Usage { get; init; } = [];

    internal Energy UsedIn(ServiceDay month)
    {
        foreach (var usage in Usage)
        {
            if (usage.Month == month) return usage.Used;
        }

        return Energy.Zero;
    }
}

using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Whether versions of a tariff fit together.</summary>
internal static class HistoryChecks
{
    private const int DecimalsMin = 10;
    private const int DecimalsMax = 16;

    /// <summary>Steps of an exact charge: what the first version says, or what it needs.</summary>
    public static int DecimalsOf(IReadOnlyList<TariffVersion> versions)
    {
        var first = versions.MinBy(version => version.Version)!;
        return first.ChargeDecimalsStated
            ?? Math.Max(DecimalsMin, VersionPlans.DecimalsNeeded(first) ?? DecimalsMax + 1);
    }

    public static List<TariffFault> FaultsOf(IReadOnlyList<TariffVersion> versions)
    {
        var faults = new List<TariffFault>();
        if (versions.Count == 0) faults.Add(new("$", "A tariff has at least one version."));
        for (var i = 0; i < versions.Count; i++) AddFaults(versions, i, faults);
        return faults;
    }

    private static void AddFaults(IReadOnlyList<TariffVersion> versions, int i, List<TariffFault> faults)
    {
        var (version, first) = (versions[i], versions[0]);
        void Fault(string message, string property = "") => faults.Add(new($"$[{i}]{property}", message));
        if (version.Id != first.Id) Fault($"The tariff is '{first.Id}', this version is of '{version.Id}'.");
        if (version.Currency != first.Currency)
        {
            Fault($"The currency cannot change from {first.Currency} to {version.Currency}.");
        }
        if (version.Zone.Id != first.Zone.Id)
        {
            Fault($"The zone cannot change from {first.Zone.Id} to {version.Zone.Id}.");
        }
        for (var j = 0; j < i; j++)
        {
            if (versions[j].Version == version.Version) Fault($"Version {version.Version} is there twice.");
            if (versions[j].EffectiveFrom == version.EffectiveFrom)
            {
                Fault($"Versions {versions[j].Version} and {version.Version} begin at the same instant.");
            }
        }

        AddNeighbours(versions, version, Fault);
        AddDecimals(versions, version, Fault);
        foreach (var line in version.Lines)
        {
            var other = versions.Take(i).SelectMany(v => v.Lines)
                .FirstOrDefault(other => other.Name == line.Name && other.Account != line.Account);
            if (other is null) continue;
            Fault($"Line '{line.Name}' cannot change from {other.Account} to {line.Account}.", ".lines");
        }
    }

    private static void AddNeighbours(
        IReadOnlyList<TariffVersion> versions, TariffVersion version, Action<string, string> fault)
    {
        var before = versions.Where(v => v.EffectiveFrom < version.EffectiveFrom).MaxBy(v => v.EffectiveFrom);
        if (before is null) return;
        if (before.EffectiveUntil is { } end && end != version.EffectiveFrom)
        {
            var what = end < version.EffectiveFrom ? "leaves a gap after" : "overlaps";
            fault(
                $"Version {version.Version} {what} version {before.Version}, which ends at {end}.", ".effectiveFrom");
        }

        if (before.Period == version.Period) return;
        if (version.PeriodStart(version.EffectiveFrom) is { } start && start != version.EffectiveFrom)
        {
            fault($"Version {version.Version} accumulates by {version.Period} and must begin with one.", "");
        }
    }

    /// <summary>A price that the tariff's steps cannot hold exactly would have to be rounded every hour.</summary>
    private static void AddDecimals(
        IReadOnlyList<TariffVersion> versions, TariffVersion version, Action<string, string> fault)
    {
        var needed = VersionPlans.DecimalsNeeded(version);
        var stated = DecimalsOf(versions);
        if (needed is null or > DecimalsMax)
        {
            fault(
                $"The prices of version {version.Version} need {needed?.ToString() ?? "endless"} decimals of a "
                + $"minor unit per 0.1 Wh, {DecimalsMax} at most.",
                ".chargeDecimals");
        }
        else if (needed > stated)
        {
            fault(
                $"The prices of version {version.Version} need chargeDecimals of {needed}; the tariff has {stated}.",
                ".chargeDecimals");
        }
        else if (stated <= DecimalsMax && !VersionPlans.Fits(version, stated))
        {
            fault(
                $"Prices or fixed amounts of version {version.Version} do not fit 64 bits in steps of 10^-{stated} of "
                + "a minor unit: they are too high, or have too many decimals.",
                "");
        }
    }
}

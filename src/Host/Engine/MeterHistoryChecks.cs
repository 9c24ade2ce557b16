using System.Globalization;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// What multiplier changes and replacements of meters must satisfy against the registry; all faults are listed.
/// </summary>
internal static class MeterHistoryChecks
{
    public const int MultiplierMax = 1_000_000;

    public static IEnumerable<string> FaultsOf(RegistryAddition addition, LiveRegistry registry, Instant now)
    {
        var fresh = addition.Meters.DistinctBy(m => m.Id).ToDictionary(m => m.Id);
        return addition.MeterMultipliers.SelectMany(change => FaultsOf(change, fresh, registry))
            .Concat(addition.MeterChanges.SelectMany(change => FaultsOf(change, fresh, registry, now)))
            .Concat(Repeats(addition));
    }

    private static IEnumerable<string> FaultsOf(
        MultiplierRecord change, Dictionary<MeterId, MeterRecord> fresh, LiveRegistry registry)
    {
        var name = $"Multiplier of meter {change.Meter} from {change.From}";
        if (Find(change.Meter, fresh, registry) is null) yield return $"{name}: the meter is not registered.";
        if (change.Multiplier is < 1 or > MultiplierMax)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{name}: the multiplier must be 1 to {MultiplierMax}.");
        }

        if (change.RegisterAtChange is { TenthsWh: < 0 }) yield return $"{name}: the register must not be negative.";
        if (change.Revision < 1) yield return $"{name}: the revision must be 1 or more.";
        foreach (var fault in Presence(name, registry.PresenceOf(change.Meter, change.From))) yield return fault;
    }

    private static IEnumerable<string> FaultsOf(
        MeterChangeRecord change, Dictionary<MeterId, MeterRecord> fresh, LiveRegistry registry, Instant now)
    {
        var name = $"Change of meter {change.OldMeter} for {change.NewMeter}";
        if (change.OldMeter == change.NewMeter) yield return $"{name}: a meter cannot replace itself.";
        if (change.At > now) yield return $"{name}: it lies in the future; record it when it has been done.";
        if (change.ClosingRegister < Energy.Zero || change.OpeningRegister < Energy.Zero)
        {
            yield return $"{name}: a register must not be negative.";
        }

        foreach (var id in new[] { change.OldMeter, change.NewMeter })
        {
            if (Find(id, fresh, registry) is not { } meter) yield return $"{name}: meter {id} is not registered.";
            else if (meter.Account != change.Account)
            {
                yield return $"{name}: meter {id} is account {meter.Account}'s, not account {change.Account}'s.";
            }
        }

        if (registry.TryRemoval(change.OldMeter, out var gone) && !gone.HasContentOf(change))
        {
            yield return $"{name}: meter {change.OldMeter} gave way to {gone.NewMeter} at {gone.At} already.";
        }

        if (registry.TryInstallation(change.OldMeter, out var came) && change.At <= came.At)
        {
            yield return $"{name}: meter {change.OldMeter} was installed only at {came.At}.";
        }
    }

    private static IEnumerable<string> Presence(string name, MeterPresence presence)
    {
        if (presence == MeterPresence.BeforeInstallation) yield return $"{name}: before the meter was installed.";
        if (presence == MeterPresence.AfterRemoval) yield return $"{name}: after the meter was removed.";
    }

    private static IEnumerable<string> Repeats(RegistryAddition addition)
    {
        foreach (var group in addition.MeterChanges.GroupBy(c => c.OldMeter).Where(g => g.Count() > 1))
        {
            yield return $"Meter {group.Key} is replaced twice.";
        }

        foreach (var group in addition.MeterChanges.GroupBy(c => c.NewMeter).Where(g => g.Count() > 1))
        {
            yield return $"Meter {group.Key} takes two places.";
        }

        foreach (var group in addition.MeterMultipliers.GroupBy(c => (c.Meter, c.From, c.Revision)))
        {
            if (group.Count() > 1) yield return $"Multiplier of meter {group.Key.Meter} from {group.Key.From} twice.";
        }
    }

    private static MeterRecord? Find(
        MeterId id, Dictionary<MeterId, MeterRecord> fresh, LiveRegistry registry) =>
        fresh.GetValueOrDefault(id) ?? (registry.TryMeter(id, out var known) ? known : null);
}

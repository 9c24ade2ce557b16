using Meters.Billing.Tariffs;
using Meters.Control.Policies;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Changes;

/// <summary>
/// Whether a proposed version is good by itself and beside the versions that stand; all faults at once. Asked at the
/// proposal and again at the approval.
/// </summary>
public static class VersionFit
{
    public static IReadOnlyList<string> FaultsOf(ChangeKind kind, VersionedDocument version, LiveRegistry registry) =>
        kind == ChangeKind.Tariff ? OfTariff(version, registry) : OfPolicy(version, registry);

    private static List<string> OfTariff(VersionedDocument document, LiveRegistry registry)
    {
        if (!TariffJson.TryParse(document.Json, out var version, out var list))
        {
            return [.. list.Select(fault => fault.ToString())];
        }

        var faults = new List<string>();
        if (version!.Id != document.Id || version.Version != document.Version)
        {
            faults.Add(OtherDocument(document, version.Id, version.Version));
        }

        if (version.EffectiveFrom != document.EffectiveFrom)
        {
            faults.Add($"effectiveFrom is {document.EffectiveFrom}, the document begins {version.EffectiveFrom}.");
        }

        var known = registry.TryTariff(document.Id, out var history) ? history.Versions : [];
        AddNumber(document, known.Select(v => v.Version), faults);
        if (faults.Count > 0 || known.Count == 0) return faults;
        if (!TariffHistory.TryCreate(known.Append(version), out _, out var misfits))
        {
            faults.AddRange(misfits.Select(fault => fault.Message));
        }

        return faults;
    }

    private static List<string> OfPolicy(VersionedDocument document, LiveRegistry registry)
    {
        if (!PolicyJson.TryParse(document.Json, registry.Calendars, out var policy, out var list)) return [.. list];
        var faults = SelectionFaults(policy, [], registry).ToList();
        if (policy.Id != document.Id || policy.Version != document.Version)
        {
            faults.Add(OtherDocument(document, policy.Id, policy.Version));
        }

        var known = registry.PolicyVersions(document.Id);
        AddNumber(document, known.Select(v => v.Policy.Version), faults);
        foreach (var (from, other) in known.Where(v => v.From == document.EffectiveFrom))
        {
            faults.Add($"Version {other.Version} begins at the same instant, {from}.");
        }

        if (known.Count > 0 && known[0].Policy.Currency != policy.Currency)
        {
            faults.Add($"The currency cannot change from {known[0].Policy.Currency} to {policy.Currency}.");
        }

        return faults;
    }

    /// <summary>Policies that a selection names and that are neither registered nor added with it.</summary>
    public static IEnumerable<string> SelectionFaults(
        Policy policy, IEnumerable<VersionedDocument> together, LiveRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(registry);
        var ids = together.Select(document => document.Id).ToHashSet(StringComparer.Ordinal);
        return policy.Selection.Select((selection, i) => (selection.Policy, Place: i))
            .Where(one => !ids.Contains(one.Policy) && !registry.HasPolicy(one.Policy))
            .Select(one => $"Policy {policy.Id}: $.selection[{one.Place}].policy: '{one.Policy}' is not registered.");
    }

    /// <summary>Numbers rise, so that two proposals on the same ground cannot both be approved.</summary>
    private static void AddNumber(VersionedDocument document, IEnumerable<int> known, List<string> faults)
    {
        var newest = known.DefaultIfEmpty(0).Max();
        if (document.Version > newest) return;
        faults.Add($"Version {newest} is registered already: the next one is {newest + 1}, not {document.Version}.");
    }

    private static string OtherDocument(VersionedDocument document, string id, int version) =>
        $"This is about {document.Id}/{document.Version}, its document is of {id}/{version}.";
}

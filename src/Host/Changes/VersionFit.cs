using Meters.Billing.Tariffs;
using Meters.Control.Notices;
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
        kind switch
        {
            ChangeKind.Tariff => OfTariff(version, registry),
            ChangeKind.Policy => OfPolicy(version, registry),
            ChangeKind.NoticeTemplate => OfTemplate(version, registry),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of change."),
        };

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
        if (!PolicyJson.TryParse(document.Json, out var policy, out var list)) return [.. list];
        var faults = new List<string>();
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

    private static List<string> OfTemplate(VersionedDocument document, LiveRegistry registry)
    {
        if (!NoticeTemplateJson.TryParse(document.Json, out var template, out var list)) return [.. list];
        var faults = new List<string>();
        if (template.Id != document.Id || template.Version != document.Version)
        {
            faults.Add(OtherDocument(document, template.Id, template.Version));
        }

        var known = registry.Texts.Versions(document.Id);
        AddNumber(document, known.Select(one => one.Template.Version), faults);
        foreach (var (from, other) in known.Where(one => one.From == document.EffectiveFrom))
        {
            faults.Add($"Version {other.Version} begins at the same instant, {from}.");
        }

        return faults;
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

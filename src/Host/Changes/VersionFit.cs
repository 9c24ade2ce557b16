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
    /// <summary>Different ways in which accounts moved from tariff to tariff.</summary>
    public const int MovesMax = 50_000;

    private const long QuarterMicros = Instant.MicrosPerHour / 4;

    public static IReadOnlyList<string> FaultsOf(ChangeKind kind, VersionedDocument version, LiveRegistry registry) =>
        kind switch
        {
            ChangeKind.Tariff => OfTariff(version, registry),
            ChangeKind.Policy => OfPolicy(version, registry),
            _ => OfMove(version, registry),
        };

    /// <summary>
    /// A further line of a tariff that accounts moved away from would come before lines that they have charges on.
    /// </summary>
    public static IEnumerable<string> FixedLines(TariffVersion version, LiveRegistry registry)
    {
        if (!registry.TryTariff(version.Id, out var known) || !registry.HasFixedLines(version.Id)) yield break;
        var history = new TariffHistory(version);
        foreach (var line in history.Lines.Where(line => known.Lines.All(other => other.Name != line.Name)))
        {
            yield return $"Line '{line.Name}' is new, and accounts have moved from {version.Id} to another tariff: "
                + "give a tariff with this line another id, and move accounts to it.";
        }
    }

    private static List<string> OfMove(VersionedDocument document, LiveRegistry registry)
    {
        if (AccountTariffRecord.Of(document, "") is not { } move)
        {
            return ["A move is of an account's number, and its document names the tariff."];
        }

        if (!registry.TryAccount(move.Account, out var account)) return [$"Account {move.Account} is not registered."];
        var faults = new List<string>();
        if (move.From.UnixMicros % QuarterMicros != 0)
        {
            faults.Add($"An account moves at a full quarter of an hour, not at {move.From}.");
        }

        var known = registry.MovesOf(move.Account);
        if (move.Revision != known.Count + 1)
        {
            faults.Add(
                $"Account {move.Account} has {known.Count} moves recorded: the next one is {known.Count + 1}, "
                + $"not {move.Revision}.");
        }

        if (registry.ComposedCount >= MovesMax) faults.Add($"Accounts moved in {MovesMax} different ways already.");
        AccountTariffs.TryCompose(
            account.Tariff,
            [.. known, move],
            id => registry.TryTariff(id, out var tariff) ? tariff : null,
            out _,
            out var misfits);
        return [.. faults, .. misfits];
    }

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
        faults.AddRange(FixedLines(version, registry));
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

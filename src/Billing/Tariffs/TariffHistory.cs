using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// All versions of one tariff by the instant from which they hold. The first one also holds for everything before it,
/// so no accepted reading is without a price. Immutable.
/// </summary>
public sealed class TariffHistory
{
    private readonly TariffVersion[] _versions;

    // Neighbouring readings lie in the same stretch nearly always. A lost race only computes the stretch again.
    private TariffStretch? _recent;

    /// <exception cref="ArgumentException">The versions do not fit together: see <see cref="TryCreate"/>.</exception>
    public TariffHistory(params IEnumerable<TariffVersion> versions)
    {
        _versions = [.. versions.OrderBy(v => v.EffectiveFrom)];
        if (FaultsOf(_versions) is [var fault, ..]) throw new ArgumentException(fault.Message, nameof(versions));
    }

    public string Id => _versions[0].Id;

    public Currency Currency => _versions[0].Currency;

    public LocalZone Zone => _versions[0].Zone;

    /// <summary>Ascending by <see cref="TariffVersion.EffectiveFrom"/>.</summary>
    public IReadOnlyList<TariffVersion> Versions => _versions;

    /// <summary>
    /// False, with every fault, where the versions do not fit together: none at all; different ids, currencies or
    /// zones; a version number or an instant twice; or another accumulation that does not begin with a period of its
    /// own (the tier position would have no start). A fault's path is <c>$[i]</c>, i in the order given.
    /// </summary>
    public static bool TryCreate(
        IEnumerable<TariffVersion> versions, out TariffHistory? history, out IReadOnlyList<TariffFault> faults)
    {
        var given = versions.ToArray();
        faults = FaultsOf(given);
        history = faults.Count == 0 ? new(given) : null;
        return history is not null;
    }

    /// <summary>Exact charges are in 10^-n minor units, 10 to 16; the same for all versions.</summary>
    public int ChargeDecimals { get; } = 10;

    /// <summary>Steps of an exact charge in one minor unit.</summary>
    public long PerMinor { get; } = ExactCharge.PerMinor;

    /// <summary>
    /// Every line of any version. Stable: by version, then by its place in the version; a new version only appends.
    /// </summary>
    public IReadOnlyList<TariffLineInfo> Lines { get; } = [new("energy", LedgerAccount.EnergyRevenue)];

    /// <summary>More than one line, or another rounding than of each line to the minor unit, half up.</summary>
    public bool SplitsLines { get; }

    /// <summary>True where the register's energy costs or earns something.</summary>
    public bool Bills(RegisterKind register) => register == RegisterKind.ForwardActive && _versions.Length > 0;

    /// <summary>The version in force at the start of a local day.</summary>
    public TariffVersion VersionOn(ServiceDay day) => VersionAt(Zone.StartOf(day));

    public TariffVersion VersionAt(Instant at)
    {
        var i = _versions.Length - 1;
        while (i > 0 && _versions[i].EffectiveFrom > at) i--;
        return _versions[i];
    }

    /// <summary>The stretch of time around an instant in which neither version nor period changes.</summary>
    internal TariffStretch StretchAt(Instant at)
    {
        if (_recent is { } recent && at >= recent.From && at < recent.Until) return recent;
        return _recent = MakeStretch(at);
    }

    private TariffStretch MakeStretch(Instant at)
    {
        var i = _versions.Length - 1;
        while (i > 0 && _versions[i].EffectiveFrom > at) i--;
        var version = _versions[i];
        var from = i == 0 ? Instant.MinValue : version.EffectiveFrom;
        var until = i == _versions.Length - 1 ? Instant.Never : _versions[i + 1].EffectiveFrom;
        if (version.PeriodStart(at) is not { } start) return new(version, from, until, Instant.Epoch, true);
        if (version.NextPeriodStart(at) is { } next && next < until) until = next;
        return start >= from ? new(version, start, until, start, true) : new(version, from, until, start, false);
    }

    private static List<TariffFault> FaultsOf(TariffVersion[] versions)
    {
        var faults = new List<TariffFault>();
        if (versions.Length == 0) faults.Add(new("$", "A tariff has at least one version."));
        var first = versions.FirstOrDefault();
        for (var i = 0; i < versions.Length; i++)
        {
            var version = versions[i];
            void Fault(string message) => faults.Add(new($"$[{i}]", message));
            if (version.Id != first!.Id) Fault($"The tariff is '{first.Id}', this version is of '{version.Id}'.");
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

            var before = versions.Where(v => v.EffectiveFrom < version.EffectiveFrom).MaxBy(v => v.EffectiveFrom);
            if (before is null || before.Accumulation == version.Accumulation) continue;
            if (version.PeriodStart(version.EffectiveFrom) is { } start && start != version.EffectiveFrom)
            {
                Fault($"Version {version.Version} accumulates by {version.Accumulation} and must begin with one.");
            }
        }

        return faults;
    }
}

/// <param name="Version">The version that holds.</param>
/// <param name="From">First instant, inclusive.</param>
/// <param name="Until">End, exclusive for instants; an interval may end there.</param>
/// <param name="PeriodStart">
/// Start of the accumulation period, at or before <paramref name="From"/>; the epoch where nothing accumulates.
/// </param>
/// <param name="CountsAnew">
/// The tier position is zero at <paramref name="From"/>; false where only the version changed.
/// </param>
internal sealed record TariffStretch(
    TariffVersion Version, Instant From, Instant Until, Instant PeriodStart, bool CountsAnew)
{
    public bool Accumulates => Version.Accumulation != Accumulation.None;
}

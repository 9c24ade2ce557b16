
using Meters.Billing.Bills;
using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// All versions of one tariff by the instant from which they hold. The first one also holds for everything before it,
/// so no accepted reading is without a price. Immutable.
/// </summary>
public sealed partial class TariffHistory
{
    private readonly TariffVersion[] _versions;
    private readonly VersionPlans[] _plans;
    private readonly Stretches _stretches;
    private readonly bool _hasExport;

    /// <exception cref="ArgumentException">The versions do not fit together: see <see cref="TryCreate"/>.</exception>
    public TariffHistory(params IEnumerable<TariffVersion> versions)
    {
        _versions = [.. versions.OrderBy(v => v.EffectiveFrom)];
        if (HistoryChecks.FaultsOf(_versions) is [var fault, ..])
        {
            throw new ArgumentException(fault.Message, nameof(versions));
        }

        ChargeDecimals = HistoryChecks.DecimalsOf(_versions);
        for (var i = 0; i < ChargeDecimals; i++) PerMinor = PerMinor == 0 ? 10 : PerMinor * 10;
        var lines = new List<TariffLineInfo>();
        _plans = new VersionPlans[_versions.Length];
        foreach (var version in _versions.OrderBy(v => v.Version))
        {
            var lineOf = version.Lines.Select(line => IndexIn(lines, line)).ToArray();
            _plans[Array.IndexOf(_versions, version)] = new(version, ChargeDecimals, lineOf);
        }

        Lines = lines;
        SplitsLines = lines.Count > 1 || _versions.Any(v =>
            v.Rounding != RoundingRule.Plain || v.Lines.Any(line => line.Rounding is not null));
        _hasExport = _versions.Any(v => v.Lines.Any(line => line is EnergyLine { Export: true }));
        MeasuresUse = _versions.Any(CountsUse);
        _stretches = new(_plans);
    }

    public string Id => _id ?? _versions[0].Id;

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
        faults = HistoryChecks.FaultsOf(given);
        history = faults.Count == 0 ? new(given) : null;
        return history is not null;
    }

    /// <summary>Exact charges are in 10^-n minor units, 10 to 16; the same for all versions.</summary>
    public int ChargeDecimals { get; }

    /// <summary>Steps of an exact charge in one minor unit.</summary>
    public long PerMinor { get; }

    /// <summary>
    /// Every line of any version. Stable: by version, then by its place in the version; a new version only appends.
    /// </summary>
    public IReadOnlyList<TariffLineInfo> Lines { get; }

    /// <summary>More than one line, or another rounding than of each line to the minor unit, half up.</summary>
    public bool SplitsLines { get; }

    /// <summary>Days or bill periods cost something by what was used in whole months.</summary>
    public bool MeasuresUse { get; }

    /// <summary>True where the register's energy costs or earns something.</summary>
    public bool Bills(RegisterKind register) => register switch
    {
        RegisterKind.ForwardActive => true,
        RegisterKind.ReverseActive => _hasExport,
        _ => false,
    };

    /// <summary>The version in force at the start of a local day.</summary>
    public TariffVersion VersionOn(ServiceDay day) => VersionAt(Zone.StartOf(day));

    public TariffVersion VersionAt(Instant at)
    {
        var i = _versions.Length - 1;
        while (i > 0 && _versions[i].EffectiveFrom > at) i--;
        return _versions[i];
    }

    /// <summary>
    /// Until when at least nothing of the tariff changes after an instant: neither version, period, season nor band.
    /// </summary>
    public Instant UnchangedUntil(Instant at) => StretchAt(at).Until;

    /// <summary>Name of the band at an instant.</summary>
    public string BandAt(Instant at)
    {
        var stretch = StretchAt(at);
        return stretch.Version.Calendar.Bands[stretch.Band].Name;
    }

    /// <summary>The stretch of time around an instant in which nothing of the tariff changes.</summary>
    internal TariffStretch StretchAt(Instant at) => _stretches.At(at);

    /// <summary>The plans of the version in force at an instant.</summary>
    internal VersionPlans PlansAt(Instant at)
    {
        var i = _versions.Length - 1;
        while (i > 0 && _versions[i].EffectiveFrom > at) i--;
        return _plans[i];
    }

    /// <summary>The plans of the version in force at the start of a local day.</summary>
    internal VersionPlans PlansOn(ServiceDay day) => PlansAt(Zone.StartOf(day));

    private static bool CountsUse(TariffVersion version) =>
        PeriodEnd.NeedsUse(version) || version.Lines.Any(line => line is SpreadLine);

    /// <summary>A line that comes with purchases alone accrues nothing and is not among the accruing ones.</summary>
    private static int IndexIn(List<TariffLineInfo> lines, TariffLine line)
    {
        if (line is PurchaseRebateLine or LateFeeLine or StandingLine { OnPurchase: true }) return -1;
        var index = lines.FindIndex(info => info.Name == line.Name);
        if (index >= 0) return index;
        lines.Add(new(line.Name, line.Account));
        return lines.Count - 1;
    }
}

using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>What happened in a bill period up to its end.</summary>
public readonly ref struct PeriodFacts
{
    /// <summary>Exact charges of the period so far, by the index of the line in the tariff.</summary>
    public ReadOnlySpan<long> Lines { get; init; }

    /// <summary>The highest demand of the period, in watts.</summary>
    public long MaxDemandWatts { get; init; }

    /// <summary>
    /// The highest demand in each band of the version, in watts; empty where nobody kept them, and then
    /// <see cref="MaxDemandWatts"/> is that of every band.
    /// </summary>
    public ReadOnlySpan<long> DemandWattsByBand { get; init; }

    /// <summary>
    /// The same of the earlier months of <see cref="DayLines.EarlierDemandFrom"/>; empty where there are none.
    /// </summary>
    public ReadOnlySpan<long> EarlierDemandWattsByBand { get; init; }

    /// <summary>Active energy of the period.</summary>
    public Energy Active { get; init; }

    /// <summary>Active energy of each band; empty unless <see cref="DayLines.NeedsBands"/> asks for it.</summary>
    public ReadOnlySpan<Energy> ActiveByBand { get; init; }

    /// <summary>Reactive energy of the period, in tenths of a var-hour.</summary>
    public Energy Reactive { get; init; }
}

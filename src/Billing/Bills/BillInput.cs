using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>Energy of a bill.</summary>
/// <param name="Used">How much.</param>
/// <param name="Band">In which band; null for the last one of the tariff.</param>
/// <param name="Month">In which month, 1 to 12, for prices that have seasons; null for that of the first day.</param>
public sealed record BandUse(Energy Used, string? Band = null, int? Month = null);

/// <summary>What a bill is computed from. What is left out is zero, or one whole bill period.</summary>
public sealed record BillInput
{
    /// <summary>Energy taken, by band.</summary>
    public IReadOnlyList<BandUse> Uses { get; init; } = [];

    /// <summary>
    /// <see cref="Uses"/> come one after the other, so that tiers fill up in this order. Otherwise they are totals that
    /// lie side by side, and each tier is shared between them in proportion.
    /// </summary>
    public bool InOrder { get; init; }

    /// <summary>Tier position at the start of the bill.</summary>
    public Energy UsedBefore { get; init; }

    /// <summary>Energy fed in, by band.</summary>
    public IReadOnlyList<BandUse> Exported { get; init; } = [];

    /// <summary>Tier position of what is fed in, at the start.</summary>
    public Energy ExportedBefore { get; init; }

    /// <summary>First day; with <see cref="To"/>, parts of months count by their days.</summary>
    public ServiceDay? From { get; init; }

    /// <summary>Last day, included.</summary>
    public ServiceDay? To { get; init; }

    /// <summary>Whole months, where no days are given; null for the bill period of the tariff.</summary>
    public int? Months { get; init; }

    /// <summary>How many months' charges on the first purchase are in it; null for the months of the bill.</summary>
    public int? PurchaseMonths { get; init; }

    /// <summary>Sanctioned load, watts.</summary>
    public int SanctionedWatts { get; init; }

    /// <summary>Highest demand, watts.</summary>
    public long MaxDemandWatts { get; init; }

    /// <summary>Highest demand by name of band; a band that is not there has the highest of all.</summary>
    public IReadOnlyDictionary<string, long> DemandWattsByBand { get; init; } =
        new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Highest demand of earlier months, watts, for a demand that does not fall below a share of it.</summary>
    public long EarlierDemandWatts { get; init; }

    /// <summary>Reactive energy.</summary>
    public Energy Reactive { get; init; }

    /// <summary>Energy of earlier months, for spread surcharges; needs days.</summary>
    public IReadOnlyList<MonthUsage> Usage { get; init; } = [];

    /// <summary>A bill over one amount of energy.</summary>
    public static BillInput Of(Energy used) => new() { Uses = [new(used)] };
}

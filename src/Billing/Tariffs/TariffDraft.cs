using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Everything that a version of a tariff says, before it is checked.</summary>
public sealed record TariffDraft
{
    public required string Id { get; init; }

    public required int Version { get; init; }

    public required Currency Currency { get; init; }

    public required LocalZone Zone { get; init; }

    public required Instant EffectiveFrom { get; init; }

    /// <summary>Where the next version must begin, when it is known.</summary>
    public Instant? EffectiveUntil { get; init; }

    /// <summary>Over what the tier position counts up.</summary>
    public AccumulationPeriod Period { get; init; }

    public LimitScale Limits { get; init; }

    /// <summary>Over what a bill goes.</summary>
    public AccumulationPeriod BillPeriod { get; init; } = AccumulationPeriod.Month;

    /// <summary>Steps of an exact charge, for the tariff's first version; null for what it needs.</summary>
    public int? ChargeDecimals { get; init; }

    public RoundingRule Rounding { get; init; } = RoundingRule.Plain;

    public TariffCalendar Calendar { get; init; } = SingleBand;

    /// <summary>In the order of the bill; energy first.</summary>
    public required IReadOnlyList<TariffLine> Lines { get; init; }

    /// <summary>The only band of a tariff without time of use.</summary>
    internal static readonly TariffCalendar SingleBand =
        new([new("all", [], [])], new Dictionary<string, IReadOnlySet<int>>(StringComparer.Ordinal));
}

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>What is put right or learned afterwards. Its place among others of its kind is recorded.</summary>
internal abstract record OrderChange;

/// <summary>A person's word about an instant.</summary>
internal sealed record EditChange(ChannelId Channel, ReadingEdit Edit) : OrderChange;

/// <summary>A further version of the tariff, which may begin in the past.</summary>
internal sealed record TariffChange(TariffHistory After, Instant From) : OrderChange;

/// <summary>All multipliers of a meter, as they are known from here on.</summary>
internal sealed record MultipliersChange(MeterId Meter, IReadOnlyList<MultiplierChange> After, Instant From)
    : OrderChange;

/// <summary>A meter is put in for another; its readings come after this is known.</summary>
internal sealed record MeterChange(MeterReplacement Replacement, MeterSetup New) : OrderChange;

/// <summary>
/// One account and all that becomes known of it: a set, but for what is put right at its recorded place.
/// </summary>
internal sealed record OrderWorld
{
    public static readonly AccountId Account = new(17);

    public static readonly Currency Currency = Currency.Parse("CNY");

    public required Instant Begin { get; init; }

    public required LocalZone BillingZone { get; init; }

    public required int SanctionedWatts { get; init; }

    public required TariffHistory Tariff { get; init; }

    /// <summary>Those known from the beginning.</summary>
    public required IReadOnlyList<MeterSetup> Meters { get; init; }

    public required IReadOnlyDictionary<MeterId, IReadOnlyList<MultiplierChange>> Multipliers { get; init; }

    /// <summary>Each value once; several at an instant stand against each other.</summary>
    public required IReadOnlyList<Reading> Readings { get; init; }

    /// <summary>
    /// Estimates among them that better values beside them contradict: in the end they count for nothing.
    /// </summary>
    public required IReadOnlySet<Reading> Wild { get; init; }

    public required IReadOnlyList<PaymentOrder> Payments { get; init; }

    /// <summary>In the order in which they are recorded.</summary>
    public required IReadOnlyList<OrderChange> Changes { get; init; }

    /// <summary>Every run ends with this day closed.</summary>
    public required ServiceDay CloseThrough { get; init; }

    /// <summary>Fixed, so that nothing is too old in one order and not in another.</summary>
    public Instant Now => Begin + TimeSpan.FromDays(200);

    public ServiceDay FirstClosed => BillingZone.ServiceDayOfIntervalEnd(Begin);
}

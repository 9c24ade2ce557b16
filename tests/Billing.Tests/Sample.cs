using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Tests;

/// <summary>Small things that many tests need.</summary>
internal static class Sample
{
    public static readonly Currency Cny = Currency.Parse("CNY");

    public static readonly MeterId Meter = new(501);

    public static readonly AccountId Account = new(17);

    public static readonly ChannelId Channel = new(Meter, RegisterKind.ForwardActive);

    /// <summary>0.50 CNY per kWh.</summary>
    public static TariffVersion Flat(long microMinor = 50_000_000, int version = 1, Instant? from = null) => new(
        "FLAT", version, Cny, LocalZone.China, from ?? Day(1), Accumulation.None, [new(null, new(microMinor))]);

    /// <summary>Tiers as (up to kWh, price in micro-minor units); 0 is open.</summary>
    public static TariffVersion Tiered(
        Accumulation accumulation,
        LocalZone zone,
        int version,
        Instant from,
        params (long UpTo, long Price)[] tiers) => new(
        "TIERED",
        version,
        Cny,
        zone,
        from,
        accumulation,
        tiers.Select(tier => new TariffTier(tier.UpTo == 0 ? null : Energy.FromKwh(tier.UpTo), new(tier.Price))));

    /// <summary>Start of a day of January 2026 in China, plus hours.</summary>
    public static Instant Day(int day, int hour = 0) =>
        LocalZone.China.ToInstant(new DateTime(2026, 1, 1).AddDays(day - 1).AddHours(hour));

    public static Reading Read(
        Instant at,
        long tenthsWh,
        ReadingQuality quality = ReadingQuality.Actual,
        ChannelId? channel = null) => new(channel ?? Channel, at, new(tenthsWh), quality, new(1));

    public static Reading Kwh(Instant at, long kwh) => Read(at, kwh * Energy.PerKwh);
}

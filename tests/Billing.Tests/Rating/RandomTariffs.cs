using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Billing.Tests.Accounts;

namespace Meters.Billing.Tests.Rating;

/// <summary>Random tariffs of all kinds of energy lines, and random readings over changes of the clock.</summary>
internal static class RandomTariffs
{
    private static readonly string[] Zones =
        ["+08:00", "UTC", "America/New_York", "Australia/Lord_Howe", "Europe/London", "Asia/Kolkata", "Africa/Cairo"];

    // Clocks change in these, one way or the other, north and south.
    private static readonly int[] Months = [3, 4, 10, 11, 12];

    public static Instant BeginOf(Random random) =>
        Instant.Utc(random.Next(2023, 2027), random.Choose(Months), random.Next(1, 28), random.Next(24));

    /// <summary>One to three versions; another accumulation only where it begins with a period of its own.</summary>
    public static TariffHistory History(Random random, Instant begin, int versionsMax = 3)
    {
        var zone = LocalZone.TryParse(random.Choose(Zones), out var found) ? found : LocalZone.Utc;
        var versions = new List<TariffVersion>();
        var from = begin - TimeSpan.FromDays(100);
        var period = PeriodOf(random);
        for (var v = 1; v <= random.Next(1, versionsMax + 1); v++)
        {
            if (v > 1 && random.Next(4) == 0)
            {
                period = PeriodOf(random);
                var local = DateOnly.FromDateTime(zone.ToLocal(from));
                if (period.Months > 0) from = zone.StartOf(ServiceDay.Of(period.NextStart(local)));
            }

            versions.Add(new(Draft(random, v, zone, from, period)));
            from = begin + TimeSpan.FromMinutes(random.Next(1, 40 * 24 * 60));
            if (from <= versions[^1].EffectiveFrom) break;
        }

        return new(versions);
    }

    public static List<(Instant At, Energy Usage)> Readings(Random random, Instant begin, int days = 45)
    {
        var readings = new List<(Instant, Energy)>();
        var (at, usage) = (begin, random.NextInt64(1_000_000));
        while (at < begin + TimeSpan.FromDays(days))
        {
            readings.Add((at, new(usage)));
            var hours = random.Next(12) switch { 0 => random.Next(20, 300), 1 => random.Next(2, 20), _ => 1 };
            at += TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(random.Next(10) == 0 ? random.Next(60) : 0);
            usage += random.Next(4) == 0 ? 0 : random.NextInt64(40_000L * hours);
        }

        return readings;
    }

    public static TariffDraft Draft(
        Random random, int version, LocalZone zone, Instant from, AccumulationPeriod period) =>
        Draft(random, version, zone, from, period, random.Next(3) == 0 && period.Months > 0);

    private static AccumulationPeriod PeriodOf(Random random) => random.Next(5) switch
    {
        0 => AccumulationPeriod.None,
        1 => AccumulationPeriod.Year,
        2 => AccumulationPeriod.Of(random.Next(2, 7), 2020, random.Next(1, 13)),
        _ => AccumulationPeriod.Month,
    };

    private static TariffDraft Draft(
        Random random, int version, LocalZone zone, Instant from, AccumulationPeriod period, bool byTotal)
    {
        var calendar = byTotal ? TariffDraft.SingleBand : CalendarOf(random);
        var lines = new List<TariffLine> { Energy(random, "energy", LedgerAccount.EnergyRevenue) };
        if (random.Next(2) == 0) lines.Add(Energy(random, "fuel", LedgerAccount.SurchargeRevenue));
        if (random.Next(2) == 0) lines.Add(Energy(random, "subsidy", LedgerAccount.RebatesGiven));
        if (random.Next(3) == 0) lines.Add(Energy(random, "export", LedgerAccount.EnergyBought));
        for (var p = random.Next(4); p > 0; p--) lines.Add(Percent(random, $"share {p}", [.. lines]));
        return new()
        {
            Id = "R",
            Version = version,
            Currency = Sample.Cny,
            Zone = zone,
            EffectiveFrom = from,
            Period = period,
            Limits = random.Choose(Enum.GetValues<LimitScale>()),
            ChargeDecimals = 12,
            Calendar = calendar,
            Lines = lines,
        };

        EnergyLine Energy(Random dice, string name, LedgerAccount account) => new(
            name,
            account,
            name == "export",
            [.. SeasonsOf(dice).Select(months => new SeasonPrices(months, TablesOf(
                dice, account, calendar.Bands.Count, period.Months > 0, byTotal)))]);

        PercentLine Percent(Random dice, string name, List<TariffLine> before) => new(
            name,
            LedgerAccount.SurchargeRevenue,
            [.. before.Where(_ => dice.Next(2) == 0).Select(line => BaseOf(dice, line.Name, period.Months > 0))],
            byTotal && dice.Next(2) == 0
                ? [new(Kwh(dice, 200), ShareOf(dice)), new(null, ShareOf(dice))]
                : [new(null, ShareOf(dice))]);
    }

    private static Ratio ShareOf(Random random) => new(random.Next(-20, 40), 100);

    private static PercentBase BaseOf(Random random, string line, bool mayBePart)
    {
        if (!mayBePart || random.Next(3) > 0) return new(line);
        var above = random.NextInt64(1, 3_000_000);
        var end = above + random.Next(1, 900_000);
        return random.Next(2) == 0 ? new(line, new(above)) : new(line, new(above), new(end));
    }

    private static Energy Kwh(Random random, int max) => new(random.NextInt64(1, max * 10_000L));

    private static int[] SeasonsOf(Random random)
    {
        if (random.Next(3) > 0) return [BandRule.AllMonths];
        var some = random.Next(1, 4095) << 1;
        return [some, BandRule.AllMonths & ~some];
    }

    private static List<PriceTable> TablesOf(
        Random random, LedgerAccount account, int bands, bool mayHaveTiers, bool byTotal)
    {
        var tables = new List<PriceTable>();
        long end = 0;
        for (var t = byTotal ? random.Next(1, 4) : 1; t > 0; t--)
        {
            end += random.NextInt64(1, 3_000_000);
            tables.Add(new(t == 1 ? null : new(end), TiersOf(random, account, bands, mayHaveTiers)));
        }

        return tables;
    }

    private static List<PriceTier> TiersOf(Random random, LedgerAccount account, int bands, bool mayHaveTiers)
    {
        var tiers = new List<PriceTier>();
        long end = 0;
        for (var t = mayHaveTiers ? random.Next(1, 5) : 1; t > 0; t--)
        {
            end += random.NextInt64(1, 3_000_000);
            var prices = Enumerable.Range(0, bands).Select(_ => PriceOf(random, account)).ToList();
            Ratio amount = mayHaveTiers && random.Next(4) == 0 ? random.Next(100_000) : 0;
            tiers.Add(new(t == 1 ? null : new Energy(end), prices, amount));
        }

        return tiers;
    }

    private static Ratio PriceOf(Random random, LedgerAccount account) => new Ratio(
        account switch
        {
            LedgerAccount.EnergyBought => -random.Next(10_000),
            LedgerAccount.RebatesGiven => random.Next(-2_000, 100),
            _ => random.Next(10_000),
        },
        100);

    private static TariffCalendar CalendarOf(Random random)
    {
        var bands = new List<TariffBand>();
        string[] names = ["sharp", "peak", "deep", "valley"];
        var count = random.Next(4);
        for (var b = 0; b < count; b++)
        {
            var rules = Enumerable.Range(0, random.Next(1, 3)).Select(_ => RuleOf(random)).ToList();
            bands.Add(new(names[b], [.. names[(b + 1)..]], rules));
        }

        bands.Add(new("flat", [], []));
        HashSet<int> days = [.. Enumerable.Range(0, 20).Select(_ => (random.Next(1, 13) * 100) + random.Next(1, 28))];
        return new(bands, new Dictionary<string, IReadOnlySet<int>>(StringComparer.Ordinal) { ["holiday"] = days });
    }

    private static BandRule RuleOf(Random random)
    {
        string[] days = random.Next(4) switch { 0 => ["weekday"], 1 => ["holiday", "sun"], 2 => ["weekend"], _ => [] };
        var windows = Enumerable.Range(0, random.Next(3))
            .Select(_ => (random.Next(96), random.Next(1, 97))).Where(window => window.Item1 != window.Item2).ToList();
        return new(random.Next(3) == 0 ? random.Next(1, 4095) << 1 : BandRule.AllMonths, [], days, windows);
    }
}

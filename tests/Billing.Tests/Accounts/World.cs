using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Accounts;

/// <summary>A random shard: accounts on different tariffs, meters with gaps in their readings, payments.</summary>
internal sealed class World
{
    private static readonly LocalZone[] Zones =
        [LocalZone.China, LocalZone.Utc, Zone("America/New_York"), Zone("Australia/Sydney")];

    private readonly List<TariffHistory> _tariffs = [];
    private readonly List<AccountSetup> _accounts = [];
    private readonly List<MeterSetup> _meters = [];
    private readonly LocalZone _billingZone;
    private readonly ThresholdSet _thresholds;

    public World(Random random)
    {
        _billingZone = random.Choose(Zones);
        Begin = Instant.Utc(2025, random.Next(1, 13), random.Next(1, 28));
        _thresholds = MakeThresholds(random);
        for (var i = 0; i < 3; i++)
        {
            _tariffs.Add(MakeTariff(random, i));
            var account = new AccountId(17 + i);
            _accounts.Add(new(account, _tariffs[i].Id, "policy", Sample.Cny, 0));
            for (var m = 0; m <= random.Next(2); m++) AddMeter(random, account);
        }
    }

    public Instant Begin { get; }

    /// <summary>Fixed, so that nothing is too old in one order and not in another.</summary>
    public Instant Now => Begin + TimeSpan.FromDays(200);

    public Dictionary<ChannelId, List<Reading>> Readings { get; } = [];

    /// <summary>
    /// Estimates for some of the readings, never above the true value and never below the one before it.
    /// </summary>
    public List<Reading> Estimates { get; } = [];

    public IEnumerable<AccountId> Accounts => _accounts.Select(account => account.Account);

    public IEnumerable<Threshold> Thresholds => _thresholds.Thresholds;

    public AccountId OwnerOf(ChannelId channel) => _meters.Single(meter => meter.Meter == channel.Meter).Account;

    public int MultiplierOf(ChannelId channel) => _meters.Single(meter => meter.Meter == channel.Meter).Multiplier;

    public TariffHistory TariffOf(AccountId account) => _tariffs[(int)account.Value - 17];

    public ShardBook NewBook()
    {
        var book = new ShardBook(3, _billingZone, new());
        book.SetProgress(_billingZone.ServiceDayOfIntervalEnd(Begin), 0);
        foreach (var tariff in _tariffs) book.DefineTariff(tariff);
        book.DefineThresholds("policy", _thresholds);
        foreach (var account in _accounts) Assert.Equal(BookStatus.Added, book.AddAccount(account));
        foreach (var meter in _meters) Assert.Equal(BookStatus.Added, book.AddMeter(meter));
        return book;
    }

    public PaymentOrder NewPayment(Random random, int number) => new(
        $"key-{number}",
        random.Choose([.. Accounts]),
        new(random.Next(1, 200_000)),
        Sample.Cny,
        random.Choose(Enum.GetValues<PaymentChannel>()),
        PersonId.System,
        null);

    private static LocalZone Zone(string id) =>
        LocalZone.TryParse(id, out var zone) ? zone : throw new ArgumentException(id);

    private static ThresholdSet MakeThresholds(Random random)
    {
        var thresholds = new List<Threshold>();
        for (byte i = 0; i < ThresholdSet.Max; i++)
        {
            if (random.Next(2) == 0) continue;
            var kind = random.Choose(Enum.GetValues<ThresholdKind>());
            var value = kind == ThresholdKind.Amount ? random.Next(-50_000, 100_000) : random.Next(0, 120);
            thresholds.Add(new(i, kind, value, new(random.Choose([0, 1, 5_000]))));
        }

        return new(thresholds);
    }

    /// <summary>
    /// One to three versions, with changes inside periods, and of the accumulation at the start of one.
    /// </summary>
    private TariffHistory MakeTariff(Random random, int number)
    {
        var zone = random.Choose(Zones);
        var accumulation = random.Choose(Enum.GetValues<Accumulation>());
        var versions = new List<TariffVersion>();
        var from = Begin - TimeSpan.FromDays(100);
        for (var v = 1; v <= random.Next(1, 4); v++)
        {
            if (v > 1 && random.Next(3) == 0)
            {
                // Another accumulation: at the next start of its own period, or at once where it has none.
                accumulation = random.Choose(Enum.GetValues<Accumulation>());
                from = MakeVersion(random, number, v, zone, from, accumulation).NextPeriodStart(from) ?? from;
            }

            versions.Add(MakeVersion(random, number, v, zone, from, accumulation));
            from = Begin + TimeSpan.FromMinutes((60 * random.Next(1, 45 * 24)) + random.Next(60));
            if (from <= versions[^1].EffectiveFrom) break;
        }

        return new(versions);
    }

    private static TariffVersion MakeVersion(
        Random random, int number, int version, LocalZone zone, Instant from, Accumulation accumulation)
    {
        var tiers = new List<TariffTier>();
        long end = 0;
        while (accumulation != Accumulation.None && tiers.Count < random.Next(5))
        {
            end += random.Next(1, 400 * 10_000);
            tiers.Add(new(new Energy(end), new(random.Next(0, 120_000_000))));
        }

        tiers.Add(new(null, new(random.Next(1, 120_000_000))));
        return new($"T{number}", version, Sample.Cny, zone, from, accumulation, tiers);
    }

    private void AddMeter(Random random, AccountId account)
    {
        var meter = new MeterId(500 + _meters.Count);
        _meters.Add(new(meter, account, random.Choose([1, 1, 40]), random.Next(2) == 0));
        var channel = new ChannelId(meter, RegisterKind.ForwardActive);
        var readings = new List<Reading>();
        var at = Begin + TimeSpan.FromHours(random.Next(1, 200));
        var register = (long)random.Next(0, 1_000_000);
        while (at < Begin + TimeSpan.FromDays(45))
        {
            readings.Add(new(channel, at, new(register), ReadingQuality.Actual, new(readings.Count)));
            var hours = random.Next(10) switch { 0 => random.Next(30, 200), 1 or 2 => random.Next(2, 30), _ => 1 };
            at += TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(random.Next(15) == 0 ? 30 : 0);
            var use = random.Next(4) == 0 ? 0 : random.NextInt64(0, 30_000L * hours);
            if (use > 0 && random.Next(10) == 0) Estimates.Add(Estimate(random, channel, at, register, use));
            register += use;
        }

        Readings.Add(channel, readings);
        // No true value stands there.
        Estimates.RemoveAll(estimate => estimate.Channel == channel && estimate.At == at);
    }

    private static Reading Estimate(Random random, ChannelId channel, Instant at, long register, long use) =>
        new(channel, at, new(register + random.NextInt64(use)), ReadingQuality.Estimated, new(0));
}

internal static class Randoms
{
    public static T Choose<T>(this Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];
}

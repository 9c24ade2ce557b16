using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>Random tariffs: flat, tiers by month and year, time of use with shares, standing charges.</summary>
internal sealed class OrderTariffs
{
    private static readonly TariffCalendar OneBand =
        new([new("all", [], [])], new Dictionary<string, IReadOnlySet<int>>(StringComparer.Ordinal));

    private readonly Random _random;
    private readonly LocalZone _zone;
    private readonly AccumulationPeriod _period;
    private readonly TariffCalendar _calendar;
    private readonly bool _hasLines;
    private readonly bool _hasStanding;
    private readonly RoundingRule _rounding;

    // The same in all versions: what a version that begins in the past changes of closed days themselves is not posted.
    private readonly Ratio _vat;

    public OrderTariffs(Random random, LocalZone zone)
    {
        (_random, _zone) = (random, zone);
        _period = random.Next(4) switch
        {
            0 => AccumulationPeriod.None,
            1 => AccumulationPeriod.Year,
            _ => AccumulationPeriod.Month,
        };
        _hasLines = random.Next(2) == 0;
        _hasStanding = _hasLines && random.Next(3) == 0;
        _calendar = _hasLines && random.Next(2) == 0 ? TimeOfUse(random) : OneBand;
        _vat = new(random.Next(1, 30), 100);
        _rounding = _hasLines && random.Next(4) == 0
            ? new(random.Next(2) == 0, random.Next(2) == 0 ? 10 : 1, (RoundingMode)random.Next(3))
            : RoundingRule.Plain;
    }

    /// <param name="version">Its number.</param>
    /// <param name="from">From when it holds.</param>
    /// <param name="more">It has lines that the versions before may not have.</param>
    public TariffVersion Version(int version, Instant from, bool more = false)
    {
        var lines = new List<TariffLine> { Energy("energy", LedgerAccount.EnergyRevenue, 10_000) };
        if (_hasLines)
        {
            lines.Add(Energy("fuel", LedgerAccount.SurchargeRevenue, 2_000));
            lines.Add(Energy("subsidy", LedgerAccount.RebatesGiven, -500));
            lines.Add(Share("levy", LedgerAccount.SurchargeRevenue, new(_random.Next(1, 30), 100), "energy"));
        }

        if (_hasStanding) lines.Add(Standing());
        if (_hasLines) lines.Add(Share("vat", LedgerAccount.TaxPayable, _vat, [.. lines.Select(line => line.Name)]));
        if (more) lines.Add(Share("relief", LedgerAccount.RebatesGiven, new(-_random.Next(1, 20), 100), "energy"));
        return new(new TariffDraft
        {
            Id = "T",
            Version = version,
            Currency = OrderWorld.Currency,
            Zone = _zone,
            EffectiveFrom = from,
            Period = _period,
            ChargeDecimals = 12,
            Rounding = _rounding,
            Calendar = _calendar,
            Lines = lines,
        });
    }

    private static StandingLine Standing() => new(
        "standing",
        LedgerAccount.StandingRevenue,
        PerDay: true,
        [new(null, 37, default)],
        1,
        OnPurchase: false,
        BandRule.AllMonths);

    /// <summary>Prices in hundredths of a minor unit.</summary>
    private EnergyLine Energy(string name, LedgerAccount account, int most)
    {
        var tiers = new List<PriceTier>();
        long end = 0;
        for (var t = _period.Months > 0 ? _random.Next(4) : 0; t > 0; t--)
        {
            end += _random.Next(1, 120 * 10_000);
            tiers.Add(new(new Energy(end), Prices(most), default));
        }

        tiers.Add(new(null, Prices(most), default));
        return new(name, account, Export: false, [new(BandRule.AllMonths, [new(null, tiers)])]);
    }

    private List<Ratio> Prices(int most) =>
        [.. _calendar.Bands.Select(_ => new Ratio(Math.Sign(most) * _random.Next(Math.Abs(most)), 100))];

    private static PercentLine Share(string name, LedgerAccount account, Ratio share, params string[] of) =>
        new(name, account, [.. of.Select(line => new PercentBase(line))], [new(null, share)]);

    private static TariffCalendar TimeOfUse(Random random)
    {
        var peak = random.Next(28, 60);
        return new(
            [
                new("peak", ["valley"], [When(["weekday"], peak, peak + random.Next(1, 30))]),
                new("valley", [], [When([], random.Next(80, 96), random.Next(10, 40))]),
                new("flat", [], []),
            ],
            new Dictionary<string, IReadOnlySet<int>>(StringComparer.Ordinal));
    }

    private static BandRule When(string[] days, int from, int to) => new(BandRule.AllMonths, [], days, [(from, to)]);
}

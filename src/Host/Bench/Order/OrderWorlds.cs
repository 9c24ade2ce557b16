using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>Makes accounts with a month of everything that design.md, promise 4, has to hold against.</summary>
internal sealed class OrderWorlds
{
    private const int Days = 32;

    private static readonly LocalZone[] Zones =
        [LocalZone.China, LocalZone.Utc, Zone("America/New_York"), Zone("Australia/Sydney")];

    private readonly Random _random;
    private readonly Instant _begin;
    private readonly OrderTariffs _tariffs;
    private readonly List<TariffVersion> _versions = [];
    private readonly List<MeterSetup> _meters = [];
    private readonly Dictionary<MeterId, IReadOnlyList<MultiplierChange>> _multipliers = [];
    private readonly List<Reading> _readings = [];
    private readonly HashSet<Reading> _wild = [];
    private readonly List<OrderChange> _changes = [];
    private readonly List<OrderChange> _edits = [];
    private readonly bool _rolls;
    private readonly Queue<long> _numbers;

    private OrderWorlds(Random random)
    {
        _random = random;
        _begin = Instant.Utc(2025, random.Next(1, 13), random.Next(1, 28));
        _tariffs = new(random, Zones[random.Next(Zones.Length)]);
        _versions.Add(_tariffs.Version(1, _begin - TimeSpan.FromDays(100)));
        if (random.Next(2) == 0) _versions.Add(_tariffs.Version(2, SomeTime()));
        _rolls = random.Next(4) == 0;
        _numbers = new(Enumerable.Range(500, 20).Select(number => (long)number).OrderBy(_ => random.Next()));
    }

    public static OrderWorld Make(Random random) => new OrderWorlds(random).Make();

    private OrderWorld Make()
    {
        var tariff = new TariffHistory(_versions);
        for (var point = _random.Next(1, 3); point > 0; point--) AddPoint();
        if (_random.Next(2) == 0)
        {
            var from = SomeTime() + TimeSpan.FromSeconds(1); // No other version begins there.
            _versions.Add(_tariffs.Version(3, from, more: _random.Next(2) == 0));
            _changes.Add(new TariffChange(new(_versions), from));
        }

        // Edits in their own order; each finds its meter known, whatever else is recorded around it.
        foreach (var edit in _edits) _changes.Insert(_random.Next(FirstPlaceOf(edit), _changes.Count + 1), edit);
        var zone = Zones[_random.Next(Zones.Length)];
        return new()
        {
            Begin = _begin,
            BillingZone = zone,
            SanctionedWatts = _rolls ? 20_000_000 : 0,
            Tariff = tariff,
            Meters = _meters,
            Multipliers = _multipliers,
            Readings = _readings,
            Wild = _wild,
            Payments = [.. Enumerable.Range(1, _random.Next(1, 12)).Select(Payment)],
            Changes = _changes,
            CloseThrough = zone.ServiceDayOfIntervalEnd(_begin + TimeSpan.FromDays(Days + 8)),
        };
    }

    /// <summary>After the edit recorded before it, and after its meter became known.</summary>
    private int FirstPlaceOf(OrderChange edit)
    {
        var meter = ((EditChange)edit).Channel.Meter;
        var last = _changes.FindLastIndex(change => change switch
        {
            EditChange earlier => earlier.Channel.Meter == meter,
            MeterChange known => known.New.Meter == meter,
            _ => false,
        });
        return last + 1;
    }

    /// <summary>One metering point: up to three meters, one after another.</summary>
    private void AddPoint()
    {
        var from = _begin + TimeSpan.FromHours(_random.Next(1, 100));
        var end = _begin + TimeSpan.FromDays(Days);
        MeterSetup? before = null;
        Energy? closing = null;
        for (var left = _random.Next(3) == 0 ? _random.Next(1, 3) : 0; ; left--)
        {
            var meter = NewMeter();
            var to = left == 0 ? end : from + TimeSpan.FromMinutes(_random.Next(60, 13 * 24 * 60));
            var series = new OrderSeries(_random, meter.Meter, from, to, _rolls && _random.Next(2) == 0);
            if (before is null) _meters.Add(meter);
            else
            {
                _changes.Add(new MeterChange(
                    new(from, before.Meter, closing!.Value, meter.Meter, series.RegisterAt(from)), meter));
            }

            _readings.AddRange(series.Readings);
            _wild.UnionWith(series.Wild);
            _edits.AddRange(series.Edits);
            AddMultipliers(meter.Meter, series, from, to);
            if (left == 0) return;
            (before, closing, from) = (meter, series.RegisterAt(to), to);
        }
    }

    private MeterSetup NewMeter() => new(
        new(_numbers.Dequeue()),
        OrderWorld.Account,
        _random.Next(3) == 0 ? 40 : 1,
        _random.Next(2) == 0);

    private void AddMultipliers(MeterId meter, OrderSeries series, Instant from, Instant to)
    {
        if (_random.Next(3) > 0) return;
        var changes = new List<MultiplierChange>();
        for (var n = _random.Next(1, 3); n > 0; n--)
        {
            var minutes = (int)((to - from).TotalMinutes - 1);
            var at = from + TimeSpan.FromMinutes(_random.Next(1, Math.Max(2, minutes)));
            if (changes.Any(change => change.From == at)) continue;
            Energy? register = _random.Next(2) == 0 ? series.RegisterAt(at) : null;
            changes.Add(new(at, _random.Next(1, 60), register));
        }

        if (_random.Next(2) == 0 && _meters.Any(known => known.Meter == meter)) _multipliers[meter] = changes;
        else _changes.Add(new MultipliersChange(meter, changes, changes.Min(change => change.From)));
    }

    private Instant SomeTime() => _begin + TimeSpan.FromMinutes(_random.Next(60, Days * 24 * 60));

    private PaymentOrder Payment(int number) => new(
        $"key-{number}",
        OrderWorld.Account,
        new(_random.Next(1, 200_000)),
        OrderWorld.Currency,
        PaymentChannel.Counter,
        PersonId.System,
        null);

    private static LocalZone Zone(string id) =>
        LocalZone.TryParse(id, out var zone) ? zone : throw new ArgumentException(id);
}

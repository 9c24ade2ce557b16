using System.Globalization;
using System.Numerics;
using System.Text;
using Meters.Billing.Accounts;
using Meters.Host.Bench.Order;

namespace Meters.Billing.Tests.Order;

/// <summary>
/// The exact position of a world's account and the charge of each of its readings, from the set of its inputs alone: no
/// state goes from one reading to the next, and nothing here is shared with what the book rates by.
/// </summary>
internal sealed class OrderSpec
{
    private readonly OrderWorld _world;
    private readonly SpecTariff _tariff;
    private readonly Dictionary<MeterId, MeterId> _before = [];
    private readonly Dictionary<ChannelId, SpecSeries> _series = [];
    private readonly StringBuilder _rows = new();
    private readonly long _perMinor;
    private BigInteger _charged;

    public OrderSpec(OrderWorld world)
    {
        _world = world;
        Tariff = world.Changes.OfType<TariffChange>().LastOrDefault()?.After ?? world.Tariff;
        (_tariff, _perMinor) = (new(Tariff), Tariff.PerMinor);
        var meters = world.Meters.ToList();
        foreach (var change in world.Changes.OfType<MeterChange>())
        {
            meters.Add(change.New);
            _before.Add(change.New.Meter, change.Replacement.Old);
        }

        foreach (var meter in meters.OrderBy(meter => meter.Meter.Value))
        {
            var channel = new ChannelId(meter.Meter, RegisterKind.ForwardActive);
            _series.Add(channel, new(world, channel, meter.Multiplier, MultipliersOf(meter.Meter)));
        }

        foreach (var series in _series.Values) Rate(series);
        for (var day = world.FirstClosed.AddDays(1); day <= world.CloseThrough; day = day.AddDays(1))
        {
            Add(_tariff.Day(day));
        }
    }

    public Billing.Tariffs.TariffHistory Tariff { get; }

    /// <summary>What each line comes to, in steps of the tariff.</summary>
    public Dictionary<string, BigInteger> ByLine { get; } = new(StringComparer.Ordinal);

    /// <summary>As <see cref="OrderRun.Export"/> writes it.</summary>
    public string Export()
    {
        var paid = _world.Payments.Aggregate(BigInteger.Zero, (sum, payment) => sum + payment.Amount.Minor);
        var rounded = Fraction.Floor((2 * _charged) + _perMinor, 2 * _perMinor);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"account {OrderWorld.Account} position {(paid * _perMinor) - _charged} balance {paid - rounded}\n");
        foreach (var series in _series.Values.Where(series => series.Points.Count > 0))
        {
            var (first, last) = (series.Points[0], series.Points[^1]);
            var period = _tariff.PeriodStart(last.At);
            var used = period is { } start ? last.Used - OriginOf(series, start) : 0;
            text.Append(CultureInfo.InvariantCulture, $"channel {series.Channel} first {first.At} last {last.At} ")
                .Append(CultureInfo.InvariantCulture, $"register {last.Register} {last.Quality} ")
                .Append(CultureInfo.InvariantCulture, $"period {period ?? Instant.Epoch} used {used}\n");
        }

        return text.Append(_rows).ToString();
    }

    private IReadOnlyList<MultiplierChange> MultipliersOf(MeterId meter) =>
        _world.Changes.OfType<MultipliersChange>().LastOrDefault(change => change.Meter == meter)?.After
        ?? _world.Multipliers.GetValueOrDefault(meter, []);

    private void Rate(SpecSeries series)
    {
        for (var i = 0; i < series.Points.Count; i++)
        {
            var (at, register, _, _) = series.Points[i];
            var charge = i == 0 ? 0 : ChargeOf(series, series.Points[i - 1].At, at);
            _rows.Append(CultureInfo.InvariantCulture, $"{series.Channel} {at} {register} {charge}\n");
        }
    }

    private BigInteger ChargeOf(SpecSeries series, Instant from, Instant to)
    {
        var before = _charged;
        var cuts = _tariff.CutsBetween(from, to);
        for (var c = 1; c < cuts.Count; c++)
        {
            var origin = _tariff.PeriodStart(cuts[c - 1]) is { } start ? OriginOf(series, start) : 0;
            Add(_tariff.Energy(cuts[c - 1], series.UsedAt(cuts[c - 1]) - origin, series.UsedAt(cuts[c]) - origin));
        }

        return _charged - before;
    }

    private void Add(Dictionary<string, Fraction> charges)
    {
        foreach (var (line, charge) in charges)
        {
            var steps = charge.Steps(_perMinor);
            ByLine[line] = ByLine.GetValueOrDefault(line) + steps;
            _charged += steps;
        }
    }

    /// <summary>
    /// Where the tier position of a period is zero: at its start, or, for a meter that began inside it, so far before
    /// its first value as the meters before it used in the period.
    /// </summary>
    private BigInteger OriginOf(SpecSeries series, Instant period) => series.Points[0].At <= period
        ? series.UsedAt(period)
        : series.Points[0].Used - CarriedInto(series, period);

    private BigInteger CarriedInto(SpecSeries series, Instant period)
    {
        if (!_before.TryGetValue(series.Channel.Meter, out var meter)) return 0;
        var old = _series[new(meter, RegisterKind.ForwardActive)];
        if (old.Points.Count == 0) return CarriedInto(old, period);
        return old.Points[^1].At < period ? 0 : old.Points[^1].Used - OriginOf(old, period);
    }
}

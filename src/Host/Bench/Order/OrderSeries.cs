using Meters.Billing.Accounts;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>
/// What a meter showed from its first instant to its last, and everything that is said about it: truths, estimates,
/// values against each other, a person's word. Any of them fits between any others of its neighbours.
/// </summary>
internal sealed class OrderSeries
{
    private static readonly Energy Modulus = new BookLimits().RegisterModulus;

    private readonly Random _random;
    private readonly ChannelId _channel;
    private readonly List<(Instant At, long Value)> _truth = [];
    private readonly bool _isWild;
    private int _frames;

    /// <param name="random">Where it comes from.</param>
    /// <param name="meter">Whose.</param>
    /// <param name="from">First instant.</param>
    /// <param name="to">Last instant.</param>
    /// <param name="rolls">The register starts again at zero on the way.</param>
    public OrderSeries(Random random, MeterId meter, Instant from, Instant to, bool rolls)
    {
        (_random, _channel) = (random, new(meter, RegisterKind.ForwardActive));
        _isWild = !rolls && random.Next(3) == 0;
        long value = rolls ? Modulus.TenthsWh - random.Next(1, 300_000) : random.Next(1_000_000);
        for (var at = from; at < to;)
        {
            _truth.Add((at, value));
            var hours = random.Next(12) switch { 0 => random.Next(10, 60), 1 or 2 => random.Next(3, 12), _ => 2 };
            var next = at + TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(random.Next(15) == 0 ? 30 : 0);
            if (next > to) next = to;
            var minutes = (long)(next - at).TotalMinutes;
            value += random.Next(4) == 0 ? 0 : random.NextInt64(0, (150 * minutes) + 1);
            at = next;
        }

        _truth.Add((to, value));
        for (var i = 0; i < _truth.Count; i++) Say(i);
    }

    public List<Reading> Readings { get; } = [];

    public List<EditChange> Edits { get; } = [];

    /// <summary>Estimates that the truth before or after them contradicts.</summary>
    public HashSet<Reading> Wild { get; } = [];

    /// <summary>What the register showed at an instant.</summary>
    public Energy RegisterAt(Instant at)
    {
        var i = _truth.FindLastIndex(point => point.At <= at);
        return Shown(i + 1 < _truth.Count ? Between(i) : _truth[i].Value);
    }

    private static Energy Shown(long value) => new(value % Modulus.TenthsWh);

    /// <summary>A value that fits at an instant, whatever stands at the instants around it.</summary>
    private long Between(int i) =>
        i + 1 < _truth.Count ? _random.NextInt64(_truth[i].Value, _truth[i + 1].Value + 1) : _truth[i].Value + 1;

    private void Say(int i)
    {
        var (at, value) = _truth[i];
        var isEnd = i == 0 || i == _truth.Count - 1;
        switch (_random.Next(isEnd ? 20 : 60) is var kind && _isWild && kind is 1 or 4 ? 99 : kind)
        {
            case 0: // Nothing at all.
                break;
            case 1:
                Read(at, value, ReadingQuality.Actual, ReadingQuality.Estimated);
                Read(at, Between(i), ReadingQuality.Estimated);
                break;
            case 2:
                Read(at, value, ReadingQuality.Actual);
                Read(at, Between(i), ReadingQuality.Edited);
                break;
            case 3: // Two or three against each other.
                for (var n = _random.Next(2, 4); n > 0; n--) Read(at, Between(i), ReadingQuality.Actual);
                if (_random.Next(2) == 0) Read(at, value, ReadingQuality.Edited);
                break;
            case 4: // The same among estimates, and perhaps the truth.
                Read(at, value, ReadingQuality.Estimated);
                Read(at, Between(i), ReadingQuality.Estimated);
                if (_random.Next(2) == 0) Read(at, value, ReadingQuality.Actual);
                break;
            case 5: // Two against each other, and a person decides.
                Read(at, value, ReadingQuality.Actual);
                Read(at, Between(i), ReadingQuality.Actual);
                Edit(at, Between(i));
                break;
            case 6:
                Read(at, value, ReadingQuality.Actual);
                Edit(at, null);
                if (_random.Next(2) == 0) Edit(at, Between(i));
                break;
            case 7: // Only a person knows.
                Edit(at, Between(i));
                if (_random.Next(3) == 0) Edit(at, null);
                break;
            default:
                Read(at, value, ReadingQuality.Actual);
                if (_isWild && !isEnd && _random.Next(12) == 0) Guess(at, value);
                break;
        }
    }

    /// <summary>Above what the register showed a minute later, or below what it showed a minute before.</summary>
    private void Guess(Instant at, long value)
    {
        var isLow = _random.Next(2) == 0;
        var guess = isLow ? Math.Max(0, value - _random.Next(1, 20_000)) : value + _random.Next(1, 20_000);
        if (guess == value) return;
        Read(at + TimeSpan.FromMinutes(isLow ? 1 : -1), guess, ReadingQuality.Estimated);
        Wild.Add(Readings[^1]);
    }

    private void Read(Instant at, long value, params ReadingQuality[] qualities)
    {
        foreach (var quality in qualities)
        {
            Readings.Add(new(_channel, at, Shown(value), quality, new((_channel.Value * 10_000) + _frames++)));
        }
    }

    private void Edit(Instant at, long? value) =>
        Edits.Add(new(_channel, new(at, value is { } there ? Shown(there) : null, new(_frames++))));
}

namespace Meters.Host.Tests.Audit;

/// <summary>
/// A random life of an account's meters: gaps, roll-overs, a replacement; multipliers and tariff versions, some of them
/// known only after the instant from which they hold.
/// </summary>
internal sealed class RandomReadings(Random random, BookRun run, Instant begin, int days, int lateOf)
{
    private const long RollOver = 10_000_000_000;

    private static readonly RegisterKind[] Kinds =
        [RegisterKind.ForwardActive, RegisterKind.ReverseActive, RegisterKind.ForwardReactive];

    private readonly List<(ChannelId Channel, Instant At, long Register)> _late = [];
    private readonly List<(Instant At, Action Do)> _changes = [];

    /// <param name="random">Dice.</param>
    /// <param name="run">Takes them.</param>
    /// <param name="begin">Of the first.</param>
    /// <param name="days">How long.</param>
    /// <param name="lateOf">One of so many comes late; zero for none.</param>
    public static void Feed(Random random, BookRun run, Instant begin, int days, int lateOf) =>
        new RandomReadings(random, run, begin, days, lateOf).Feed();

    private void Feed()
    {
        var middle = begin + TimeSpan.FromHours(random.Next(24, days * 24));
        var end = begin + TimeSpan.FromDays(days);
        var meter = run.AddMeter(random.Next(3) == 0 ? random.Next(2, 6) : 1);
        if (random.Next(3) == 0) ChangeMultipliers(meter);
        if (run.HasUnknownVersions) _changes.Add((begin + TimeSpan.FromHours(random.Next(days * 24)), run.KnowAll));
        if (random.Next(3) > 0) Series(meter, begin, end);
        else
        {
            var next = run.AddMeter(random.Next(1, 5));
            var closing = Series(meter, begin, middle);
            var opening = random.NextInt64(1_000_000);
            run.Replace(meter, next, middle, closing, opening);
            Series(next, middle, end, opening);
        }

        Change(end);
        Send(_late.Count);
    }

    /// <summary>At a reading, as a rule, or in the middle of an interval; known before or long after.</summary>
    private void ChangeMultipliers(MeterId meter)
    {
        var first = begin + TimeSpan.FromHours(random.Next(1, days * 24));
        var second = first + TimeSpan.FromMinutes(random.Next(1, 3_000));
        var (one, two) = (random.Next(1, 6), random.Next(1, 6));
        var known = random.Next(2) == 0 ? begin : first + TimeSpan.FromHours(random.Next(1_000));
        _changes.Add((known, () => run.SetMultipliers(meter, (first, one, null), (second, two, null))));
    }

    private long Series(MeterId meter, Instant from, Instant end, long? opening = null)
    {
        var registers = Kinds.Select(_ => opening ?? random.NextInt64(RollOver - 9_000_000, RollOver)).ToArray();
        for (var at = from; ;)
        {
            Change(at);
            for (var k = 0; k < Kinds.Length; k++)
            {
                var channel = new ChannelId(meter, Kinds[k]);
                var isLate = lateOf > 0 && at > from && at < end && random.Next(lateOf) == 0;
                if (isLate) _late.Add((channel, at, registers[k]));
                else run.Take(channel, at, registers[k]);
            }

            if (random.Next(100) == 0) Send(random.Next(_late.Count + 1));
            if (at == end) break;
            var hours = random.Next(12) switch { 0 => random.Next(20, 200), 1 => random.Next(2, 20), _ => 1 };
            at += TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(random.Next(10) == 0 ? random.Next(60) : 0);
            if (at > end) at = end;
            for (var k = 0; k < Kinds.Length; k++)
            {
                var used = random.Next(4) == 0 ? 0 : random.NextInt64(20_000L * hours);
                registers[k] = (registers[k] + used) % RollOver;
            }
        }

        return registers[0];
    }

    private void Change(Instant at)
    {
        foreach (var change in _changes.Where(change => change.At <= at).ToList())
        {
            change.Do();
            _changes.Remove(change);
        }
    }

    private void Send(int count)
    {
        for (; count > 0; count--)
        {
            var one = random.Next(_late.Count);
            run.Take(_late[one].Channel, _late[one].At, _late[one].Register);
            if (random.Next(5) == 0) run.Remove(_late[one].Channel, _late[one].At);
            _late.RemoveAt(one);
        }
    }
}

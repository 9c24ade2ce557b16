namespace Meters.Host.Tests.Audit;

/// <summary>A random life of an account's meters: gaps, roll-overs, changes of multipliers, a replacement.</summary>
internal static class RandomReadings
{
    private const long RollOver = 10_000_000_000;

    /// <param name="random">Dice.</param>
    /// <param name="run">Takes them.</param>
    /// <param name="begin">Of the first.</param>
    /// <param name="days">How long.</param>
    /// <param name="lateOf">One of so many comes late; zero for none.</param>
    /// <param name="knowsMonths">No gap goes over the end of a month, nothing comes later than in its month.</param>
    public static void Feed(
        Random random, BookRun run, Instant begin, int days, int lateOf, bool knowsMonths = false)
    {
        var middle = begin + TimeSpan.FromHours(random.Next(24, days * 24));
        var meter = run.AddMeter(random.Next(3) == 0 ? random.Next(2, 6) : 1);
        if (random.Next(3) == 0)
        {
            // At a reading, as a rule, or in the middle of an interval, with the register read or not.
            var first = begin + TimeSpan.FromHours(random.Next(1, days * 24));
            var second = first + TimeSpan.FromMinutes(random.Next(1, 3_000));
            run.SetMultipliers(meter, (first, random.Next(1, 6), null), (second, random.Next(1, 6), null));
        }

        if (random.Next(3) > 0)
        {
            Series(random, run, meter, begin, begin + TimeSpan.FromDays(days), lateOf, knowsMonths);
            return;
        }

        var next = run.AddMeter(random.Next(1, 5));
        var closing = Series(random, run, meter, begin, middle, 0, knowsMonths);
        var opening = random.NextInt64(1_000_000);
        run.Replace(meter, next, middle, closing, opening);
        Series(random, run, next, middle, begin + TimeSpan.FromDays(days), lateOf, knowsMonths, opening);
    }

    private static long Series(
        Random random, BookRun run, MeterId meter, Instant from, Instant end, int lateOf, bool knowsMonths,
        long? opening = null)
    {
        var late = new List<(ChannelId, Instant, long)>();
        // The tier position of what is fed in does not go on to a new meter yet: one meter alone has that register.
        RegisterKind[] kinds = opening is null
            ? [RegisterKind.ForwardActive, RegisterKind.ReverseActive, RegisterKind.ForwardReactive]
            : [RegisterKind.ForwardActive, RegisterKind.ForwardReactive];
        var registers = kinds.Select(_ => opening ?? random.NextInt64(RollOver - 9_000_000, RollOver)).ToArray();
        for (var at = from; ;)
        {
            var isNearEnd = knowsMonths && run.Zone.ToLocal(at).Day is (< 2 or > 24);
            if (isNearEnd) Send(random, run, late);
            for (var k = 0; k < kinds.Length; k++)
            {
                var channel = new ChannelId(meter, kinds[k]);
                var isLate = lateOf > 0 && !isNearEnd && at > from && at < end && random.Next(lateOf) == 0;
                if (isLate) late.Add((channel, at, registers[k]));
                else run.Take(channel, at, registers[k]);
            }

            if (late.Count > 0 && random.Next(30) == 0) Send(random, run, late);
            if (at == end) break;
            var hours = random.Next(12) switch { 0 => random.Next(20, 200), 1 => random.Next(2, 20), _ => 1 };
            if (knowsMonths && run.Zone.ToLocal(at).Day is (< 2 or > 20)) hours = 1;
            at += TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(random.Next(10) == 0 ? random.Next(60) : 0);
            if (at > end) at = end;
            for (var k = 0; k < kinds.Length; k++)
            {
                var used = random.Next(4) == 0 ? 0 : random.NextInt64(20_000L * hours);
                registers[k] = (registers[k] + used) % RollOver;
            }
        }

        Send(random, run, late);
        return registers[0];
    }

    private static void Send(Random random, BookRun run, List<(ChannelId Channel, Instant At, long Register)> late)
    {
        while (late.Count > 0)
        {
            var one = random.Next(late.Count);
            run.Take(late[one].Channel, late[one].At, late[one].Register);
            if (random.Next(5) == 0) run.Remove(late[one].Channel, late[one].At);
            late.RemoveAt(one);
        }
    }
}

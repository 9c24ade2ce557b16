using Meters.Control.Commands;
using Meters.Control.Limits;
using Meters.Units;

namespace Meters.Host.Bench;

/// <summary>
/// How much of the configured rate leaves when there is always work, on a virtual clock; and that no window of a second
/// holds more. Counted from the instants, apart from the limiter.
/// </summary>
public sealed class LimiterBench(int seconds, int seed)
{
    private const int Rate = 10_000;
    private const int Reserve = 2_000;
    private const long Second = 1_000_000;

    /// <summary>Everything; and cuts alone, which leave the reserve to reconnects.</summary>
    public IReadOnlyList<BenchLine> Run() =>
    [
        Measure("limiter", Rate, random => random.Next(2) == 0 ? CommandKind.Close : CommandKind.Trip),
        Measure("limiter-cuts", Rate - Reserve, _ => CommandKind.Trip),
    ];

    private BenchLine Measure(string name, int allowed, Func<Random, CommandKind> kindOf)
    {
        const decimal Goal = 0.99m;
        var random = new Random(seed);
        var limiter = new DispatchLimiter(new()
        {
            CommandsPerSecondSystemMax = Rate,
            CommandsPerSecondSystemReserve = Reserve,
            CommandsPerMinutePerConcentratorMax = 1_000,
        });
        var start = Instant.Utc(2026, 3, 1, 8);
        var (now, sent) = (start, new List<long>());
        while (now - start < TimeSpan.FromSeconds(seconds))
        {
            var terminal = TerminalAddress.Of(1, random.Next(1, 5_000));
            var kind = kindOf(random);
            if (limiter.TryTake(terminal, kind, now, out var freeAt)) sent.Add(now.UnixMicros);
            else if (limiter.SystemFreeAt(CommandKind.Close, now) > now || kind == CommandKind.Trip)
            {
                // Whatever waits, the loop wakes when there is room; now and then late, as loops do.
                now = random.Next(100) == 0 ? freeAt + TimeSpan.FromMicroseconds(random.Next(500)) : freeAt;
            }
        }

        var used = sent.Count / ((decimal)allowed * seconds);
        var most = MostWithin(sent);
        var holds = most <= allowed && used >= Goal;
        return new(name, holds ? decimal.Round(used, 4) : 0, null, decimal.Round(used, 4), Goal, false,
            $"share of {allowed} per second, at most {most} in any second", [most]);
    }

    private static int MostWithin(List<long> sent)
    {
        var (oldest, most) = (0, 0);
        for (var i = 0; i < sent.Count; i++)
        {
            while (sent[i] - sent[oldest] >= Second) oldest++;
            most = Math.Max(most, i - oldest + 1);
        }

        return most;
    }
}

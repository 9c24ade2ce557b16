using Meters.Host.Gaps;

namespace Meters.Host.Tests.Gaps;

public class BackOffTests
{
    private static readonly GapOptions Options = new();

    [Fact(Timeout = 10_000)]
    public void Every_wait_lies_between_half_and_the_whole_of_its_doubled_minutes() => Seeds.Run(50, random =>
    {
        var options = new GapOptions { Seed = random.NextInt64() };
        var terminal = new TerminalAddress((uint)random.NextInt64(uint.MaxValue));
        for (var failures = 1; failures <= 40; failures++)
        {
            var most = TimeSpan.FromMinutes(Math.Min(10 * Math.Pow(2, failures - 1), 120));
            Assert.InRange(BackOff.After(failures, terminal, options), most / 2, most);
        }
    });

    [Fact(Timeout = 10_000)]
    public void The_largest_numbers_stay_within_the_bound() => Assert.InRange(
        BackOff.After(
            int.MaxValue,
            TerminalAddress.Broadcast,
            new() { BackOffMinutes = 1_440, BackOffMinutesMax = 1_440 }),
        TimeSpan.FromHours(12),
        TimeSpan.FromHours(24));

    [Fact(Timeout = 10_000)]
    public void Concentrators_that_fail_together_are_spread_and_the_same_seed_spreads_them_alike()
    {
        var waits = Enumerable.Range(1, 1_000).Select(n => Wait(n, Options)).ToList();
        Assert.True(waits.Distinct().Count() > 990);
        Assert.InRange(waits.Average(w => w.TotalMinutes), 7.2, 7.8);
        Assert.Equal(waits, Enumerable.Range(1, 1_000).Select(n => Wait(n, new())));
        Assert.NotEqual(waits, Enumerable.Range(1, 1_000).Select(n => Wait(n, new() { Seed = 2 })));
    }

    [Fact(Timeout = 10_000)]
    public void Before_the_first_failure_there_is_no_wait() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Wait(1, Options, failures: 0));

    private static TimeSpan Wait(int terminal, GapOptions options, int failures = 1) =>
        BackOff.After(failures, TerminalAddress.Of(4403, terminal), options);
}

using Meters.Host.Bench;
using Meters.Host.Bench.Guard;

namespace Meters.Host.Tests.Guard;

public sealed class GuardTrialTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_mass_cut_never_passes_a_cap_however_it_comes_about()
    {
        var log = new StringWriter();
        var line = await new GuardBench(new(24, 7, 5_000, null, 0), log).RunAsync(CancellationToken.None);
        Assert.True(line.Value == line.Goal, log.ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_same_seed_is_the_same_trial()
    {
        var (first, second) = (new StringWriter(), new StringWriter());
        await new GuardBench(new(3, 11, 2_000, null, 0), first).RunAsync(CancellationToken.None);
        await new GuardBench(new(3, 11, 2_000, null, 0), second).RunAsync(CancellationToken.None);
        Assert.Equal(Plain(first), Plain(second));

        // Without the seconds that it took.
        static string Plain(StringWriter text) => text.ToString()[..text.ToString().LastIndexOf(',')];
    }

    [Fact(Timeout = 60_000)]
    public void The_rate_is_never_exceeded_and_used_when_there_is_work() =>
        Assert.All(new LimiterBench(5, 3).Run(), line => Assert.True(line.Value >= 0.99m, line.Unit));
}

namespace Meters.Host.Tests.Engine;

public class SimulationTests
{
    [Fact(Timeout = 120_000)]
    public Task Whatever_order_things_happen_in_the_promises_hold() => Seeds.RunAsync(24, async random =>
    {
        var run = new SimulationRun(random.Next());
        await run.RunAsync(TestContext.Current.CancellationToken);
    });

    [Fact(Timeout = 60_000)]
    public Task The_same_seed_gives_the_same_history_and_the_same_positions() => Seeds.RunAsync(3, async random =>
    {
        var seed = random.Next();
        var (first, again) = (new SimulationRun(seed), new SimulationRun(seed));
        await first.RunAsync(TestContext.Current.CancellationToken);
        await again.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(first.Export, again.Export);
        Assert.Equal(first.History, again.History);
        Assert.Contains("Trip", first.History, StringComparison.Ordinal);
    });
}

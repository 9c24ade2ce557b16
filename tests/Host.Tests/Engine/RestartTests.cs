using Meters.Control.Commands;

namespace Meters.Host.Tests.Engine;

public class RestartTests
{
    private const int Hours = 26;

    /// <summary>Two cuts in fifteen minutes at most, so that the guard's memory is put to the test.</summary>
    private static readonly WorldOptions Tight = new()
    {
        Guard = new() { TripsFloor = 2, TripsPerTenThousandAccounts = 0 },
    };

    [Fact(Timeout = 120_000)]
    public Task A_service_that_is_killed_anywhere_ends_in_the_same_positions() => Seeds.RunAsync(10, async random =>
    {
        var plan = random.Next();
        var whole = await RunAsync(plan, new(random.Next()), kills: false);
        var broken = await RunAsync(plan, random, kills: true);
        Assert.Equal(1, whole.Lives);
        Assert.True(broken.Lives > 2, $"Killed only {broken.Lives - 1} times.");
        Assert.Equal(whole.Export, broken.Export);
    });

    private sealed record Outcome(string Export, int Lives);

    private static async Task<Outcome> RunAsync(int plan, Random random, bool kills)
    {
        LifeScript? script = null;
        await new DeterministicContext(random.Next()).RunAsync(async () =>
            script = new LifeScript(await World.OpenAsync(Tight), plan, Hours) { WithBadFrames = true });
        for (var life = 0; !script!.IsDone; life++)
        {
            Assert.True(life < 500, "It gets nowhere.");
            var context = new DeterministicContext(random.Next());
            var hours = kills ? random.Next(1, 9) : Hours;
            var steps = kills ? random.Next(20, 8_000) : long.MaxValue;
            var snapshot = random.Next(2) == 0;
            await context.RunUntilKilledAsync(() => script.LiveAsync(context.Wire, hours, snapshot), steps);
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        var export = "";
        var last = new DeterministicContext(random.Next());
        await last.RunAsync(async () =>
        {
            await script.World.StartAsync(last.Wire);
            await script.World.CheckAsync();
            await CheckControlAsync(script.World);
            export = await script.World.ExportAsync();
            await script.World.Engine.StopAsync(snapshot: false, CancellationToken.None);
            await script.World.DisposeAsync();
        });
        return new(export, script.Lives);
    }

    private static async Task CheckControlAsync(World world)
    {
        Assert.Empty(await world.Store.InFlightAsync(CancellationToken.None));
        foreach (var home in world.Homes) Assert.True(home.IsOn, $"Account {home.Account} has paid and is dark.");
        var trips = world.Store.Dispatched.Where(d => world.Store.Commands[d.Command].Kind == CommandKind.Trip)
            .Select(d => d.Now).Order().ToList();
        Assert.NotEmpty(trips);
        foreach (var first in trips)
        {
            var within = trips.Count(t => t >= first && t < first + TimeSpan.FromMinutes(15));
            Assert.True(within <= 2, $"{within} cuts within 15 minutes from {first}.");
        }
    }
}

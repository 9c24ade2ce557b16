using Meters.Host.Gaps;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Gaps;

/// <summary>A world in which hours get lost.</summary>
internal static class GapLife
{
    public static readonly TimeSpan Delay = TimeSpan.FromMinutes(20);

    public static Instant Hour(int number) => World.Start + TimeSpan.FromHours(number);

    public static async Task InWorldAsync(WorldOptions options, Func<World, TimeProvider, Task> test)
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(options);
            await world.OpenHomesAsync(context.Wire, _ => 90_000);
            await AskAsync(world); // Hours count from here on.
            await test(world, context.Wire);
            Assert.Empty(world.Failures);
        });
    }

    /// <summary>All homes use something and show it; only those that are said push it.</summary>
    public static async Task HourAsync(World world, TimeProvider wire, int hour, Func<Home, bool> pushes)
    {
        world.Clock.MoveTo(Hour(hour));
        foreach (var home in world.Homes) World.Use(home, 10);
        foreach (var terminal in world.Terminals)
        {
            Point[] pushed = [.. terminal.Homes.Select(world.Read).Where(point => pushes(point.Home))];
            if (pushed.Length > 0 && terminal.IsConnected) terminal.Push(pushed);
        }

        if (world.Terminals.All(t => t.IsConnected)) await world.ConfirmedAsync(wire);
    }

    /// <summary>Does all that is due now.</summary>
    public static async Task AskAsync(World world)
    {
        int did;
        do
        {
            did = await world.Engine.Gaps.PumpAsync(CancellationToken.None);
            await world.Engine.Gaps.IdleAsync(CancellationToken.None);
        }
        while (did > 0);
    }

    /// <summary>Moves the clock minute by minute and does what is due in each.</summary>
    public static async Task AskForAsync(World world, TimeProvider wire, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(1))
        {
            world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromMinutes(1));
            await AskAsync(world);
            await World.SettleAsync(wire, 1); // Frames become durable.
        }
    }

    public static async Task<TerminalHour> HourOfAsync(World world, int hour, int terminal = 0)
    {
        var found = await world.Store.Completeness.FindHourAsync(
            world.Terminals[terminal].Address, Hour(hour), CancellationToken.None);
        return found ?? throw new InvalidOperationException($"Hour {hour} is not counted.");
    }

    public static Task<bool> IsExhaustedAsync(World world, Home home, int hour) =>
        world.Engine.Gaps.IsExhaustedAsync(
            new(home.Meter.Id, RegisterKind.ForwardActive), Hour(hour), CancellationToken.None);
}

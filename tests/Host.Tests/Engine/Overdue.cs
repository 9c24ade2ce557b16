namespace Meters.Host.Tests.Engine;

/// <summary>
/// Homes that were told twice, have used what they paid for, and are due to be cut the next time somebody looks.
/// </summary>
internal static class Overdue
{
    /// <summary>A second ago the hours for cuts have begun.</summary>
    public static readonly Instant Opens = World.Start + TimeSpan.FromHours(6) + TimeSpan.FromSeconds(1);

    /// <summary>
    /// Leaves the clock at the opening of the hours for cuts with the control work of that instant not done yet.
    /// </summary>
    public static async Task PrepareAsync(World world, TimeProvider wire)
    {
        await world.OpenHomesAsync(wire, _ => 20);
        for (var minute = 0; minute <= 120; minute += 15)
        {
            world.Clock.MoveTo(World.Start + TimeSpan.FromMinutes(minute));
            await world.Engine.DrainAsync(CancellationToken.None);
        }

        // Just before the hours begin the balance falls below zero: all is decided but the cut itself.
        world.Clock.MoveTo(Opens - TimeSpan.FromSeconds(61));
        foreach (var home in world.Homes) World.Use(home, 300);
        foreach (var terminal in world.Terminals) world.PushHour(terminal, _ => true);
        await world.ConfirmedAsync(wire);
        await world.Engine.DrainAsync(CancellationToken.None);
        Assert.All(world.Homes, h => Assert.True(h.IsOn));
        world.Clock.MoveTo(Opens);
    }
}

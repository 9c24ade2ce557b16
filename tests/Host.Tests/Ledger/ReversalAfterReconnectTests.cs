using Meters.Billing.Payments;
using Meters.Host.Tests.Engine;
using Meters.Ingest.Dlt645;

namespace Meters.Host.Tests.Ledger;

public class ReversalAfterReconnectTests
{
    [Fact(Timeout = 60_000)]
    public async Task A_reversal_after_the_reconnect_leads_through_the_ladder_and_never_to_a_cut_at_once()
    {
        var context = new DeterministicContext(3);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 1 });
            var home = world.Homes[0];
            await Overdue.PrepareAsync(world, context.Wire);
            await world.Engine.DrainAsync(CancellationToken.None);
            Assert.False(home.IsOn);
            await world.PayAsync(home, 5_000, "wrong-account");
            await AdvanceAsync(world, TimeSpan.FromSeconds(30));
            Assert.True(home.IsOn);

            var (status, _) = await world.Engine.Ledger.TakeBackAsync(
                OperationKind.Reversal, "r1", "wrong-account", Money.Zero, new("chief"), "another's", default);

            Assert.Equal(OperationStatus.Done, status);
            await AdvanceAsync(world, TimeSpan.FromSeconds(30));
            Assert.True(home.IsOn);
            Assert.Equal(1, home.Seen.Count(seen => seen.Code == ControlCode.Trip));

            // Reminded, warned after 30 minutes, cut after 30 more: the whole ladder again.
            await AdvanceAsync(world, TimeSpan.FromMinutes(58));
            Assert.True(home.IsOn);
            await AdvanceAsync(world, TimeSpan.FromMinutes(7));
            Assert.False(home.IsOn);
        });
    }

    private static async Task AdvanceAsync(World world, TimeSpan by)
    {
        var until = world.Clock.Now() + by;
        while (world.Clock.Now() < until)
        {
            world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromSeconds(5));
            await world.Engine.DrainAsync(CancellationToken.None);
        }
    }
}

using Meters.Billing.Ledger;
using Meters.Ingest.Dlt645;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class PaymentRaceTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_payment_at_the_moment_of_the_cut_leaves_the_lights_on_or_brings_them_back_at_once()
    {
        var (spared, voided, chased) = (0, 0, 0);
        await Seeds.RunAsync(300, async random =>
        {
            var context = new DeterministicContext(random.Next());
            await context.RunAsync(async () =>
            {
                await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 1 });
                var home = world.Homes[0];
                world.Store.AfterDispatch = (_, status) =>
                    voided += status is DispatchStatus.FenceMoved or DispatchStatus.NotQueued ? 1 : 0;
                await Overdue.PrepareAsync(world, context.Wire);
                var draining = world.Engine.DrainAsync(CancellationToken.None);
                for (var i = random.Next(24); i > 0; i--) await Task.Yield();
                var isFirst = !home.Seen.Exists(s => s.Code == ControlCode.Trip);
                Assert.Equal(PaymentStatus.Posted, await world.PayAsync(home, 10_000, "last-second"));
                await draining;
                await AdvanceAsync(world, TimeSpan.FromSeconds(30));
                Assert.True(home.IsOn, "Paid and dark.");
                await world.CheckAsync();
                var trips = home.Seen.Count(s => s.Code == ControlCode.Trip);
                if (trips > 0) Assert.Equal(ControlCode.DirectClose,
                    home.Seen[^1].Code == ControlCode.AlarmOff ? home.Seen[^2].Code : home.Seen[^1].Code);
                Assert.True(trips <= 1);
                (spared, chased) = (spared + (trips == 0 ? 1 : 0), chased + trips);
                Assert.True(isFirst || trips == 1);
            });
        });
        Assert.True(spared > 20 && chased > 20, $"The race was none: {spared} spared, {chased} chased.");
        Assert.True(voided > 0, "No payment came between the gates and the compare-and-set.");
    }

    [Fact(Timeout = 60_000)]
    public Task A_payment_between_the_gates_and_the_compare_and_set_voids_the_cut() => Seeds.RunAsync(20,
        async random =>
    {
        var context = new DeterministicContext(random.Next());
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 1 });
            var home = world.Homes[0];
            var statuses = new List<DispatchStatus>();
            await Overdue.PrepareAsync(world, context.Wire);
            world.Store.BeforeDispatch = async _ =>
            {
                if (statuses.Count > 0) return;
                Assert.Equal(PaymentStatus.Posted, await world.PayAsync(home, 10_000, "gates-open"));
            };
            world.Store.AfterDispatch = (_, status) => statuses.Add(status);
            await world.Engine.DrainAsync(CancellationToken.None);
            Assert.True(statuses[0] is DispatchStatus.NotQueued or DispatchStatus.FenceMoved);
            Assert.DoesNotContain(home.Seen, s => s.Code == ControlCode.Trip);
            Assert.True(home.IsOn);
            await world.CheckAsync();
        });
    });

    private static async Task AdvanceAsync(World world, TimeSpan by)
    {
        var until = world.Clock.Now() + by;
        while (world.Clock.Now() < until)
        {
            world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromSeconds(1));
            await world.Engine.DrainAsync(CancellationToken.None);
        }
    }
}

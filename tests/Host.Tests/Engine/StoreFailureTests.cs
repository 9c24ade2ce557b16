using Meters.Billing.Ledger;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class StoreFailureTests
{
    private const int Hours = 24;

    [Fact(Timeout = 120_000)]
    public Task Nothing_is_lost_or_doubled_when_the_store_fails_before_or_after_its_work() => Seeds.RunAsync(12,
        async random =>
    {
        var plan = random.Next();
        var well = await RunAsync(plan, new(random.Next()), oneIn: 0);
        var ill = await RunAsync(plan, random, oneIn: random.Next(8, 60));
        Assert.Equal(well, ill);
    });

    [Fact(Timeout = 60_000)]
    public async Task Nobody_is_cut_while_the_store_is_away_and_who_paid_meanwhile_is_not_cut_after()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 2 });
            var (payer, other) = (world.Homes[0], world.Homes[1]);
            await Overdue.PrepareAsync(world, context.Wire);
            world.Store.Fault = (name, before) =>
            {
                if (before && name is "commit" or "take" or "load") throw new StoreUnavailableException("away");
            };
            var paying = world.PayAsync(payer, 5_000, "meanwhile");
            await World.SettleAsync(context.Wire, 5);
            Assert.False(world.Engine.IsReady);
            world.Engine.RunControl();
            world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromMinutes(2));
            await World.SettleAsync(context.Wire, 120);
            Assert.False(paying.IsCompleted);
            Assert.True(payer.IsOn && other.IsOn);
            world.Store.Fault = null;
            await World.SettleAsync(context.Wire, 5);
            Assert.Equal(PaymentStatus.Posted, await paying);
            Assert.True(world.Engine.IsReady);
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(45), context.Wire);
            Assert.True(payer.IsOn);
            Assert.DoesNotContain(payer.Seen, s => s.Code == Ingest.Dlt645.ControlCode.Trip);
            Assert.False(other.IsOn);
            await world.CheckAsync();
        });
    }

    private static async Task<string> RunAsync(int plan, Random random, int oneIn)
    {
        var export = "";
        var context = new DeterministicContext(random.Next());
        await context.RunAsync(async () =>
        {
            var world = await World.OpenAsync();
            var script = new LifeScript(world, plan, Hours) { WithBadFrames = true };
            if (oneIn > 0)
            {
                world.Store.Fault = (name, before) =>
                {
                    if (random.Next(oneIn) == 0)
                    {
                        throw new StoreUnavailableException($"{name} {(before ? "before" : "after")}");
                    }
                };
            }

            await script.LiveAsync(context.Wire, Hours, snapshot: false);
            world.Store.Fault = null;
            Assert.True(script.IsDone);
            await world.StartAsync(context.Wire);
            await world.CheckAsync();
            Assert.All(script.Answers.Values, a =>
                Assert.True(Assert.Single(a) is PaymentStatus.Posted or PaymentStatus.AlreadyPosted));
            foreach (var home in world.Homes) Assert.True(home.IsOn, $"Account {home.Account} has paid and is dark.");
            var totals = await world.Store.Queries.TotalsAsync(CancellationToken.None);
            Assert.Equal(script.Answers.Count, totals.Payments);
            Assert.Equal(script.BadFrames, totals.Quarantined);
            Assert.Empty(await world.Store.InFlightAsync(CancellationToken.None));
            export = await world.ExportAsync();
            await world.DisposeAsync();
        });
        return export;
    }
}

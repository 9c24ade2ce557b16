using Meters.Billing.Validation;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Host.Changes;
using Meters.Host.Demo;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>Corrections that show, some time after it, that a cut should not have happened.</summary>
public class WrongfulCutTests
{
    private static readonly PersonId Author = new("Li Wei");
    private static readonly PersonId Second = new("chen.yu");

    [Theory(Timeout = 120_000)]
    [InlineData("0.01")] // In one commit.
    [InlineData("0.30", "0.01")] // What the first gives back is not enough.
    public async Task A_tariff_put_right_reconnects_and_raises_one_case(params string[] prices)
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 8 });
            var home = await CutHomeAsync(world, context.Wire);
            for (var i = 0; i < prices.Length; i++)
            {
                Assert.False(home.IsOn);
                Assert.Empty(await FindingsAsync(world, home));
                await PutRightAsync(world, version: i + 2, prices[i], day: 4 - prices.Length + i);
                await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(10), context.Wire);
            }

            Assert.True(home.IsOn);
            var finding = Assert.Single(await FindingsAsync(world, home)).Finding;
            var trip = (await world.Store.Queries.CommandsAsync(home.Account, 50, CancellationToken.None))
                .Single(command => command.Kind == CommandKind.Trip);
            Assert.Equal(trip.SentAt, finding.From);
            Assert.Contains("Compensation may be due", finding.Sentence, StringComparison.Ordinal);
            Assert.Empty(world.Failures);
        });
    }

    [Fact(Timeout = 120_000)]
    public async Task A_correction_that_leaves_the_cut_right_raises_nothing()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 8 });
            var home = await CutHomeAsync(world, context.Wire);
            await PutRightAsync(world, 2, "0.30", day: 3);
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(10), context.Wire);
            Assert.False(home.IsOn);
            Assert.Empty(await FindingsAsync(world, home));
        });
    }

    /// <summary>A home on the flat tariff, cut on the first day, which is closed.</summary>
    private static async Task<Home> CutHomeAsync(World world, TimeProvider wire)
    {
        await Overdue.PrepareAsync(world, wire);
        world.Engine.RunControl();
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(40), wire);
        await world.AdvanceAsync(World.Start + TimeSpan.FromHours(30), wire);
        var home = world.Homes.Find(one =>
            world.Engine.TryFindAccount(one.Account, out var account) && account.Tariff == "flat")!;
        Assert.False(home.IsOn);
        return home;
    }

    private static async Task PutRightAsync(World world, int version, string price, int day)
    {
        var from = World.Start + TimeSpan.FromDays(day - 3);
        var json = DemoPlan.TariffJson["flat"]
            .Replace("\"version\":1", $"\"version\":{version}", StringComparison.Ordinal)
            .Replace("2012-07-01", $"2025-11-{day:D2}", StringComparison.Ordinal)
            .Replace("0.5573", price, StringComparison.Ordinal);
        var desk = world.Engine.Changes;
        var proposed = await desk.ProposeAsync(
            new(ChangeKind.Tariff, new("flat", version, from, json, Author, World.Start), "decree"),
            CancellationToken.None);
        Assert.Equal((ChangeStatus.Done, ""), (proposed.Status, string.Join(' ', proposed.Faults)));
        await desk.ApproveAsync(proposed.Change!.Id, Second, "", CancellationToken.None);
        await desk.PumpAsync(CancellationToken.None);
    }

    private static Task<IReadOnlyList<StoredFinding>> FindingsAsync(World world, Home home) =>
        world.Store.Work.FindingsAsync(
            CheckKind.WrongfulCut, home.Meter.Id, openOnly: true, 10, CancellationToken.None);
}

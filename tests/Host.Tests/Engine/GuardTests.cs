using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class GuardTests
{
    private const int Cap = 20;
    private const int Pace = 15;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly WorldOptions Town = new() { Terminals = 4, HomesPerTerminal = 50 };

    [Fact(Timeout = 120_000)]
    public async Task Two_hundred_who_are_overdue_at_once_are_cut_at_the_pace_and_none_is_quarantined()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(Town);
            await Overdue.PrepareAsync(world, context.Wire);
            world.Engine.RunControl();
            for (var hour = 7; hour <= 12; hour++)
            {
                await world.AdvanceAsync(World.Start + TimeSpan.FromHours(hour), context.Wire);
                foreach (var terminal in world.Terminals) Assert.True(world.PushHour(terminal, _ => true));
                await world.ConfirmedAsync(context.Wire);
            }

            Assert.All(world.Homes, h => Assert.False(h.IsOn));
            var trips = TripsOf(world);
            Assert.Equal(world.Homes.Count, trips.Count);
            Assert.Equal(Pace, MostWithin(trips));
            var totals = await world.Store.Queries.TotalsAsync(CancellationToken.None);
            Assert.DoesNotContain(totals.Commands, c => c.Key.State == CommandState.Quarantined);
            await world.CheckAsync();
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task Past_the_pace_the_cap_holds_and_what_is_over_it_can_be_read_in_quarantine()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 1, HomesPerTerminal = 30 });
            await Overdue.PrepareAsync(world, context.Wire);
            foreach (var terminal in world.Terminals) terminal.Drop(); // The cuts are decided and cannot leave.
            await World.SettleAsync(context.Wire, 1);
            await world.Engine.DrainAsync(CancellationToken.None);
            var now = world.Clock.Now();
            var statuses = new List<(CommandId Id, DispatchStatus Status)>();
            foreach (var home in world.Homes)
            {
                var image = await world.Store.FindCaseAsync(home.Account, CancellationToken.None);
                var trip = Assert.Single(image!.Active, c => c.Kind == CommandKind.Trip);
                var outcomes = await world.Store.DispatchAsync(
                    [new(trip.Id, trip.Attempts, now, 1, now, GuardTerms.OfTrips(Window, Cap))],
                    CancellationToken.None);
                statuses.Add((trip.Id, outcomes[0].Status));
            }

            Assert.All(statuses.Take(Cap), s => Assert.Equal(DispatchStatus.Sent, s.Status));
            Assert.All(statuses.Skip(Cap), s => Assert.Equal(DispatchStatus.GuardExhausted, s.Status));
            var held = await world.Store.FindCaseAsync(world.Homes[^1].Account, CancellationToken.None);
            var kept = Assert.Single(held!.Active, c => c.Kind == CommandKind.Trip);
            Assert.Equal(CommandState.Quarantined, kept.State);
            Assert.Contains("below the cut level", kept.Reason, StringComparison.Ordinal);

            // The engine keeps its hands off: neither again nor another one while it lasts.
            foreach (var terminal in world.Terminals) await terminal.ConnectAsync(world.Engine);
            await world.Engine.DrainAsync(CancellationToken.None);
            Assert.True(world.Homes[^1].IsOn);
            Assert.DoesNotContain(world.Homes[^1].Seen, s => s.Code == Ingest.Dlt645.ControlCode.Trip);
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task A_new_service_remembers_the_cuts_of_the_one_before()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(new() { Terminals = 2, HomesPerTerminal = 20 });
            await Overdue.PrepareAsync(world, context.Wire);
            await world.Engine.DrainAsync(CancellationToken.None);
            var before = TripsOf(world).Count;
            Assert.Equal(Pace, before);
            await world.Engine.StopAsync(snapshot: true, CancellationToken.None);
            await world.StartAsync(context.Wire);
            foreach (var terminal in world.Terminals) await terminal.ConnectAsync(world.Engine);
            world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromMinutes(14));
            await world.Engine.DrainAsync(CancellationToken.None);
            Assert.Equal(before, TripsOf(world).Count);
            world.Engine.RunControl();
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(30), context.Wire);
            foreach (var terminal in world.Terminals) Assert.True(world.PushHour(terminal, _ => true));
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(60), context.Wire);
            Assert.Equal(Pace, MostWithin(TripsOf(world)));
            Assert.All(world.Homes, h => Assert.False(h.IsOn));
            Assert.Empty(await world.Store.InFlightAsync(CancellationToken.None));
        });
    }

    private static List<Instant> TripsOf(World world) =>
        [.. world.Store.Dispatched.Where(d =>
            world.Store.Commands[d.Command].Kind == CommandKind.Trip).Select(d => d.Now).Order()];

    private static int MostWithin(List<Instant> trips) =>
        trips.Max(first => trips.Count(t => t >= first && t < first + Window));
}

using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;

namespace Meters.Host.Tests.Engine;

public class ControlTests
{
    private static readonly WorldOptions Pair = new() { Terminals = 1, HomesPerTerminal = 2 };

    [Fact(Timeout = 60_000)]
    public Task A_hold_keeps_the_lights_on_until_it_is_lifted() => InWorldAsync(Pair, async (world, wire) =>
    {
        var (held, other) = (world.Homes[0], world.Homes[1]);
        await Overdue.PrepareAsync(world, wire);
        var hold = new Hold(
            held.Account, HoldKind.Dispute, world.Clock.Now(), Instant.Never, World.Tester, "bill disputed");
        await world.Store.AddHoldAsync(hold, CancellationToken.None);
        world.Engine.RunControl();
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(40), wire);
        Assert.True(held.IsOn);
        Assert.False(other.IsOn);
        var why = await world.Store.Queries.DecisionsAsync(held.Account, 50, CancellationToken.None);
        Assert.Contains(why, d => d.Reasons.Any(r => r.Contains("On hold (dispute)", StringComparison.Ordinal)));
        await world.Store.LiftHoldAsync(
            held.Account, HoldKind.Dispute, World.Tester, world.Clock.Now(), CancellationToken.None);
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(40), wire);
        Assert.False(held.IsOn);
    });

    [Fact(Timeout = 60_000)]
    public Task A_cut_that_waited_passes_every_gate_again_before_it_leaves() => InWorldAsync(Pair,
        async (world, wire) =>
    {
        await Overdue.PrepareAsync(world, wire);
        world.Terminals[0].Drop();
        await World.SettleAsync(wire, 1);
        await world.Engine.DrainAsync(CancellationToken.None);
        foreach (var home in world.Homes) Assert.Equal(CommandState.Queued, (await TripOfAsync(world, home))?.State);
        world.Engine.Health.ObserveSms(reached: false, world.Clock.Now()); // Messages may be late now.
        await world.Terminals[0].ConnectAsync(world.Engine);
        world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromMinutes(2));
        await world.Engine.DrainAsync(CancellationToken.None);
        foreach (var home in world.Homes) Assert.Equal(CommandState.Cancelled, (await TripOfAsync(world, home))?.State);
        Assert.All(world.Homes, h => Assert.True(h.IsOn));
        world.Engine.Health.ObserveSms(reached: true, world.Clock.Now());
        world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromMinutes(31));
        await world.Engine.DrainAsync(CancellationToken.None);
        Assert.All(world.Homes, h => Assert.False(h.IsOn));
    });

    [Fact(Timeout = 60_000)]
    public Task Who_is_protected_is_never_cut_and_a_person_cannot_do_it_either() => InWorldAsync(
        Pair with { NeverCut = index => index == 0 },
        async (world, wire) =>
        {
            await Overdue.PrepareAsync(world, wire);
            world.Engine.RunControl();
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(40), wire);
            var (command, refusal) = await world.Engine.CommandAsync(
                world.Homes[0].Account, CommandKind.Trip, World.Tester, "by hand", CancellationToken.None);
            Assert.Null(command);
            Assert.Contains("protected", refusal, StringComparison.Ordinal);
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(5), wire);
            Assert.True(world.Homes[0].IsOn);
            Assert.False(world.Homes[1].IsOn);
        });

    [Fact(Timeout = 60_000)]
    public Task A_persons_cut_is_not_undone_by_a_payment_and_ends_by_a_persons_close() => InWorldAsync(Pair,
        async (world, wire) =>
    {
        var home = world.Homes[0];
        await world.OpenHomesAsync(wire, _ => 9_000);
        world.Engine.RunControl();
        await CommandAsync(world, home, CommandKind.Trip);
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(2), wire);
        Assert.False(home.IsOn);
        Assert.Equal(PaymentStatus.Posted, await world.PayAsync(home, 5_000, "paid-in-vain"));
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromHours(2), wire);
        Assert.False(home.IsOn);
        await CommandAsync(world, home, CommandKind.Close);
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(2), wire);
        Assert.True(home.IsOn);
        var image = await world.Store.FindCaseAsync(home.Account, CancellationToken.None);
        Assert.Equal((Supply.On, Supply.On, false), (image!.Case.Desired, image.Case.Actual, image.Case.ManualOff));
        await world.CheckAsync();
    });

    [Fact(Timeout = 60_000)]
    public Task A_persons_cut_that_expired_unsent_leaves_the_account_to_the_policy_again() => InWorldAsync(Pair,
        async (world, wire) =>
    {
        var home = world.Homes[0];
        await world.OpenHomesAsync(wire, _ => 9_000);
        world.Engine.RunControl();
        world.Terminals[0].Drop();
        await World.SettleAsync(wire, 2);
        await CommandAsync(world, home, CommandKind.Trip);
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(40), wire);
        Assert.Equal(CommandState.Expired, (await TripOfAsync(world, home))?.State);
        var image = await world.Store.FindCaseAsync(home.Account, CancellationToken.None);
        Assert.False(image!.Case.ManualOff);
        Assert.NotEqual(Supply.Off, image.Case.Desired);
        Assert.True(home.IsOn);
    });

    [Fact(Timeout = 60_000)]
    public Task A_cut_is_not_taken_from_the_store_while_its_session_carries_another_request() => InWorldAsync(Pair,
        async (world, wire) =>
    {
        await Overdue.PrepareAsync(world, wire);
        var terminal = world.Terminals[0];
        terminal.IsMute = true; // The first cut stays on the wire until its answer is overdue.
        world.Engine.RunControl();
        await World.SettleAsync(wire, 1);
        var sent = 0;
        foreach (var home in terminal.Homes)
        {
            if ((await TripOfAsync(world, home))?.State != CommandState.Queued) sent++;
        }

        Assert.True(terminal.Homes.Count > 1);
        Assert.Equal(1, sent);
    });

    [Fact(Timeout = 60_000)]
    public Task A_persons_cut_that_still_waits_for_its_concentrator_outlives_a_payment() => InWorldAsync(Pair,
        async (world, wire) =>
    {
        var home = world.Homes[0];
        await world.OpenHomesAsync(wire, _ => 9_000);
        world.Engine.RunControl();
        world.Terminals[0].Drop();
        await World.SettleAsync(wire, 2);
        await CommandAsync(world, home, CommandKind.Trip);
        await World.SettleAsync(wire, 3);
        Assert.Equal(PaymentStatus.Posted, await world.PayAsync(home, 5_000, "while-it-waits"));
        await world.Terminals[0].ConnectAsync(world.Engine);
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(5), wire);
        Assert.False(home.IsOn);
    });

    [Fact(Timeout = 60_000)]
    public Task A_meter_that_says_nothing_is_asked_again_and_ends_with_a_proof_or_a_name() => InWorldAsync(Pair,
        async (world, wire) =>
    {
        var terminal = world.Terminals[0];
        await Overdue.PrepareAsync(world, wire);
        terminal.IsMute = true;
        world.Engine.RunControl();
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(1), wire);
        foreach (var home in world.Homes)
        {
            Assert.Equal(PaymentStatus.Posted, await world.PayAsync(home, 5_000, $"dark-{home.Account}"));
        }
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(10), wire);
        terminal.IsMute = false;
        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromHours(1), wire);
        Assert.All(world.Homes, h => Assert.True(h.IsOn));
        Assert.Empty(await world.Store.InFlightAsync(CancellationToken.None));
        foreach (var home in world.Homes)
        {
            var commands = await world.Store.Queries.CommandsAsync(home.Account, 50, CancellationToken.None);
            Assert.Equal(CommandState.Confirmed, commands.First(c => c.Kind == CommandKind.Close).State);
        }

        await world.CheckAsync();
    });

    [Fact(Timeout = 60_000)]
    public Task An_unregistered_terminal_is_answered_and_its_data_kept_within_bounds_but_not_confirmed() =>
        InWorldAsync(Pair, async (world, wire) =>
        {
            const int Frames = 130;
            await world.StartAsync(wire);
            var stranger = new ScriptedTerminal(TerminalAddress.Of(3301, 77), world.Homes, world.Clock);
            for (var sent = 0; sent < Frames;)
            {
                await stranger.ConnectAsync(world.Engine);
                for (var i = 0; i < 6 && sent < Frames; i++, sent++) stranger.PushRaw(p =>
                    LifeScript.UnknownPoint(stranger.Address, World.Start, p));
                await World.SettleAsync(wire, 1);
                stranger.Forget();
            }

            Assert.True(stranger.LinkAnswers > 20);
            Assert.Equal(0, stranger.DataConfirms);
            var kept = await world.Store.Queries.UnregisteredAsync(1_000, CancellationToken.None);
            Assert.Equal(Storage.Contract.ShardCommit.UnregisteredFramesPerAddressMax, kept.Count);
            Assert.Equal(0, (await world.Store.Queries.TotalsAsync(CancellationToken.None)).Readings);
        });

    [Fact(Timeout = 60_000)]
    public Task Of_strangers_beyond_the_bound_nothing_is_kept_and_the_first_are_still_heard() => InWorldAsync(
        Pair with { Engine = new() { UnregisteredAddressesMax = 1 } },
        async (world, wire) =>
        {
            await world.StartAsync(wire);
            var first = new ScriptedTerminal(TerminalAddress.Of(3301, 77), world.Homes, world.Clock);
            var second = new ScriptedTerminal(TerminalAddress.Of(3301, 78), world.Homes, world.Clock);
            foreach (var stranger in new[] { first, second, first })
            {
                if (!stranger.IsConnected) await stranger.ConnectAsync(world.Engine);
                stranger.PushRaw(p => LifeScript.UnknownPoint(stranger.Address, World.Start, p));
                await World.SettleAsync(wire, 1);
            }

            var kept = await world.Store.Queries.UnregisteredAsync(1_000, CancellationToken.None);
            Assert.Equal([first.Address, first.Address], kept.Select(f => f.Terminal));
        });

    [Fact(Timeout = 60_000)]
    public Task What_cannot_be_used_is_kept_with_a_reason_and_confirmed() => InWorldAsync(Pair, async (world, wire) =>
    {
        await world.OpenHomesAsync(wire, _ => 1_000);
        var terminal = world.Terminals[0];
        terminal.PushRaw(pseq => LifeScript.UnknownPoint(terminal.Address, World.Start, pseq));
        terminal.PushRaw(pseq => BadDigit(terminal.Address, pseq));
        terminal.PushRaw(pseq => UnknownFn(terminal.Address, pseq));
        await world.ConfirmedAsync(wire);
        var kept = await world.Store.Queries.QuarantineAsync(null, 50, CancellationToken.None);
        Assert.Equal(["bad_bcd", "unknown_fn", "unknown_point"], kept.Select(q =>
            q.Kind).Order(StringComparer.Ordinal));
        foreach (var item in kept)
        {
            Assert.NotNull(await world.Store.Queries.FrameAsync(item.Frame, CancellationToken.None));
        }
        await world.CheckAsync();
    });

    private static async Task InWorldAsync(WorldOptions options, Func<World, TimeProvider, Task> test)
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(options);
            await test(world, context.Wire);
            Assert.Empty(world.Failures);
            Assert.Empty(world.Store.Violations);
        });
    }

    private static async Task<Command?> TripOfAsync(World world, Home home) =>
        (await world.Store.Queries.CommandsAsync(home.Account, 50, CancellationToken.None)).FirstOrDefault(c =>
            c.Kind == CommandKind.Trip);

    private static async Task CommandAsync(World world, Home home, CommandKind kind)
    {
        var (command, refusal) = await world.Engine.CommandAsync(home.Account, kind, World.Tester, "by hand",
            CancellationToken.None);
        Assert.Null(refusal);
        Assert.NotNull(command);
    }

    private static byte[] BadDigit(TerminalAddress address, int pseq)
    {
        var bytes = LifeScript.UnknownPoint(address, World.Start, pseq);
        Dadt.Of(1, RequestFrames.CurveForwardActiveFn).Write(bytes.AsSpan(14));
        bytes[^4] = 0xAB; // In the value's third byte.
        bytes[^2] = Ingest.Gdw3761.FrameReader.Checksum(bytes.AsSpan(6..^2));
        return bytes;
    }

    private static byte[] UnknownFn(TerminalAddress address, int pseq)
    {
        var bytes = LifeScript.UnknownPoint(address, World.Start, pseq);
        Dadt.Of(1, 222).Write(bytes.AsSpan(14));
        bytes[^2] = Ingest.Gdw3761.FrameReader.Checksum(bytes.AsSpan(6..^2));
        return bytes;
    }
}

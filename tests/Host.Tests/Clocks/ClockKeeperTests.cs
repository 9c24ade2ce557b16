using Meters.Control.Commands;
using Meters.Host.Tests.Engine;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Gdw3761;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Clocks;

public class ClockKeeperTests
{
    private static readonly WorldOptions One = new() { Terminals = 1, HomesPerTerminal = 1 };

    [Fact(Timeout = 60_000)]
    public Task A_clock_that_drifts_is_set_and_read_back() => InWorldAsync(One, async (world, _) =>
    {
        var terminal = world.Terminals[0];
        terminal.ClockError = TimeSpan.FromMinutes(-5);
        await CheckAsync(world);
        Assert.Equal(World.Start, Assert.Single(terminal.ClockSets));
        Assert.Equal(TimeSpan.Zero, terminal.ClockError);
        var clock = await ClockAsync(world);
        Assert.Equal(
            (ClockState.Good, TimeSpan.Zero, null, World.Start),
            (clock.State, clock.Drift, clock.FlaggedAt, clock.SetAt));
    });

    [Fact(Timeout = 60_000)]
    public Task A_clock_that_cannot_be_set_is_tried_once_a_day_also_over_a_restart_and_stays_flagged() => InWorldAsync(
        One,
        async (world, wire) =>
        {
            var terminal = world.Terminals[0];
            (terminal.ClockError, terminal.KeepsClock) = (TimeSpan.FromMinutes(5), true);
            for (var minute = 0; minute < 47 * 60; minute += 30)
            {
                world.Clock.MoveTo(World.Start + TimeSpan.FromMinutes(minute));
                await CheckAsync(world);
                if (minute % (7 * 60) != 0) continue;
                await world.Engine.StopAsync(snapshot: false, CancellationToken.None);
                await world.StartAsync(wire);
                await terminal.ConnectAsync(world.Engine);
            }

            Assert.Equal([World.Start, World.Start + TimeSpan.FromHours(24)], terminal.ClockSets);
            var clock = await ClockAsync(world);
            Assert.Equal((ClockState.Drifting, World.Start), (clock.State, clock.FlaggedAt));
        });

    [Fact(Timeout = 60_000)]
    public Task A_clock_that_is_far_off_waits_for_a_person() => InWorldAsync(One, async (world, _) =>
    {
        var terminal = world.Terminals[0];
        terminal.ClockError = TimeSpan.FromHours(2);
        await CheckAsync(world);
        world.Clock.MoveTo(World.Start + TimeSpan.FromHours(30));
        await CheckAsync(world);
        Assert.Empty(terminal.ClockSets);
        Assert.Equal(ClockState.NeedsPerson, (await ClockAsync(world)).State);

        Assert.Null(await world.Engine.Clocks.OrderAsync(
            TerminalAddress.Of(9999, 9), World.Tester, CancellationToken.None));
        await world.Engine.Clocks.OrderAsync(terminal.Address, World.Tester, CancellationToken.None);
        Assert.Equal(ClockState.Ordered, (await ClockAsync(world)).State);
        await CheckAsync(world);
        Assert.Single(terminal.ClockSets);
        var clock = await ClockAsync(world);
        Assert.Equal((ClockState.Good, World.Tester), (clock.State, clock.SetBy));
    });

    [Fact(Timeout = 60_000)]
    public Task A_frame_that_is_dated_wrong_makes_its_clock_be_read() => InWorldAsync(One, async (world, wire) =>
    {
        var terminal = world.Terminals[0];
        await CheckAsync(world);
        world.Clock.MoveTo(World.Start + TimeSpan.FromHours(1));
        terminal.ClockError = TimeSpan.FromMinutes(-3);
        await CheckAsync(world);
        Assert.Empty(terminal.ClockSets); // Nothing tells, and it is not yet time.
        terminal.PushRaw(pseq => Tagged(terminal.Address, pseq, terminal.ClockError, world.Clock.Now()));
        await World.SettleAsync(wire, 1);
        await CheckAsync(world);
        Assert.Single(terminal.ClockSets);

        // A tag alone proves nothing: the frame was long on its way.
        world.Clock.MoveTo(World.Start + TimeSpan.FromHours(2));
        terminal.PushRaw(pseq => Tagged(terminal.Address, pseq, TimeSpan.FromMinutes(-40), world.Clock.Now()));
        await World.SettleAsync(wire, 1);
        await CheckAsync(world);
        Assert.Single(terminal.ClockSets);
        Assert.Equal(ClockState.Good, (await ClockAsync(world)).State);
        terminal.Forget();
    });

    [Theory(Timeout = 60_000)]
    [InlineData(CurveAnswer.Denied, 24 * 60)]
    [InlineData(CurveAnswer.Silence, 10)]
    public async Task A_terminal_that_does_not_tell_its_clock_is_not_set(object answer, int minutes) =>
        await InWorldAsync(One, async (world, _) =>
        {
            var terminal = world.Terminals[0];
            terminal.ClockReads = (CurveAnswer)answer;
            terminal.ClockError = TimeSpan.FromMinutes(5);
            await CheckAsync(world);
            Assert.Empty(terminal.ClockSets);
            var clock = await ClockAsync(world);
            Assert.Equal(
                (ClockState.Unknown, World.Start + TimeSpan.FromMinutes(minutes)), (clock.State, clock.DueAt));
        });

    [Fact(Timeout = 60_000)]
    public Task A_security_module_that_refuses_keeps_the_order_from_leaving() => InWorldAsync(
        One with { Security = new Refusing() },
        async (world, _) =>
        {
            var terminal = world.Terminals[0];
            terminal.ClockError = TimeSpan.FromMinutes(5);
            await CheckAsync(world);
            Assert.Empty(terminal.ClockSets);
            var clock = await ClockAsync(world);
            Assert.Equal((ClockState.Drifting, null), (clock.State, clock.SetAt));
        });

    [Fact(Timeout = 60_000)]
    public Task No_clock_is_set_while_a_relay_is_being_read_back() => InWorldAsync(One, async (world, wire) =>
    {
        var (terminal, home) = (world.Terminals[0], world.Homes[0]);
        terminal.ClockError = TimeSpan.FromMinutes(5);
        await world.PayAsync(home, 100, "pay");
        var (command, _) = await world.Engine.CommandAsync(
            home.Account, CommandKind.Close, World.Tester, "by hand", CancellationToken.None);
        Assert.NotNull(command);
        await world.Engine.Dispatcher.PumpAsync(CancellationToken.None);
        await world.Engine.Dispatcher.IdleAsync(CancellationToken.None);
        Assert.Single(home.Seen); // Obeyed; its read-back is still to come.
        await CheckAsync(world);
        Assert.Empty(terminal.ClockSets);

        await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(2), wire);
        await world.Engine.DrainAsync(CancellationToken.None);
        await CheckAsync(world);
        Assert.Single(terminal.ClockSets);
    });

    private static async Task InWorldAsync(WorldOptions options, Func<World, TimeProvider, Task> test)
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(options);
            await world.OpenHomesAsync(context.Wire, _ => 9_000);
            await test(world, context.Wire);
            Assert.Empty(world.Failures);
        });
    }

    private static async Task CheckAsync(World world)
    {
        while (await world.Engine.Clocks.PumpAsync(CancellationToken.None) > 0)
        {
            await world.Engine.Clocks.IdleAsync(CancellationToken.None);
        }
    }

    private static async Task<TerminalClock> ClockAsync(World world) =>
        Assert.Single(await world.Store.Clocks.LoadAsync(CancellationToken.None));

    /// <summary>An event report with a time tag: nobody reads it but for the tag.</summary>
    private static byte[] Tagged(TerminalAddress address, int pseq, TimeSpan off, Instant now)
    {
        var to = new byte[128];
        var frame = new FrameBuilder(to);
        frame.Begin(0xC4, address, 0, Afn.Events, (byte)(LinkFrames.TpV | LinkFrames.OneFrame | LinkFrames.Con | pseq));
        frame.Unit(0, 1);
        frame.Tag(TimeTag.Of((byte)pseq, LocalZone.China.ToLocal(now) + off, 0));
        return to[..frame.End()];
    }

    private sealed class Refusing : ISecurityModule
    {
        public ValueTask<int> SealAsync(
            MeterAddress meter, ReadOnlyMemory<byte> command, Memory<byte> dataField, CancellationToken stopping) =>
            new(0);

        public ValueTask<bool> SealTerminalAsync(
            TerminalAddress terminal, ReadOnlyMemory<byte> order, Memory<byte> password, CancellationToken stopping)
        {
            Assert.Equal((10, 16), (order.Length, password.Length));
            return new(false);
        }
    }
}

using Meters.Host.Gaps;
using Meters.Host.Tests.Engine;
using static Meters.Host.Tests.Gaps.GapLife;

namespace Meters.Host.Tests.Gaps;

public class GapAskerTests
{
    private static readonly WorldOptions One = new() { Terminals = 1 };

    [Fact(Timeout = 60_000)]
    public Task Lost_hours_are_asked_for_after_the_delay_and_rated_as_if_they_had_come() => InWorldAsync(
        One,
        async (world, wire) =>
        {
            var (first, second) = (world.Homes[0], world.Homes[1]);
            for (var hour = 1; hour <= 5; hour++)
            {
                await HourAsync(
                    world, wire, hour, home => home == first ? hour is 1 or 5 : home != second || hour != 3);
            }

            await AskForAsync(world, wire, TimeSpan.FromMinutes(19));
            Assert.Equal(3, (await HourOfAsync(world, 4)).Count.Expected);
            Assert.Null(await world.Store.Completeness.FindHourAsync(first.Terminal, Hour(5), CancellationToken.None));
            await AskForAsync(world, wire, TimeSpan.FromMinutes(2));
            Assert.True((await HourOfAsync(world, 5)).Count.IsComplete);

            var start = LocalZone.China.ToLocal(Hour(2));
            Assert.Equal([(1, 1, start, 3), (1, 2, start.AddHours(1), 1)], world.Terminals[0].Asked);
            for (var hour = 1; hour <= 5; hour++) Assert.True((await HourOfAsync(world, hour)).Count.IsComplete);
            Assert.Equal(1, (await HourOfAsync(world, 3)).Attempts);
            Assert.True(await IsExhaustedAsync(world, first, 3)); // Complete: nobody asks any more.
            await world.CheckAsync();
        });

    [Fact(Timeout = 60_000)]
    public Task A_concentrator_that_is_away_loses_no_attempt_and_is_asked_when_it_is_back() => InWorldAsync(
        One,
        async (world, wire) =>
        {
            await HourAsync(world, wire, 1, _ => false);
            world.Terminals[0].Drop();
            await World.SettleAsync(wire, 1);
            for (var hour = 2; hour <= 30; hour++)
            {
                await HourAsync(world, wire, hour, _ => false);
                await AskAsync(world);
            }

            Assert.Equal((0, 0, 3), await AttemptsAsync());
            Assert.False(await IsExhaustedAsync(world, world.Homes[0], 1));
            await world.Terminals[0].ConnectAsync(world.Engine);
            await AskForAsync(world, wire, TimeSpan.FromMinutes(25)); // Looked for every ten minutes.
            Assert.Equal((1, 3, 3), await AttemptsAsync());
            await world.CheckAsync();

            async Task<(int, int, int)> AttemptsAsync()
            {
                var hour = await HourOfAsync(world, 1);
                return (hour.Attempts, hour.Count.Stored, hour.Count.Expected);
            }
        });

    [Theory(Timeout = 60_000)]
    [InlineData(CurveAnswer.Nothing)]
    [InlineData(CurveAnswer.Denied)]
    [InlineData(CurveAnswer.Silence)]
    [InlineData(CurveAnswer.Stranger)]
    [InlineData(CurveAnswer.HangUp)]
    public async Task What_brings_nothing_is_tried_so_often_and_then_exhausted(object answer)
    {
        await InWorldAsync(One with { Gaps = new() { AttemptsMax = 3 } }, async (world, wire) =>
        {
            var (terminal, home) = (world.Terminals[0], world.Homes[2]);
            terminal.Curves = (CurveAnswer)answer;
            await HourAsync(world, wire, 1, other => other != home);
            await HourAsync(world, wire, 2, _ => true);
            for (var minute = 0; minute < 300; minute++)
            {
                await AskForAsync(world, wire, TimeSpan.FromMinutes(1));
                if (!terminal.IsConnected) await terminal.ConnectAsync(world.Engine);
                Assert.Equal((await HourOfAsync(world, 1)).Attempts == 3, await IsExhaustedAsync(world, home, 1));
            }

            Assert.Equal(3, TimesAsked(terminal, 1));
            Assert.False(await world.Engine.Gaps.IsExhaustedAsync(
                new(home.Meter.Id, RegisterKind.ForwardActive), world.Clock.Now(), CancellationToken.None));
            var channel = new ChannelId(home.Meter.Id, RegisterKind.ForwardActive);
            var exhausted = await world.Engine.Gaps.ExhaustedAsync(Hour(0), Hour(2), 10, CancellationToken.None);
            Assert.Equal([(channel, Hour(1))], exhausted);

            // The truth may still come by itself; it counts, and nobody has to ask.
            terminal.Push([new(home, Hour(1), home.Sent[Hour(1)])]);
            await world.ConfirmedAsync(wire);
            Assert.Empty(await world.Engine.Gaps.ExhaustedAsync(Hour(0), Hour(2), 10, CancellationToken.None));
            Assert.Equal(2, (await HourOfAsync(world, 1)).Count.Stored);
            world.Clock.MoveTo(Hour(7) + Delay);
            await AskAsync(world);
            Assert.Equal(3, (await HourOfAsync(world, 1)).Count.Stored);
            await world.CheckAsync();
        });
    }

    [Fact(Timeout = 60_000)]
    public Task A_partial_answer_leaves_only_the_rest_to_be_asked_for() => InWorldAsync(One, async (world, wire) =>
    {
        var terminal = world.Terminals[0];
        terminal.Curves = CurveAnswer.First;
        await HourAsync(world, wire, 1, _ => false);
        await AskForAsync(world, wire, TimeSpan.FromMinutes(30));
        Assert.Equal([1, 2, 3, 2, 3, 3], terminal.Asked.Select(asked => asked.Pn));
        Assert.Equal([1, 1, 1, 2, 2, 3], terminal.Asked.Select(asked => asked.Request));
        Assert.True((await HourOfAsync(world, 1)).Count.IsComplete);
        await world.CheckAsync();
    });

    [Fact(Timeout = 60_000)]
    public Task Waits_double_and_a_restart_in_between_forgets_neither_them_nor_the_attempts() => InWorldAsync(
        One with { Gaps = new() { AttemptsMax = 4 } },
        async (world, wire) =>
        {
            var terminal = world.Terminals[0];
            terminal.Curves = CurveAnswer.Denied;
            await HourAsync(world, wire, 1, _ => false);
            var at = new List<Instant>();
            for (var minute = 0; minute < 150; minute++)
            {
                var before = TimesAsked(terminal, 1);
                await AskForAsync(world, wire, TimeSpan.FromMinutes(1));
                if (TimesAsked(terminal, 1) > before) at.Add(world.Clock.Now());
                if (minute % 7 != 3) continue;
                await world.Engine.StopAsync(snapshot: false, CancellationToken.None);
                await world.StartAsync(wire);
                await terminal.ConnectAsync(world.Engine);
            }

            Assert.Equal(4, at.Count);
            double[] waits = [.. at.Zip(at.Skip(1), (a, b) => (b - a).TotalMinutes)];
            Assert.InRange(waits[0], 5, 11);
            Assert.InRange(waits[1], 10, 21);
            Assert.InRange(waits[2], 20, 41);
            Assert.True(await IsExhaustedAsync(world, world.Homes[0], 1));
        });

    [Fact(Timeout = 60_000)]
    public Task A_round_that_was_cut_short_by_a_restart_is_asked_again() => InWorldAsync(One, async (world, wire) =>
    {
        var terminal = world.Terminals[0];
        terminal.Curves = CurveAnswer.Silence;
        await HourAsync(world, wire, 1, _ => false);
        world.Clock.MoveTo(Hour(1) + Delay);
        using (var stop = new CancellationTokenSource())
        {
            await world.Engine.Gaps.PumpAsync(stop.Token);
            await World.SettleAsync(wire, 1);
            Assert.Equal(1, terminal.Requests);
#pragma warning disable CA1849 // What follows would be handed to the thread pool.
            stop.Cancel();
#pragma warning restore CA1849
        }

        terminal.Curves = CurveAnswer.Truth;
        await world.StartAsync(wire);
        await terminal.ConnectAsync(world.Engine);
        Assert.Equal(0, (await HourOfAsync(world, 1)).Attempts);
        await AskForAsync(world, wire, TimeSpan.FromMinutes(3));
        Assert.Equal((2, 1), (terminal.Requests, (await HourOfAsync(world, 1)).Attempts));
        await world.CheckAsync();
    });

    [Fact(Timeout = 60_000)]
    public Task Only_so_many_concentrators_are_asked_at_a_time() => InWorldAsync(
        new() { Terminals = 5, HomesPerTerminal = 1, Gaps = new() { ConcentratorsAtOnceMax = 2 } },
        async (world, wire) =>
        {
            foreach (var terminal in world.Terminals) terminal.Curves = CurveAnswer.Silence;
            await HourAsync(world, wire, 1, _ => false);
            world.Clock.MoveTo(Hour(1) + Delay);
            await world.Engine.Gaps.PumpAsync(CancellationToken.None);
            await world.Engine.Gaps.PumpAsync(CancellationToken.None);
            await World.SettleAsync(wire, 2);
            Assert.Equal(2, world.Terminals.Sum(t => t.Requests));
            for (var i = 0; i < 3; i++) await AskAsync(world);
            Assert.Equal(5, world.Terminals.Sum(t => t.Requests));
        });

    [Fact(Timeout = 60_000)]
    public Task Hours_before_the_store_and_older_than_the_limit_are_nobodys() => InWorldAsync(
        One with { Gaps = new() { DaysMax = 2 } },
        async (world, wire) =>
        {
            Assert.Empty(await world.Store.Completeness.HoursAsync(
                world.Terminals[0].Address, Instant.Epoch, Instant.Never, 10, CancellationToken.None));
            await HourAsync(world, wire, 1, _ => false);
            await AskAsync(world);
            world.Clock.MoveTo(Hour(100));
            await AskForAsync(world, wire, TimeSpan.FromMinutes(1));
            var hours = await world.Store.Completeness.HoursAsync(
                world.Terminals[0].Address, Instant.Epoch, Instant.Never, 1_000, CancellationToken.None);
            Assert.Equal([Hour(0), Hour(52)], hours.Take(2).Select(hour => hour.Count.At));
            Assert.Equal(49, hours.Count);
            Assert.True(await IsExhaustedAsync(world, world.Homes[0], 1));
        });

    /// <summary>Requests that named the hour; what follows it in the same range goes with it.</summary>
    private static int TimesAsked(ScriptedTerminal terminal, int hour) => terminal.Asked
        .Where(asked => asked.Start == LocalZone.China.ToLocal(Hour(hour))).DistinctBy(asked => asked.Request).Count();
}

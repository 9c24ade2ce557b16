using Meters.Control.Commands;
using Meters.Host.Tests.Engine;
using Meters.Ingest.Dlt645;
using static Meters.Host.Tests.Gaps.GapLife;

namespace Meters.Host.Tests.Gaps;

/// <summary>Asking never stands in a command's way for longer than one answer takes.</summary>
public class CommandsFirstTests
{
    private static readonly WorldOptions Slow = new()
    {
        Terminals = 1,
        Gaps = new() { RangesPerRequestMax = 1, RequestsPerRoundMax = 1_000, AnswerSecondsMax = 20 },
    };

    [Theory(Timeout = 60_000)]
    [InlineData(CommandKind.Trip)]
    [InlineData(CommandKind.Close)]
    public Task A_command_that_comes_during_a_round_goes_after_the_answer_that_is_on_its_way(CommandKind kind) =>
        InWorldAsync(Slow, async (world, wire) =>
        {
            var (terminal, home) = (world.Terminals[0], world.Homes[0]);
            for (var hour = 1; hour <= 31; hour++)
            {
                await HourAsync(world, wire, hour, _ => hour % 2 == 0); // Every second hour: no range is longer.
            }

            var sent = new List<int>();
            terminal.Obeyed = (_, seen) => sent.Add(terminal.Requests);
            terminal.Heard = async request =>
            {
                if (request != 5) return;
                await Task.Yield();
                var (command, refusal) = await world.Engine.CommandAsync(
                    home.Account, kind, World.Tester, "by hand", CancellationToken.None);
                Assert.True(command is not null, refusal);
            };
            world.Engine.RunControl();
            world.Clock.MoveTo(Hour(31) + Delay);
            await World.SettleAsync(wire, 120);
            var code = Host.Engine.MeterEvents.CodeOf(kind);
            Assert.Equal([code], home.Seen.Select(seen => seen.Code).Distinct());
            Assert.InRange(sent[0], 5, 15); // Of 48; answers take no time here, so some pass while it is decided.
            Assert.Equal(kind == CommandKind.Close, home.IsOn);

            // The round that made room did not count for hours that it had not finished, and goes on by itself.
            await AdvanceAsync(world, wire, TimeSpan.FromMinutes(90));
            Assert.True(terminal.Requests >= 45, $"{terminal.Requests} requests.");
            for (var hour = 1; hour <= 31; hour++) Assert.True((await HourOfAsync(world, hour)).Count.IsComplete);
        });

    [Fact(Timeout = 60_000)]
    public Task Nothing_is_asked_for_while_a_command_is_under_way() => InWorldAsync(Slow, async (world, wire) =>
    {
        var (terminal, home) = (world.Terminals[0], world.Homes[0]);
        await HourAsync(world, wire, 1, _ => false);
        world.Clock.MoveTo(Hour(1) + Delay);
        terminal.IsMute = true;
        await world.Engine.CommandAsync(
            home.Account, CommandKind.Close, World.Tester, "by hand", CancellationToken.None);
        await world.Engine.Dispatcher.PumpAsync(CancellationToken.None);
        Assert.True(world.Engine.Dispatcher.IsWanted(terminal.Address));
        await world.Engine.Gaps.PumpAsync(CancellationToken.None);
        await world.Engine.Clocks.PumpAsync(CancellationToken.None);
        await World.SettleAsync(wire, 3);
        Assert.Equal(0, terminal.Requests);
        Assert.Single(home.Seen);
        Assert.Equal(ControlCode.DirectClose, home.Seen[0].Code);
    });

    private static async Task AdvanceAsync(World world, TimeProvider wire, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(1))
        {
            world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromMinutes(1));
            await World.SettleAsync(wire, 3);
        }
    }
}

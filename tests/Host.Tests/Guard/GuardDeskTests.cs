using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Host.Api;
using Meters.Host.Demo;
using Meters.Host.Guard;
using Meters.Host.Tests.Engine;
using Meters.Ingest.Dlt645;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Guard;

public sealed class GuardDeskTests
{
    private static readonly PersonId Ann = new("ann");
    private static readonly PersonId Bob = new("bob");
    private static readonly PersonId Eve = new("eve");
    private static readonly WorldOptions Town = new() { Terminals = 2, HomesPerTerminal = 20 };

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task While_a_person_stopped_all_cuts_nobody_is_cut_and_who_pays_is_reconnected()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(Town);
            await Overdue.PrepareAsync(world, context.Wire);
            await world.Engine.DrainAsync(CancellationToken.None);
            var cut = world.Homes.Where(home => !home.IsOn).ToList();
            Assert.Equal(15, cut.Count);

            var desk = world.Engine.Guard;
            Assert.Equal(GuardStatus.Done, await desk.StopAsync(Ann, "wrong tariff", CancellationToken.None));
            Assert.Equal(GuardStatus.SwitchStandsSo, await desk.StopAsync(Bob, "me too", CancellationToken.None));
            Assert.Equal(
                GuardStatus.SwitchSamePerson, await desk.ResumeAsync(new(" ANN "), "fine", CancellationToken.None));
            Assert.Equal(
                GuardStatus.SwitchSamePerson, await desk.ResumeAsync(PersonId.System, "x", CancellationToken.None));

            // A restart does not let them go.
            await world.Engine.StopAsync(snapshot: true, CancellationToken.None);
            await world.StartAsync(context.Wire);
            foreach (var terminal in world.Terminals) await terminal.ConnectAsync(world.Engine);
            world.Engine.RunControl();
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(40), context.Wire);
            Assert.Equal(cut.Count, world.Homes.Count(home => !home.IsOn));
            await world.PayAsync(cut[0], 5_000, "back");
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(2), context.Wire);
            Assert.True(cut[0].IsOn);

            Assert.Equal(GuardStatus.Done, await world.Engine.Guard.ResumeAsync(Bob, "fixed", CancellationToken.None));
            foreach (var terminal in world.Terminals) Assert.True(world.PushHour(terminal, _ => true));
            await world.AdvanceAsync(world.Clock.Now() + TimeSpan.FromMinutes(17), context.Wire);
            var dark = world.Homes.Count(home => !home.IsOn);
            Assert.True(dark > cut.Count, $"{dark} are dark.");
            Assert.Equal(
                [(false, Bob), (true, Ann)],
                (await desk.Store.SwitchesAsync(9, CancellationToken.None)).Select(one => (one.Stopped, one.By)));
        });
    }

    [Fact(Timeout = 120_000)]
    public async Task A_rogue_operators_cuts_are_quarantined_and_his_friend_cannot_release_them()
    {
        var context = new DeterministicContext(1);
        await context.RunAsync(async () =>
        {
            await using var world = await World.OpenAsync(Town);
            await world.OpenHomesAsync(context.Wire, _ => 50_000);
            world.Clock.MoveTo(Overdue.Opens);
            foreach (var terminal in world.Terminals) Assert.True(world.PushHour(terminal, _ => true));
            await world.ConfirmedAsync(context.Wire);
            foreach (var home in world.Homes)
            {
                var (command, _) = await world.Engine.CommandAsync(
                    home.Account, CommandKind.Trip, Eve, "because I can", CancellationToken.None);
                Assert.NotNull(command);
            }

            for (var i = 0; i < 5; i++)
            {
                await world.Engine.DrainAsync(CancellationToken.None);
                world.Clock.MoveTo(world.Clock.Now() + TimeSpan.FromSeconds(61));
            }

            Assert.InRange(world.Homes.Count(home => !home.IsOn), 1, 10);
            var store = world.Engine.Guard.Store;
            Assert.DoesNotContain(
                await store.AlarmsAsync(true, 9, CancellationToken.None), alarm => alarm.Line == GuardLine.HardCap);
        });
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_in_quarantine_needs_two_persons_and_none_who_asked_for_it()
    {
        await using var store = await Storage.Stores.OpenAsync("sqlite::memory:", Stopping);
        var desk = new GuardDesk(store.Guard, new StepClock(World.Start));
        Assert.Equal(GuardStatus.NothingQuarantined, (await AskAsync(desk, Ann)).Status);
        Assert.Equal(GuardStatus.ReleaseUnknown, (await desk.DecideAsync(1, true, Bob, "yes", Stopping)).Status);
        Assert.Equal(GuardStatus.AlarmUnknown, await desk.SeenAsync(1, Ann, Stopping));
        await QuarantineAsync(store, 1, PersonId.System, CommandOrigin.Policy);
        await QuarantineAsync(store, 2, Eve, CommandOrigin.Manual);

        var all = (await AskAsync(desk, Ann)).Release!;
        Assert.Equal(2, all.Cuts);
        PersonId[] wrong = [Ann, new("ANN "), Eve, PersonId.System, new("")];
        foreach (var person in wrong)
        {
            Assert.Equal(GuardStatus.SamePerson, (await desk.DecideAsync(all.Id, true, person, "y", Stopping)).Status);
        }

        Assert.Equal(2, await store.Guard.QuarantinedCountAsync(Stopping));
        Assert.Equal(2, (await desk.DecideAsync(all.Id, true, Bob, "yes", Stopping)).Release!.Moved);
        Assert.Equal(GuardStatus.ReleaseClosed, (await desk.DecideAsync(all.Id, true, Bob, "yes", Stopping)).Status);

        // Neither may Eve ask for her own and let another say yes; deleting them she may ask for.
        await QuarantineAsync(store, 3, Eve, CommandOrigin.Manual);
        var own = (await AskAsync(desk, Eve)).Release!;
        Assert.Equal(GuardStatus.SamePerson, (await desk.DecideAsync(own.Id, true, Bob, "yes", Stopping)).Status);
        Assert.Equal(GuardStatus.Done, (await desk.DecideAsync(own.Id, false, Bob, "no", Stopping)).Status);
        var gone = (await AskAsync(desk, Eve, GuardAction.Delete)).Release!;
        Assert.Equal(1, (await desk.DecideAsync(gone.Id, true, Bob, "yes", Stopping)).Release!.Moved);
    }

    [Fact(Timeout = 10_000)]
    public void Every_refusal_has_its_row()
    {
        var kinds = Enum.GetValues<GuardStatus>().Except([GuardStatus.Done]).Select(GuardProblems.KindOf).ToList();
        Assert.Equal(kinds.Count, kinds.Select(kind => kind.Tag).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => GuardProblems.KindOf(GuardStatus.Done));
    }

    private static Task<(GuardStatus Status, GuardRelease? Release)> AskAsync(
        GuardDesk desk, PersonId by, GuardAction action = GuardAction.Release) =>
        desk.AskAsync(new(action, null, null, by, default, "looked at"), Stopping);

    private static async Task QuarantineAsync(IStore store, int account, PersonId by, CommandOrigin origin)
    {
        var at = World.Start;
        var added = await store.Control.AddCommandsAsync(
            [
                new(
                    default, new(account), new(account), new(account), TerminalAddress.Of(1, 1), CommandKind.Trip,
                    CommandState.Quarantined, origin, by, at, at, Instant.Never, 0, 0, 0, null, "a test"),
            ],
            Stopping);
        Assert.Single(added);
    }
}

using Meters.Control.Commands;
using Meters.Ingest.Gdw3761;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

/// <summary>The store did or did not do it, and its answer never came.</summary>
public class LostAnswerTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_command_taken_by_a_dispatch_whose_answer_was_lost_is_sent_after_all()
    {
        await using var service = await SmallService.StartAsync();
        await service.ConnectAsync();
        var (command, _) = await service.Engine.CommandAsync(
            SmallService.Account, CommandKind.Close, SmallService.Tester, "test", Stopping);
        Assert.NotNull(command);
        service.Hooks.Break("IControlStore.DispatchAsync", Moment.After);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => service.Engine.DrainAsync(Stopping));
        await service.Engine.DrainAsync(Stopping);
        service.Clock.MoveTo(SmallService.Start + TimeSpan.FromMinutes(1));
        await service.Engine.DrainAsync(Stopping);
        Assert.Equal(2, (await service.ActiveAsync(CommandKind.Close))?.Attempts);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(Moment.Before)]
    [InlineData(Moment.After)]
    public async Task A_command_whose_end_could_not_be_kept_twice_is_sent_again(Moment moment)
    {
        await using var service = await SmallService.StartAsync();
        await service.ConnectAsync();
        await service.Engine.CommandAsync(
            SmallService.Account, CommandKind.Close, SmallService.Tester, "test", Stopping);
        service.Hooks.Break("IControlStore.MoveCommandAsync", moment);
        service.Hooks.Break("IControlStore.MoveCommandAsync", moment);
        for (var tries = 0; tries < 3; tries++)
        {
            try
            {
                await service.Engine.DrainAsync(Stopping); // Its answer never comes: that is what cannot be kept.
            }
            catch (StoreUnavailableException)
            {
                // The control loop tries again.
            }
        }

        service.Clock.MoveTo(SmallService.Start + TimeSpan.FromMinutes(1));
        await service.Engine.DrainAsync(Stopping);
        Assert.Equal(2, (await service.ActiveAsync(CommandKind.Close))?.Attempts);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(5)] // No such point: the frame is quarantined.
    [InlineData(1)]
    public async Task A_frame_whose_commit_got_no_answer_is_confirmed_after_all(int point)
    {
        await using var service = await SmallService.StartAsync();
        await service.ConnectAsync();
        service.Hooks.Break("IShardStore.CommitAsync", Moment.After);
        await service.PushAsync(point, SmallService.Start, new(1_000), sequence: 2);
        await service.HeardAsync(Afn.Confirm, 2);
        Assert.Empty(service.Failures);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_frame_with_a_late_reading_survives_a_fault_between_its_two_commits()
    {
        await using var service = await SmallService.StartAsync();
        await service.ConnectAsync();
        service.Clock.MoveTo(SmallService.Start + TimeSpan.FromHours(3));
        await service.PushAsync(1, SmallService.Start, new(1_000), sequence: 2);
        await service.HeardAsync(Afn.Confirm, 2);
        await service.PushAsync(1, SmallService.Start + TimeSpan.FromHours(2), new(3_000), sequence: 3);
        await service.HeardAsync(Afn.Confirm, 3);
        service.Hooks.Break("IShardStore.CommitAsync", Moment.After);
        await service.PushAsync(1, SmallService.Start + TimeSpan.FromHours(1), new(2_000), sequence: 4);
        await service.HeardAsync(Afn.Confirm, 4);
        Assert.Empty(service.Failures);
    }
}

using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Host.Sms;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Engine;

public class StalledGatewayTests
{
    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_reconnect_does_not_wait_for_an_sms_gateway_that_hangs()
    {
        var gateway = new HangingGateway();
        await using var service = await SmallService.StartAsync(gateway);
        await service.ConnectAsync();
        var image = (await service.Inner.Control.FindCaseAsync(SmallService.Account, Stopping))!;
        var notice = new Notice(
            default, SmallService.Account, NoticeKind.Remind, "+8613800000001", "en", "Pay.", NoticeState.Queued,
            SmallService.Start, SmallService.Start, 0, null, null);
        var decision = new CaseDecision(image.Case.Revision, image.Case, [], [], [notice], null);
        Assert.Equal(1, await service.Inner.Control.CommitAsync([decision], Stopping));
        service.Engine.RunControl();
        await gateway.Reached;
        await service.Engine.CommandAsync(
            SmallService.Account, CommandKind.Close, SmallService.Tester, "test", Stopping);
        await service.HeardAsync(Ingest.Gdw3761.Afn.Forward);
    }

    private sealed class HangingGateway : ISmsChannel
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public async Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping)
        {
            _reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            return new SmsResult.TryLater("never");
        }
    }
}

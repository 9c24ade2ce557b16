using Meters.Control.Notices;
using Meters.Storage.Contract;

namespace Meters.Storage.Tests.Contract;

public abstract partial class StoreContract
{
    private async Task<Notice> QueuedNoticeAsync()
    {
        await TownAsync();
        var found = (await CaseAsync(1)).Case;
        var notice = Sample.Notice(1, Sample.T0) with { Template = "warn/zh/3" };
        await Store.Control.CommitAsync([Sample.Decide(found) with { Notices = [notice] }], Stopping);
        return Assert.Single(await Store.Control.ReadyNoticesAsync(Sample.T0, 9, Stopping));
    }

    [Fact(Timeout = Patience)]
    public async Task A_notice_goes_from_channel_to_channel_and_every_attempt_is_kept()
    {
        var notice = await QueuedNoticeAsync();
        Assert.Equal(("warn/zh/3", NoticeChannel.Sms), (notice.Template, notice.Channel));
        NoticeMove Queued(int hour, string detail, AttemptOutcome? outcome = null) => new(
            notice.Id, NoticeState.Queued, NoticeState.Queued, Sample.Hour(hour), Sample.Hour(hour + 1), detail,
            outcome is not null)
        { Attempt = outcome };
        Assert.True(await Store.Control.MoveNoticeAsync(
            Queued(1, "quiet") with { AllowedAt = Sample.Hour(2) }, Stopping));
        Assert.True(await Store.Control.MoveNoticeAsync(Queued(2, "busy", AttemptOutcome.TryLater), Stopping));
        Assert.Equal(1, (await FoundAsync()).ChannelAttempts);
        Assert.True(await Store.Control.MoveNoticeAsync(
            Queued(3, "拒绝", AttemptOutcome.Refused) with { Channel = NoticeChannel.Email }, Stopping));
        var moved = await FoundAsync();
        Assert.Equal((NoticeChannel.Email, 2, 0), (moved.Channel, moved.Attempts, moved.ChannelAttempts));
        Assert.Equal((Sample.Hour(2), Sample.Hour(4)), (moved.AllowedAt, moved.DueAt));
        Assert.True(await Store.Control.MoveNoticeAsync(
            Queued(4, "250 ok", AttemptOutcome.Delivered) with { To = NoticeState.Delivered }, Stopping));
        Assert.False(await Store.Control.MoveNoticeAsync(Queued(5, "late", AttemptOutcome.TryLater), Stopping));
        if (CanReopen) await ReopenAsync();

        var done = await FoundAsync();
        Assert.Equal((NoticeState.Delivered, "250 ok"), (done.State, done.Detail));
        Assert.Equal((3, 1), (done.Attempts, done.ChannelAttempts));
        Assert.Equal(
            [
                new(notice.Id, 1, NoticeChannel.Sms, AttemptOutcome.TryLater, Sample.Hour(2), "busy"),
                new(notice.Id, 2, NoticeChannel.Sms, AttemptOutcome.Refused, Sample.Hour(3), "拒绝"),
                new(notice.Id, 3, NoticeChannel.Email, AttemptOutcome.Delivered, Sample.Hour(4), "250 ok"),
            ],
            await Store.Notices.AttemptsAsync([notice.Id, new(99)], Stopping));
        Assert.Null(await Store.Notices.FindAsync(new(99), Stopping));
        Assert.Empty(await Store.Notices.AttemptsAsync([], Stopping));

        async Task<Notice> FoundAsync() => (await Store.Notices.FindAsync(notice.Id, Stopping))!;
    }

    [Fact(Timeout = Patience)]
    public async Task An_inbound_message_is_answered_once_and_the_same_again()
    {
        InboundMessage Of(string id, int hour, string reply = "余额 12.50 CNY") =>
            new(id, "+8613800000001", Sample.Hour(hour), "balance", reply);
        Assert.Null(await Store.Notices.FindInboundAsync("a-1", Stopping));
        Assert.Equal(Of("a-1", 1), await Store.Notices.KeepInboundAsync(Of("a-1", 1), Sample.T0, Stopping));
        Assert.Equal(
            Of("a-1", 1), await Store.Notices.KeepInboundAsync(Of("a-1", 2, "other"), Sample.T0, Stopping));
        Assert.Equal(Of("a-1", 1), await Store.Notices.FindInboundAsync("a-1", Stopping));
        await Store.Notices.KeepInboundAsync(Of("a-2", 3), Sample.T0, Stopping);
        await Store.Notices.KeepInboundAsync(Of("b-1", 3) with { Phone = "+1" }, Sample.T0, Stopping);
        Assert.Equal(2, await Store.Notices.CountInboundAsync("+8613800000001", Sample.Hour(1), Stopping));
        Assert.Equal(1, await Store.Notices.CountInboundAsync("+8613800000001", Sample.Hour(2), Stopping));

        await Store.Notices.KeepInboundAsync(Of("a-3", 9), keepFrom: Sample.Hour(3), Stopping);
        Assert.Null(await Store.Notices.FindInboundAsync("a-1", Stopping));
        Assert.NotNull(await Store.Notices.FindInboundAsync("a-2", Stopping));
    }
}

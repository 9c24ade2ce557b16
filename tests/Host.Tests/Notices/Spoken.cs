using Meters.Control.Notices;
using Meters.Host.Api;
using Meters.Host.Engine;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Host.Tests.Engine;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Notices;

/// <summary>A channel whose answers a test decides.</summary>
internal sealed class ScriptedChannel(NoticeChannel kind) : INoticeChannel, ISmsChannel
{
    public Func<string, SmsResult> Answer { get; set; } = _ => new SmsResult.Delivered();

    /// <summary>Texts that were handed over, in order.</summary>
    public List<string> Texts { get; } = [];

    public bool IsSetUp { get; set; } = true;

    public NoticeChannel Kind => kind;

    public bool Disturbs => kind is NoticeChannel.Sms or NoticeChannel.TerminalText;

    public bool Reaches(AccountId account, string phone) => IsSetUp;

    public Task<SmsResult> SendAsync(Notice notice, CancellationToken stopping) => Take(notice.Text);

    public Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping) => Take(message.Text);

    private Task<SmsResult> Take(string text)
    {
        Texts.Add(text);
        return Task.FromResult(Answer(text));
    }
}

/// <summary>An engine with one account whose SMS gateway and e-mail are scripted.</summary>
internal sealed class Spoken(SmallService service, ScriptedChannel sms, ScriptedChannel email) : IAsyncDisposable
{
    public SmallService Service => service;

    public MetersEngine Engine => service.Engine;

    public ScriptedChannel Sms => sms;

    public ScriptedChannel Email => email;

    public Instant Now => new(service.Clock.GetUtcNow().ToUnixTimeMilliseconds() * 1_000);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public static async Task<Spoken> StartAsync(NoticeOptions? options = null, string connection = "sqlite::memory:")
    {
        var (sms, email) = (new ScriptedChannel(NoticeChannel.Sms), new ScriptedChannel(NoticeChannel.Email));
        var service = await SmallService.StartAsync(sms, connection, setup => setup with
        {
            Notices = options ?? new(),
            OtherChannels = _ => [email],
        });
        return new(service, sms, email);
    }

    /// <summary>A message as the ladder makes it.</summary>
    public async Task<NoticeId> QueueAsync(NoticeKind kind = NoticeKind.Warn, string phone = "+8613800000001")
    {
        var image = (await service.Inner.Control.FindCaseAsync(SmallService.Account, Stopping))!;
        var notice = new Notice(
            default, SmallService.Account, kind, phone, "en", $"Pay {kind}.", NoticeState.Queued, Now, Now, 0, null,
            null)
        { Template = "warn/en/1" };
        Assert.Equal(1, await service.Inner.Control.CommitAsync(
            [new(image.Case.Revision, image.Case, [], [], [notice], null)], Stopping));
        return (await service.Inner.Queries.NoticesAsync(SmallService.Account, 1, Stopping))[0].Id;
    }

    public Task<int> PumpAsync() => Engine.Notices.PumpAsync(Stopping);

    public Task<bool> ReportAsync(NoticeId notice, bool delivered, bool wrong = false) =>
        Engine.Notices.OnDeliveryAsync(notice, new(delivered, wrong, delivered ? "report 1" : "report 2"), Stopping);

    public async Task<Notice> FindAsync(NoticeId notice) =>
        (await service.Inner.Notices.FindAsync(notice, Stopping))!;

    /// <summary>"sms refused, email delivered".</summary>
    public async Task<string> TriedAsync(NoticeId notice) => string.Join(", ",
        (await service.Inner.Notices.AttemptsAsync([notice], Stopping))
        .Select(one => $"{Tags.Of(one.Channel)} {Tags.Of(one.Outcome)}"));

    public void Move(TimeSpan by) => service.Clock.MoveTo(Now + by);

    public ValueTask DisposeAsync() => service.DisposeAsync();
}

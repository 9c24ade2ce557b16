using Meters.Control.Notices;
using Meters.Host.Engine;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Host.Tests.Engine;

namespace Meters.Host.Tests.Notices;

public class NoticeWorkerTests
{
    private static readonly SmsResult Taken = new SmsResult.Accepted("0: Accepted for delivery");
    private static readonly SmsResult Busy = new SmsResult.TryLater("busy");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_warning_waits_for_the_end_of_the_quiet_hours_and_good_news_does_not()
    {
        // The clock stands at midnight.
        await using var spoken = await Spoken.StartAsync(new() { QuietFrom = "21:30", QuietTo = "07:30" });
        var warning = await spoken.QueueAsync();
        var news = await spoken.QueueAsync(NoticeKind.Reconnected);
        await spoken.PumpAsync();

        Assert.Equal(["Pay Reconnected."], spoken.Sms.Texts);
        Assert.Equal(NoticeState.Delivered, (await spoken.FindAsync(news)).State);
        var held = await spoken.FindAsync(warning);
        var morning = SmallService.Start + TimeSpan.FromHours(7.5);
        Assert.Equal((NoticeState.Queued, morning, 0), (held.State, held.DueAt, held.Attempts));
        Assert.Equal(morning, held.AwaitedFrom);

        spoken.Move(TimeSpan.FromHours(7.5) - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await spoken.PumpAsync());
        spoken.Move(TimeSpan.FromSeconds(1));
        await spoken.PumpAsync();
        Assert.Equal(2, spoken.Sms.Texts.Count);
        Assert.Equal(morning, (await spoken.FindAsync(warning)).AwaitedFrom);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_makes_no_noise_goes_in_quiet_hours()
    {
        await using var spoken = await Spoken.StartAsync(
            new() { QuietFrom = "21:30", QuietTo = "07:30", Channels = "email,sms" });
        var notice = await spoken.QueueAsync();
        await spoken.PumpAsync();
        Assert.Equal("email delivered", await spoken.TriedAsync(notice));
        Assert.Empty(spoken.Sms.Texts);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_busy_gateway_is_asked_again_after_growing_waits_and_then_the_next_channel()
    {
        await using var spoken = await Spoken.StartAsync();
        spoken.Sms.Answer = _ => Busy;
        var notice = await spoken.QueueAsync();
        var waits = new List<double>();
        for (var i = 0; i < NoticeWorker.AttemptsMax; i++)
        {
            await spoken.PumpAsync();
            var due = (await spoken.FindAsync(notice)).DueAt;
            if (due >= Instant.Never) break;
            waits.Add((due - spoken.Now).TotalMinutes);
            spoken.Move(due - spoken.Now);
        }

        Assert.Equal([1, 2, 4, 8], waits);
        var done = await spoken.FindAsync(notice);
        Assert.Equal((NoticeState.Delivered, NoticeChannel.Email, 6), (done.State, done.Channel, done.Attempts));
        Assert.Equal(
            "sms try_later, sms try_later, sms try_later, sms try_later, sms try_later, email delivered",
            await spoken.TriedAsync(notice));
        Assert.False(spoken.Engine.Health.Sms);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_last_channel_that_fails_ends_it()
    {
        await using var spoken = await Spoken.StartAsync();
        spoken.Sms.Answer = _ => new SmsResult.Rejected("403 Not routable");
        spoken.Email.Answer = _ => new SmsResult.Rejected("550 no such user");
        var notice = await spoken.QueueAsync();
        await spoken.PumpAsync();
        var done = await spoken.FindAsync(notice);
        Assert.Equal((NoticeState.Failed, "550 no such user"), (done.State, done.Detail));
        Assert.Equal("sms refused, email refused", await spoken.TriedAsync(notice));
        Assert.NotNull(done.DoneAt);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_any_address_it_fails_and_says_why()
    {
        await using var spoken = await Spoken.StartAsync();
        spoken.Email.IsSetUp = false;
        var notice = await spoken.QueueAsync(phone: "");
        await spoken.PumpAsync();
        var done = await spoken.FindAsync(notice);
        Assert.Equal((NoticeState.Failed, 0), (done.State, done.Attempts));
        Assert.Equal("The account has no phone number.", done.Detail);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_report_that_never_comes_sends_it_another_way_and_a_late_good_one_still_counts()
    {
        await using var spoken = await Spoken.StartAsync(new() { ReportHoursMax = 6 });
        (spoken.Sms.Answer, spoken.Email.Answer) = (_ => Taken, _ => Busy);
        var notice = await spoken.QueueAsync();
        await spoken.PumpAsync();
        Assert.Equal(spoken.Now + TimeSpan.FromHours(6), (await spoken.FindAsync(notice)).DueAt);
        spoken.Move(TimeSpan.FromHours(6));
        await spoken.PumpAsync();
        Assert.Equal("sms sent, sms unheard, email try_later", await spoken.TriedAsync(notice));

        Assert.False(await spoken.ReportAsync(notice, delivered: false)); // It is on its way elsewhere.
        Assert.True(await spoken.ReportAsync(notice, delivered: true));
        var done = await spoken.FindAsync(notice);
        Assert.Equal((NoticeState.Delivered, NoticeChannel.Sms), (done.State, done.Channel));
        Assert.False(await spoken.ReportAsync(notice, delivered: true));
        Assert.False(await spoken.ReportAsync(new(999), delivered: true));
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_another_channel_a_sent_message_waits_and_never_wakes_anybody()
    {
        await using var spoken = await Spoken.StartAsync();
        spoken.Email.IsSetUp = false;
        spoken.Sms.Answer = _ => Taken;
        var notice = await spoken.QueueAsync();
        await spoken.PumpAsync();
        var sent = await spoken.FindAsync(notice);
        Assert.Equal((NoticeState.Sent, Instant.Never), (sent.State, sent.DueAt));
        Assert.True(await spoken.ReportAsync(notice, delivered: false));
        Assert.Equal(NoticeState.Failed, (await spoken.FindAsync(notice)).State);
        Assert.Equal("sms sent, sms refused", await spoken.TriedAsync(notice));
    }

    [Fact(Timeout = 60_000)]
    public async Task Permanent_failures_mark_the_number_and_no_further_message_goes_there_until_it_changes()
    {
        await using var spoken = await Spoken.StartAsync();
        spoken.Sms.Answer = _ => Taken;
        for (var i = 0; i < 2; i++)
        {
            var notice = await spoken.QueueAsync();
            await spoken.PumpAsync();
            Assert.False(spoken.Engine.Standings.IsWrong(SmallService.Account, "+8613800000001"));
            Assert.True(await spoken.ReportAsync(notice, delivered: false, wrong: true));
        }

        Assert.True(spoken.Engine.Standings.IsWrong(SmallService.Account, "+8613800000001"));
        Assert.Single(await spoken.Service.Inner.Standings.WrongNumbersAsync(9, Stopping));
        var facts = (await spoken.Engine.Cases.FactsAsync(SmallService.Account, Stopping))!;
        Assert.Equal(spoken.Now, facts.Customer.PhoneWrongSince);
        Assert.True(facts.Customer.ReachableOtherwise);

        var sent = spoken.Sms.Texts.Count;
        var other = await spoken.QueueAsync();
        await spoken.PumpAsync();
        Assert.Equal(sent, spoken.Sms.Texts.Count);
        Assert.Equal("email delivered", await spoken.TriedAsync(other));

        await spoken.Engine.Standings.SetContactAsync(
            SmallService.Account, "+8613900000009", null, SmallService.Tester, "The customer called.", Stopping);
        facts = (await spoken.Engine.Cases.FactsAsync(SmallService.Account, Stopping))!;
        Assert.Equal(("+8613900000009", null), (facts.Customer.Phone, facts.Customer.PhoneWrongSince));
        Assert.Empty(await spoken.Service.Inner.Standings.WrongNumbersAsync(9, Stopping));
        var good = await spoken.QueueAsync(phone: "+8613900000009");
        await spoken.PumpAsync();
        Assert.Equal("sms sent", await spoken.TriedAsync(good));
    }

    [Theory]
    [InlineData("2", true)]
    [InlineData("16", true)]
    [InlineData("34", false)] // Expired: the phone was off.
    [InlineData("66", false)] // The centre does not know.
    [InlineData("1", false)]
    [InlineData("x", false)]
    [InlineData(null, false)]
    public void Only_a_failure_for_good_speaks_against_the_number(string? status, bool permanent) =>
        Assert.Equal(permanent, DeliveryEndpoints.IsPermanent(status));

    [Theory]
    [InlineData("", "", "", "sms", "cut_done", "", "", true)]
    [InlineData("22:00", "08:00", "Europe/Berlin", "sms,email", "", "", "", true)]
    [InlineData("22:00", "", "", "sms", "", "", "", false)]
    [InlineData("24:00", "08:00", "", "sms", "", "", "", false)]
    [InlineData("22:00", "08:00", "Mars/Base", "sms", "", "", "", false)]
    [InlineData("", "", "", "", "", "", "", false)]
    [InlineData("", "", "", "sms,sms", "", "", "", false)]
    [InlineData("", "", "", "pigeon", "", "", "", false)]
    [InlineData("", "", "", "sms", "shout", "", "", false)]
    [InlineData("", "", "", "sms", "", "http://example.org/x", "a secret of sixteen", false)]
    [InlineData("", "", "", "sms", "", "https://example.org/x", "short", false)]
    [InlineData("", "", "", "sms", "", "https://u:p@example.org/x", "a secret of sixteen", false)]
    [InlineData("", "", "", "sms", "", "https://example.org/x", "a secret of sixteen", true)]
    public void Settings_that_do_not_fit_together_are_told(
        string from, string to, string zone, string channels, string anyHour, string hook, string secret, bool good)
    {
        var options = new NoticeOptions
        {
            QuietFrom = from,
            QuietTo = to,
            QuietZone = zone,
            Channels = channels,
            AnyHour = anyHour,
            WebhookUrl = hook,
            WebhookSecret = secret,
        };
        Assert.Equal(good, !options.Validate(new(options)).Any());
    }

    [Fact]
    public void E_mail_settings_are_checked()
    {
        Assert.NotEmpty(new NoticeOptions { SmtpHost = "mail" }.Validate(new("x")));
        Assert.Empty(new NoticeOptions { SmtpHost = "mail", SmtpFrom = "a@b.example" }.Validate(new("x")));
        Assert.NotEmpty(new NoticeOptions
        {
            SmtpHost = "mail",
            SmtpFrom = "a@b.example",
            SmtpUser = "u",
            SmtpSecurity = "none",
        }.Validate(new("x")));
        Assert.NotEmpty(new NoticeOptions { InboundToken = "short" }.Validate(new("x")));
    }
}

using System.Net;
using System.Threading.Channels;
using Meters.Host.Sms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Tests.Sms;

/// <summary>Against a real gateway where there is one, and a small HTTP server that plays its odd answers.</summary>
public sealed class KannelTests
{
    private const string Password = "very-secret";
    private static readonly DeliveryTokens Tokens = DeliveryTokens.Of("a secret of the tests");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task A_real_gateway_takes_a_message_and_reports_its_delivery()
    {
        var gateway = new Uri(Needs.Kannel());
        var user = gateway.UserInfo.Split(':');
        await using var service = await Listener.StartAsync();
        using var channel = new KannelChannel(
            new(gateway, user[0], user[1], "Meters", service.Address, TimeSpan.FromSeconds(10)),
            Tokens, TimeProvider.System, NullLogger<KannelChannel>.Instance);

        var english = await channel.SendAsync(new(new(41), "+8613800000001", "en",
            "Balance 12.50 CNY: top up & stay on @ 100%."), Stopping);
        var chinese = await channel.SendAsync(new(new(42), "+8613800000001", "zh", "余额不足，请充值。"), Stopping);

        Assert.Equal(new SmsResult.Accepted("0: Accepted for delivery"), english);
        Assert.Equal(new SmsResult.Accepted("0: Accepted for delivery"), chinese);
        (NoticeId Notice, bool Delivered, string Detail)[] reports =
            [await service.Reports.ReadAsync(Stopping), await service.Reports.ReadAsync(Stopping)];
        Assert.Equal([41L, 42L], reports.Select(report => report.Notice.Value).Order());
        Assert.All(reports, report => Assert.True(report.Delivered));
        Assert.All(reports, report => Assert.StartsWith("report 1", report.Detail, StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_real_gateway_that_refuses_the_password_does_not_lose_the_message()
    {
        var gateway = new Uri(Needs.Kannel());
        using var channel = new KannelChannel(
            new(gateway, "meters", "wrong", "", new("http://127.0.0.1:1"), TimeSpan.FromSeconds(10)),
            Tokens, TimeProvider.System, NullLogger<KannelChannel>.Instance);

        var result = await channel.SendAsync(new(new(1), "+8613800000001", "en", "x"), Stopping);

        Assert.Equal(new SmsResult.TryLater("403 Authorization failed for sendsms"), result);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_request_carries_what_the_gateway_asks_for_and_nothing_is_lost_on_the_way()
    {
        await using var gateway = await Listener.StartAsync(answer: _ => (202, "3: Queued for later delivery"));
        using var channel = ChannelTo(gateway);

        var result = await channel.SendAsync(new(new(7), "0086 138-0000-0001", "zh", "余额&100%+?#"), Stopping);

        Assert.Equal(new SmsResult.Accepted("3: Queued for later delivery"), result);
        var query = gateway.LastQuery!;
        Assert.Equal("+8613800000001", query["to"]);
        Assert.Equal("余额&100%+?#", query["text"]);
        Assert.Equal("UTF-8 2 19", $"{query["charset"]} {query["coding"]} {query["dlr-mask"]}");
        Assert.Equal($"meters {Password} Meters", $"{query["username"]} {query["password"]} {query["from"]}");
        Assert.Equal($"http://meters.example/sub/sms/delivery/7?status=%d&reply=%A&token={Tokens.Of(new NoticeId(7))}",
            query["dlr-url"]);
    }

    [Theory]
    [InlineData(202, "0: Accepted for delivery", "accepted")]
    [InlineData(202, "3: Queued for later delivery\r\n", "accepted")]
    [InlineData(200, "Sent.", "accepted")]
    [InlineData(200, "<html>Sign in to the hotel</html>", "later")]
    [InlineData(202, "", "later")]
    [InlineData(204, "", "later")]
    [InlineData(302, "0: Accepted for delivery", "later")]
    [InlineData(400, "Empty receiver number not allowed, rejected", "rejected")]
    [InlineData(403, "Not routable. Do not try again.", "rejected")]
    [InlineData(403, "Authorization failed for sendsms", "later")]
    [InlineData(401, "", "later")]
    [InlineData(404, "Unknown request.", "later")]
    [InlineData(414, "", "rejected")]
    [InlineData(429, "", "later")]
    [InlineData(500, "0: Accepted for delivery", "later")]
    [InlineData(503, "Temporal failure, try again later.", "later")]
    public void Every_answer_has_a_typed_result(int status, string body, string expected)
    {
        var result = KannelChannel.ResultOf((HttpStatusCode)status, body);

        Assert.Equal(expected, result switch
        {
            SmsResult.Accepted => "accepted",
            SmsResult.Rejected => "rejected",
            SmsResult.TryLater => "later",
            _ => "other",
        });
    }

    [Fact(Timeout = 30_000)]
    public async Task A_redirect_is_not_followed_with_the_password()
    {
        await using var thief = await Listener.StartAsync(answer: _ => (202, "0: Accepted for delivery"));
        await using var gateway = await Listener.StartAsync(answer: context =>
        {
            context.Response.Headers.Location = thief.Address + "cgi-bin/sendsms" + context.Request.QueryString;
            return (302, "");
        });
        using var channel = ChannelTo(gateway);

        Assert.IsType<SmsResult.TryLater>(await channel.SendAsync(new(new(1), "13800000001", "en", "x"), Stopping));
        Assert.Null(thief.LastQuery);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("", "x")]
    [InlineData("12ab34", "x")]
    [InlineData("13800000001", "")]
    [InlineData("13800000001", "  ")]
    [InlineData("13800000001", null)]
    public async Task What_can_never_be_sent_is_rejected_before_the_gateway(string phone, string? text)
    {
        await using var gateway = await Listener.StartAsync(answer: _ => (202, "0: Accepted for delivery"));
        using var channel = ChannelTo(gateway);

        var result = await channel.SendAsync(new(new(1), phone, "en", text ?? new string('余', 671)), Stopping);

        Assert.IsType<SmsResult.Rejected>(result);
        Assert.Null(gateway.LastQuery);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_gateway_that_is_silent_away_or_talks_without_end_is_tried_later_and_no_secret_is_told()
    {
        var log = new ListLogger();
        await using var silent = await Listener.StartAsync(hangs: true);
        await using var endless = await Listener.StartAsync(answer: _ => (202, "0: " + new string('x', 100_000)));
        string[] details =
        [
            await LaterAsync(silent.Address, log, TimeSpan.FromMilliseconds(300)),
            await LaterAsync(endless.Address, log, TimeSpan.FromSeconds(10)),
            await LaterAsync(new("http://127.0.0.1:1/"), log, TimeSpan.FromSeconds(10)),
        ];

        Assert.Equal("no answer within 300 ms", details[0]);
        Assert.Equal(3, log.Lines.Count);
        Assert.DoesNotContain(details.Concat(log.Lines), line =>
            line.Contains(Password, StringComparison.Ordinal) || line.Contains("confidential", StringComparison.Ordinal)
            || line.Contains(Tokens.Of(new NoticeId(1)), StringComparison.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stop_is_a_cancellation_and_not_a_result()
    {
        await using var silent = await Listener.StartAsync(hangs: true);
        using var channel = ChannelTo(silent);
        using var stop = new CancellationTokenSource();
        var sending = channel.SendAsync(new(new(1), "13800000001", "en", "x"), stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("1", true, 200, true)]
    [InlineData("2", true, 200, false)]
    [InlineData("16", true, 200, false)]
    [InlineData("34", true, 200, false)]
    [InlineData("66", true, 200, false)]
    [InlineData("8", true, 200, null)]
    [InlineData("4", true, 200, null)]
    [InlineData("1", false, 403, null)]
    [InlineData("3", true, 400, null)]
    [InlineData("0", true, 400, null)]
    [InlineData("%d", true, 400, null)]
    [InlineData("", true, 400, null)]
    [InlineData("-1", true, 400, null)]
    public async Task A_report_counts_with_its_token_and_when_it_is_final(string status, bool goodToken, int expected,
        bool? delivered)
    {
        await using var service = await Listener.StartAsync();
        var token = goodToken ? Tokens.Of(new NoticeId(5)) : Tokens.Of(new NoticeId(6));
        using var http = new HttpClient();

        using var response = await http.GetAsync(
            new Uri(service.Address,
                $"sms/delivery/5?status={Uri.EscapeDataString(status)}&reply=ACK%2F&token={token}"), Stopping);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal(delivered is { } known ? (new NoticeId(5), known, $"report {status} ACK/") : null,
            service.Reports.TryRead(out var report) ? report : ((NoticeId, bool, string)?)null);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_report_without_token_or_with_a_bad_notice_is_refused()
    {
        await using var service = await Listener.StartAsync();
        using var http = new HttpClient();

        Assert.Equal(HttpStatusCode.Forbidden, (await http.GetAsync(
            new Uri(service.Address, "sms/delivery/5?status=1"), Stopping)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(service.Address, "sms/delivery/x?status=1"),
            Stopping)).StatusCode);
        Assert.False(service.Reports.TryRead(out _));
    }

    [Fact]
    public void A_token_is_good_for_its_own_notice_and_secret_only()
    {
        var token = Tokens.Of(new NoticeId(1));

        Assert.True(Tokens.Matches(new(1), token));
        Assert.False(Tokens.Matches(new(2), token));
        Assert.False(Tokens.Matches(new(1), token + "A"));
        Assert.False(Tokens.Matches(new(1), null));
        Assert.False(DeliveryTokens.Of("another secret here").Matches(new(1), token));
        Assert.DoesNotContain('%', token);
        Assert.Throws<ArgumentOutOfRangeException>(() => DeliveryTokens.Of("short"));
    }

    private static KannelChannel ChannelTo(Listener gateway) => new(
        new(new(gateway.Address, "cgi-bin/sendsms"), "meters", Password, "Meters", new("http://meters.example/sub/"),
            TimeSpan.FromSeconds(10)),
        Tokens, TimeProvider.System, NullLogger<KannelChannel>.Instance);

    private static async Task<string> LaterAsync(Uri address, ILogger<KannelChannel> log, TimeSpan timeout)
    {
        using var channel = new KannelChannel(
            new(new(address, "cgi-bin/sendsms"), "meters", Password, "", new("http://meters.example"), timeout),
                Tokens, TimeProvider.System, log);
        var result = await channel.SendAsync(new(new(1), "13800000001", "en", "confidential"), Stopping);
        return Assert.IsType<SmsResult.TryLater>(result).Detail;
    }

    /// <summary>Plays the gateway at /cgi-bin/sendsms, and is the service's own report address.</summary>
    private sealed class Listener(WebApplication app) : IAsyncDisposable
    {
        private readonly Channel<(NoticeId, bool, string)> _reports =
            Channel.CreateBounded<(NoticeId, bool, string)>(100);

        public Uri Address => new(app.Urls.Single() + "/");

        public ChannelReader<(NoticeId Notice, bool Delivered, string Detail)> Reports => _reports.Reader;

        public IQueryCollection? LastQuery { get; private set; }

        public static async Task<Listener> StartAsync(Func<HttpContext, (int, string)>? answer = null,
            bool hangs = false)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.Services.AddProblemDetails();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var listener = new Listener(app);
            app.MapSmsDelivery(Tokens, async (notice, report) =>
            {
                await listener._reports.Writer.WriteAsync((notice, report.Delivered, report.Detail));
                return true;
            });
            app.MapGet("/cgi-bin/sendsms", async (HttpContext context) =>
            {
                listener.LastQuery = context.Request.Query;
                if (hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                var (status, text) = answer?.Invoke(context) ?? (202, "0: Accepted for delivery");
                context.Response.StatusCode = status;
                if (status != 204) await context.Response.WriteAsync(text);
            });
            await app.StartAsync(Stopping);
            return listener;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    private sealed class ListLogger : ILogger<KannelChannel>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception) + exception);
    }
}

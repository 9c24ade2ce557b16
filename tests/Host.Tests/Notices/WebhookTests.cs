using System.Text.Json;
using Meters.Control.Notices;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Host.Tests.Notices;

public class WebhookTests
{
    private const string Secret = "a secret of the tests";

    private static readonly Notice Warning = new(
        new(41), new(1001), NoticeKind.Warn, "", "zh", "余额不足", NoticeState.Queued, Instant.Utc(2026, 3, 1),
        Instant.Utc(2026, 3, 1), 0, null, null)
    { Template = "warn/zh/1" };

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_message_is_posted_with_its_id_and_a_signature_that_can_be_checked()
    {
        await using var hook = await Hook.StartAsync(_ => 204);
        using var channel = ChannelTo(hook.Address);
        Assert.Equal(new SmsResult.Delivered(), await channel.SendAsync(Warning, Stopping));

        var (headers, body) = Assert.Single(hook.Requests);
        Assert.Equal("41", headers[WebhookChannel.IdHeader]);
        Assert.Equal("application/json; charset=utf-8", headers["Content-Type"]);
        var timestamp = headers[WebhookChannel.TimestampHeader];
        Assert.Equal("1772323200", timestamp);
        Assert.Equal(WebhookChannel.SignatureOf(Secret, timestamp, body), headers[WebhookChannel.SignatureHeader]);
        Assert.NotEqual(WebhookChannel.SignatureOf("other", timestamp, body), headers[WebhookChannel.SignatureHeader]);
        Assert.NotEqual(WebhookChannel.SignatureOf(Secret, "0", body), headers[WebhookChannel.SignatureHeader]);
        var json = JsonDocument.Parse(body).RootElement;
        Assert.Equal((41, 1001), (json.GetProperty("id").GetInt64(), json.GetProperty("account").GetInt64()));
        Assert.Equal("余额不足", json.GetProperty("text").GetString());
        Assert.Equal("warn", json.GetProperty("kind").GetString());
    }

    [Fact]
    public void The_signature_is_the_one_that_the_page_describes() =>
        // printf '1772323200.{}' | openssl dgst -sha256 -hmac secret
        Assert.Equal(
            "sha256=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(
                "secret"u8, "1772323200.{}"u8)),
            WebhookChannel.SignatureOf("secret", "1772323200", "{}"u8));

    [Theory(Timeout = 30_000)]
    [InlineData(200, "delivered")]
    [InlineData(202, "delivered")]
    [InlineData(302, "later")] // A redirect is not followed: it would carry the text elsewhere.
    [InlineData(400, "refused")]
    [InlineData(401, "later")]
    [InlineData(404, "later")]
    [InlineData(410, "refused")]
    [InlineData(422, "refused")]
    [InlineData(429, "later")]
    [InlineData(500, "later")]
    [InlineData(503, "later")]
    public async Task An_answer_means_what_its_status_says(int status, string expected)
    {
        await using var hook = await Hook.StartAsync(_ => status);
        using var channel = ChannelTo(hook.Address);
        Assert.Equal(expected, WordOf(await channel.SendAsync(Warning, Stopping)));
        Assert.Single(hook.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_address_that_is_away_or_hangs_is_tried_again_and_told_without_secrets()
    {
        using var nowhere = ChannelTo(new("http://127.0.0.1:1/x"));
        var away = Assert.IsType<SmsResult.TryLater>(await nowhere.SendAsync(Warning, Stopping));
        Assert.DoesNotContain(Secret, away.Detail, StringComparison.Ordinal);
        await using var silent = await Hook.StartAsync(_ => 200, hangs: true);
        using var slow = ChannelTo(silent.Address, TimeSpan.FromMilliseconds(200));
        var late = Assert.IsType<SmsResult.TryLater>(await slow.SendAsync(Warning, Stopping));
        Assert.Equal("no answer within 200 ms", late.Detail);
    }

    private static string WordOf(SmsResult result) => result switch
    {
        SmsResult.Delivered => "delivered",
        SmsResult.Rejected => "refused",
        _ => "later",
    };

    private static WebhookChannel ChannelTo(Uri address, TimeSpan? timeout = null) => new(
        new(address, Secret, timeout ?? TimeSpan.FromSeconds(10)),
        new FakeTimeProvider(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)),
        NullLogger<WebhookChannel>.Instance);

    private sealed class Hook(WebApplication app) : IAsyncDisposable
    {
        public Uri Address => new(app.Urls.Single() + "/hook");

        public List<(Dictionary<string, string> Headers, byte[] Body)> Requests { get; } = [];

        public static async Task<Hook> StartAsync(Func<HttpContext, int> answer, bool hangs = false)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var hook = new Hook(app);
            app.MapPost("/hook", async (HttpContext context) =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body, context.RequestAborted);
                hook.Requests.Add((
                    context.Request.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.ToString(),
                        StringComparer.OrdinalIgnoreCase),
                    body.ToArray()));
                if (hangs) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                context.Response.StatusCode = answer(context);
                if (context.Response.StatusCode == 302) context.Response.Headers.Location = "/hook";
            });
            await app.StartAsync(Stopping);
            return hook;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}

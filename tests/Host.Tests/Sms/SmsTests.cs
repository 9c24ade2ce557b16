using System.Text.Json;
using Meters.Control.Notices;
using Meters.Host.Sms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Host.Tests.Sms;

public sealed class SmsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("meters-sms-");
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    private string OutboxPath => Path.Combine(_folder.FullName, "outbox.jsonl");

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("+8613800000001", "+8613800000001")]
    [InlineData("+86 138-0000-0001", "+8613800000001")]
    [InlineData("0086 (138) 0000.0001", "+8613800000001")]
    [InlineData("13800000001", "13800000001")]
    [InlineData("0451 95598", "045195598")]
    [InlineData(" 95598 ", "95598")]
    public void A_phone_number_is_normalised(string text, string expected)
    {
        Assert.True(PhoneNumbers.TryNormalise(text, out var phone));
        Assert.Equal(expected, phone);
        Assert.True(PhoneNumbers.TryNormalise(phone, out var again));
        Assert.Equal(phone, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("+")]
    [InlineData("1234")]
    [InlineData("1234567890123456")]
    [InlineData("+0123456789")]
    [InlineData("13800000001x")]
    [InlineData("138+00000001")]
    [InlineData("++8613800000001")]
    [InlineData("１３８００００００００１")]
    [InlineData("13800000001,13800000002")]
    [InlineData("13800000001\r\nX-Header: 1")]
    public void What_is_no_phone_number_is_refused(string? text) =>
        Assert.False(PhoneNumbers.TryNormalise(text, out _));

    [Fact]
    public void A_number_in_a_log_shows_its_end_only() =>
        Assert.Equal("***********001", PhoneNumbers.Masked("+8613800000001"));

    [Theory]
    [InlineData(160, 'x', 1)]
    [InlineData(161, 'x', 2)]
    [InlineData(306, 'x', 2)]
    [InlineData(307, 'x', 3)]
    [InlineData(80, '€', 1)]
    [InlineData(81, '€', 2)]
    [InlineData(70, '余', 1)]
    [InlineData(71, '余', 2)]
    [InlineData(670, '余', 10)]
    [InlineData(671, '余', 11)]
    public void A_text_has_as_many_parts_as_its_alphabet_needs(int length, char letter, int parts) =>
        Assert.Equal(parts, GsmAlphabet.Parts(new string(letter, length)));

    [Fact]
    public void Chinese_and_backticks_do_not_fit_seven_bits()
    {
        Assert.True(GsmAlphabet.Fits("Your balance is 12.50 CNY (low)! @ £ é €"));
        Assert.False(GsmAlphabet.Fits("余额不足"));
        Assert.False(GsmAlphabet.Fits("`"));
    }

    [Fact(Timeout = 30_000)]
    public async Task The_outbox_keeps_a_line_for_each_message_over_restarts()
    {
        await using (var outbox = new FileOutbox(OutboxPath, _clock))
        {
            Assert.Equal(new SmsResult.Delivered(), await outbox.SendAsync(
                new(new(1), "+86 13800000001", "zh", "余额\n不足"), Stopping));
        }

        await using (var outbox = new FileOutbox(OutboxPath, _clock))
        {
            Assert.Equal(new SmsResult.Delivered(), await outbox.SendAsync(new(new(2), "13800000002", "en", "Low"),
                Stopping));
            Assert.IsType<SmsResult.Rejected>(await outbox.SendAsync(new(new(3), "none", "en", "Low"), Stopping));
            Assert.IsType<SmsResult.Rejected>(await outbox.SendAsync(new(new(3), "13800000002", "en", " "), Stopping));
        }

        var lines = await File.ReadAllLinesAsync(OutboxPath, Stopping);
        Assert.Equal(
            """{"notice":1,"at":"2026-03-01T00:00:00Z","phone":"+8613800000001","language":"zh","text":"余额\n不足"}""",
            lines[0]);
        Assert.Equal(2, NoticeOf(lines[1]));
        Assert.Equal(2, lines.Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_line_that_a_crash_cut_short_does_not_spoil_the_next()
    {
        await File.WriteAllTextAsync(OutboxPath, "{\"notice\":1,\"at\":\"20", Stopping);

        await using (var outbox = new FileOutbox(OutboxPath, _clock))
        {
            await outbox.SendAsync(new(new(2), "13800000002", "en", "Low"), Stopping);
            await outbox.SendAsync(new(new(3), "13800000002", "en", "Low"), Stopping);
        }

        var lines = await File.ReadAllLinesAsync(OutboxPath, Stopping);
        Assert.Equal(3, lines.Length);
        Assert.Equal([2L, 3L], lines[1..].Select(NoticeOf));
    }

    [Fact(Timeout = 30_000)]
    public async Task Messages_at_the_same_time_do_not_mix()
    {
        await using (var outbox = new FileOutbox(OutboxPath, _clock))
        {
            var text = new string('x', 10_000);
            await Task.WhenAll(Enumerable.Range(1, 20).Select(i =>
                outbox.SendAsync(new(new(i), "13800000002", "en", text), Stopping)));
        }

        var lines = await File.ReadAllLinesAsync(OutboxPath, Stopping);
        Assert.Equal(20, lines.Select(NoticeOf).Distinct().Count());
    }

    [Fact]
    public void An_outbox_in_a_missing_folder_says_so_at_start() =>
        Assert.ThrowsAny<IOException>(() => new FileOutbox(Path.Combine(_folder.FullName, "none", "x"), _clock));

    [Theory]
    [InlineData("", "", "", "", true)]
    [InlineData("http://gw:13013/cgi-bin/sendsms", "meters", "http://meters:8080", "", true)]
    [InlineData("http://gw:13013/cgi-bin/sendsms", "meters", "", "", false)]
    [InlineData("http://gw:13013/cgi-bin/sendsms", "", "http://meters:8080", "", false)]
    [InlineData("http://u:p@gw:13013/cgi-bin/sendsms", "meters", "http://meters:8080", "", false)]
    [InlineData("ftp://gw/x", "meters", "http://meters:8080", "", false)]
    [InlineData("", "", "", "short", false)]
    public void Settings_that_do_not_fit_together_are_told_at_start(string url, string user, string reports,
        string secret, bool good)
    {
        var options = new SmsOptions { KannelUrl = url, Username = user, ReportUrl = reports, ReportSecret = secret };

        Assert.Equal(good, new SmsOptionsRelations().Validate(null, options).Succeeded);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_settings_choose_the_channel_and_faulty_ones_stop_the_start()
    {
        await using var embedded = Services([]);
        await using var gateway = Services(
        [
            new("Sms:KannelUrl", "http://gw:13013/cgi-bin/sendsms"),
            new("Sms:Username", "meters"),
            new("Sms:ReportUrl", "http://meters:8080"),
        ]);
        await using var faulty = Services([new("Sms:KannelUrl", "nonsense"), new("Sms:TimeoutMillis", "0")]);

        Assert.IsType<FileOutbox>(embedded.GetRequiredService<ISmsChannel>());
        Assert.True(File.Exists(OutboxPath));
        Assert.IsType<KannelChannel>(gateway.GetRequiredService<ISmsChannel>());
        var tokens = embedded.GetRequiredService<DeliveryTokens>();
        Assert.False(gateway.GetRequiredService<DeliveryTokens>().Matches(new(1), tokens.Of(new NoticeId(1))));
        var fault = Assert.Throws<OptionsValidationException>(faulty.GetRequiredService<ISmsChannel>);
        Assert.Contains("Sms:KannelUrl", fault.Message, StringComparison.Ordinal);
        Assert.Contains("TimeoutMillis", fault.Message, StringComparison.Ordinal);
    }

    private ServiceProvider Services(KeyValuePair<string, string?>[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton<TimeProvider>(_clock);
        return services.AddLogging().AddMetersSms(OutboxPath).BuildServiceProvider();
    }

    private static long NoticeOf(string line) =>
        JsonSerializer.Deserialize<OutboxLine>(line, JsonSerializerOptions.Web)!.Notice;
}

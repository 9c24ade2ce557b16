using System.Net;
using System.Net.Sockets;
using System.Text;
using MailKit.Security;
using Meters.Control.Notices;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Host.Tests.Notices;

public class EmailTests
{
    private static readonly Notice Warning = new(
        new(41), new(1001), NoticeKind.Warn, "", "zh", "户号1001:余额不足", NoticeState.Queued, Instant.Utc(2026, 3, 1),
        Instant.Utc(2026, 3, 1), 0, null, null);

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task A_mail_server_takes_a_message_which_is_sent_and_not_delivered()
    {
        await using var sink = new SmtpSink();
        var result = await ChannelTo(sink).SendAsync(Warning, Stopping);
        Assert.StartsWith("2.0.0 taken", Assert.IsType<SmsResult.Accepted>(result).GatewayId, StringComparison.Ordinal);
        var mail = MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(await sink.MailAsync())), Stopping);
        Assert.Equal("户号1001:余额不足", mail.TextBody?.Trim());
        Assert.Equal("notice-41@power.example", mail.MessageId);
        Assert.Equal(("ann@home.example", "office@power.example"), (mail.To.ToString(), mail.From.ToString()));
        Assert.Contains("1001", mail.Subject, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("RCPT", "550 5.1.1 no such user", true)]
    [InlineData("RCPT", "450 4.2.1 mailbox busy", false)]
    [InlineData("MAIL", "550 5.7.1 sender refused", false)] // Our own setting: the message must not be lost.
    [InlineData("DATA", "554 5.6.0 refused", true)]
    [InlineData("MAIL", "421 4.3.2 going down", false)]
    public async Task A_refusal_for_good_is_told_from_one_for_now(string verb, string answer, bool final)
    {
        await using var sink = new SmtpSink { Refuse = (verb, answer) };
        var result = await ChannelTo(sink).SendAsync(Warning, Stopping);
        Assert.Equal(final, result is SmsResult.Rejected);
        Assert.Equal(!final, result is SmsResult.TryLater);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_no_address_is_refused_and_a_server_that_is_away_is_tried_again()
    {
        await using var sink = new SmtpSink();
        Assert.IsType<SmsResult.Rejected>(await ChannelTo(sink, "not an address").SendAsync(Warning, Stopping));
        Assert.False(ChannelTo(sink, "").Reaches(new(1001), "+8613800000001"));
        Assert.True(ChannelTo(sink).Reaches(new(1001), ""));
        var away = await Channel(1, "ann@home.example", SecureSocketOptions.None).SendAsync(Warning, Stopping);
        Assert.IsType<SmsResult.TryLater>(away);
        // A server without TLS never gets the text when TLS is asked for.
        var plain = await Channel(sink.Port, "ann@home.example", SecureSocketOptions.StartTls)
            .SendAsync(Warning, Stopping);
        Assert.IsType<SmsResult.TryLater>(plain);
        Assert.False(sink.HasMail);
    }

    [Theory]
    [InlineData("ann@home.example", true)]
    [InlineData("ann+power@home.example", true)]
    [InlineData("", false)]
    [InlineData("ann", false)]
    [InlineData("@home.example", false)]
    [InlineData("ann@", false)]
    [InlineData("Ann <ann@home.example>", false)]
    [InlineData("ann@home.example, bob@home.example", false)]
    [InlineData("ann@home.example\r\nBcc: bob@home.example", false)]
    [InlineData(null, false)]
    public void An_address_is_one_mailbox_and_nothing_else(string? text, bool good) =>
        Assert.Equal(good, EmailAddresses.IsAddress(text));

    private static EmailChannel ChannelTo(SmtpSink sink, string address = "ann@home.example") =>
        Channel(sink.Port, address, SecureSocketOptions.None);

    private static EmailChannel Channel(int port, string address, SecureSocketOptions security) => new(
        new("127.0.0.1", port, security, "", "", "office@power.example", TimeSpan.FromSeconds(10)),
        _ => address,
        new FakeTimeProvider(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)),
        NullLogger<EmailChannel>.Instance);

    /// <summary>Just enough of RFC 5321 to take mail, or to refuse it.</summary>
    private sealed class SmtpSink : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _mail = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _serving;

        public SmtpSink()
        {
            _listener.Start();
            _serving = ServeAsync();
        }

        public (string Verb, string Answer)? Refuse { get; init; }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public bool HasMail => _mail.Task.IsCompleted;

        public Task<string> MailAsync() => _mail.Task;

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            _listener.Stop();
            await _serving;
            _stop.Dispose();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                    await TalkAsync(client.GetStream());
                }
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or IOException
                or InvalidOperationException or ObjectDisposedException)
            {
                // Over.
            }
        }

        private async Task TalkAsync(NetworkStream stream)
        {
            using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
            await SayAsync("220 sink");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var verb = line.Split(' ')[0].ToUpperInvariant();
                if (verb == Refuse?.Verb)
                {
                    await SayAsync(Refuse.Value.Answer);
                    continue;
                }

                if (verb == "DATA")
                {
                    await SayAsync("354 go on");
                    var mail = new StringBuilder();
                    while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".")
                    {
                        mail.Append(text).Append("\r\n");
                    }

                    _mail.TrySetResult(mail.ToString());
                    await SayAsync("250 2.0.0 taken");
                }
                else
                {
                    await SayAsync(verb == "QUIT" ? "221 bye" : verb == "EHLO" ? "250 sink" : "250 ok");
                    if (verb == "QUIT") return;
                }
            }

            async Task SayAsync(string line) =>
                await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), _stop.Token);
        }
    }
}

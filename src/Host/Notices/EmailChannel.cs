using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Meters.Control;
using Meters.Control.Notices;
using Meters.Host.Api;
using Meters.Host.Sms;
using Meters.Units;
using MimeKit;

namespace Meters.Host.Notices;

/// <param name="Host">Mail server.</param>
/// <param name="Port">587 as a rule.</param>
/// <param name="Security">How the line is encrypted.</param>
/// <param name="User">Empty: without a log-in.</param>
/// <param name="Password">Never logged, never part of a detail.</param>
/// <param name="From">Sender.</param>
/// <param name="Timeout">How long to wait for the server.</param>
public sealed record SmtpSettings(
    string Host, int Port, SecureSocketOptions Security, string User, string Password, string From, TimeSpan Timeout);

/// <summary>
/// E-mail through a mail server. What the server takes is sent and not delivered: nobody reports that it was read, so
/// it is no proof, and the ladder does not count it as one.
/// </summary>
public sealed class EmailChannel(
    SmtpSettings settings, Func<AccountId, string> addressOf, TimeProvider clock, ILogger<EmailChannel> logger)
    : INoticeChannel
{
    public NoticeChannel Kind => NoticeChannel.Email;

    public bool Disturbs => false;

    public bool Reaches(AccountId account, string phone) => addressOf(account).Length > 0;

    public async Task<SmsResult> SendAsync(Notice notice, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var result = await TrySendAsync(notice, stopping);
        var fault = result switch
        {
            SmsResult.Rejected rejected => rejected.Detail,
            SmsResult.TryLater later => later.Detail,
            _ => null,
        };
        if (fault is not null) logger.NoticeNotTaken(notice.Id.Value, ControlTags.Tag(Kind), fault);
        return result;
    }

    private async Task<SmsResult> TrySendAsync(Notice notice, CancellationToken stopping)
    {
        var address = addressOf(notice.Account);
        if (!EmailAddresses.IsAddress(address)) return new SmsResult.Rejected("not an e-mail address");
        using var message = MessageOf(notice, address);
        using var timeout = new CancellationTokenSource(settings.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        try
        {
            using var client = new SmtpClient();
            await client.ConnectAsync(settings.Host, settings.Port, settings.Security, either.Token);
            if (settings.User.Length > 0)
            {
                await client.AuthenticateAsync(settings.User, settings.Password, either.Token);
            }

            var answer = await client.SendAsync(message, either.Token);
            await client.DisconnectAsync(quit: true, either.Token);
            return new SmsResult.Accepted(Texts.Shown(answer));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new SmsResult.TryLater($"no answer within {settings.Timeout.TotalMilliseconds:F0} ms");
        }
        catch (SmtpCommandException fault)
        {
            var words = $"{(int)fault.StatusCode} {Texts.Shown(fault.Message)}";
            // Our own sender refused is the settings' fault: it must not lose the message.
            var isFinal = (int)fault.StatusCode is >= 500 and < 600
                && fault.ErrorCode != SmtpErrorCode.SenderNotAccepted;
            return isFinal ? new SmsResult.Rejected(words) : new SmsResult.TryLater(words);
        }
        catch (Exception fault) when (fault is AuthenticationException or SslHandshakeException or ProtocolException
            or ServiceNotConnectedException or NotSupportedException or SocketException or IOException)
        {
            return new SmsResult.TryLater($"the mail server cannot be used: {fault.GetType().Name}");
        }
    }

    private MimeMessage MessageOf(Notice notice, string address)
    {
        var message = new MimeMessage
        {
            Subject = notice.Language == "zh" ? $"电费通知 户号{notice.Account}" : $"Electricity account {notice.Account}",
            Date = clock.Now().ToDateTimeOffset(),
            Body = new TextPart("plain") { Text = notice.Text },
        };
        message.From.Add(MailboxAddress.Parse(settings.From));
        message.To.Add(MailboxAddress.Parse(address));
        // Repeated after a lost answer it is the same message.
        var domain = settings.From[(settings.From.IndexOf('@', StringComparison.Ordinal) + 1)..];
        message.MessageId = $"notice-{notice.Id}@{domain}";
        return message;
    }
}

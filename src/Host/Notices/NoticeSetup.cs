using MailKit.Security;
using Meters.Units;

namespace Meters.Host.Notices;

public static class NoticeSetup
{
    /// <summary>The channels that the settings name, beside SMS and the concentrators' displays.</summary>
    /// <param name="options">Checked settings.</param>
    /// <param name="emailOf">A customer's address; empty for none.</param>
    /// <param name="clock">The program's.</param>
    /// <param name="loggers">Logs.</param>
    public static IReadOnlyList<INoticeChannel> OtherChannels(
        NoticeOptions options, Func<AccountId, string> emailOf, TimeProvider clock, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        var channels = new List<INoticeChannel>();
        if (options.SmtpHost.Length > 0)
        {
            channels.Add(new EmailChannel(
                new(options.SmtpHost, options.SmtpPort, SecurityOf(options.SmtpSecurity), options.SmtpUser,
                    options.SmtpPassword, options.SmtpFrom, TimeSpan.FromMilliseconds(options.SmtpTimeoutMillis)),
                emailOf,
                clock,
                loggers.CreateLogger<EmailChannel>()));
        }

        if (options.WebhookUrl.Length > 0)
        {
            channels.Add(new WebhookChannel(
                new(new(options.WebhookUrl), options.WebhookSecret,
                    TimeSpan.FromMilliseconds(options.WebhookTimeoutMillis)),
                clock,
                loggers.CreateLogger<WebhookChannel>()));
        }

        return channels;
    }

    private static SecureSocketOptions SecurityOf(string word) => word switch
    {
        "tls" => SecureSocketOptions.SslOnConnect,
        "none" => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Meters.Control;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Host.Notices;

/// <summary>How messages reach customers: docs/notices.md. Numbers are explained in docs/limits.md.</summary>
public sealed class NoticeOptions : IValidatableObject
{
    public const string Section = "Notices";

    /// <summary>Shortest secret of a signature or a token, characters.</summary>
    public const int SecretLengthMin = 16;

    /// <summary>
    /// Channels in the order in which they are tried: sms, terminal_text, email, webhook; comma between them. One that
    /// is not set up, or that a customer has no address for, is passed over.
    /// </summary>
    [Required] public string Channels { get; set; } = "sms,terminal_text,email,webhook";

    /// <summary>First quiet minute of the day, 22:00; empty for none.</summary>
    public string QuietFrom { get; set; } = "";

    /// <summary>First minute that is quiet no more, 08:00; empty for none.</summary>
    public string QuietTo { get; set; } = "";

    /// <summary>Zone of the quiet hours; empty for the billing zone.</summary>
    public string QuietZone { get; set; } = "";

    /// <summary>Kinds that go at any hour: remind, warn, cut_done, reconnected; comma between them.</summary>
    public string AnyHour { get; set; } = "cut_done,reconnected";

    /// <summary>Hours that a report is awaited before the next channel is tried.</summary>
    [Range(1, 168)] public int ReportHoursMax { get; set; } = 24;

    /// <summary>Permanent failures in a row that mark a number wrong.</summary>
    [Range(1, 10)] public int WrongNumberReportsMax { get; set; } = 2;

    /// <summary>1: text on the display of a concentrator that serves one account alone.</summary>
    [Range(0, 1)] public int TerminalText { get; set; }

    /// <summary>Seconds on the wall clock that a concentrator may take to acknowledge a text.</summary>
    [Range(1, 60)] public int TerminalAnswerSecondsMax { get; set; } = 10;

    /// <summary>Part of the address that Kannel calls with a customer's message; empty: calls are refused.</summary>
    public string InboundToken { get; set; } = "";

    /// <summary>Messages of one number that are answered in an hour.</summary>
    [Range(1, 1_000)] public int InboundPerHourMax { get; set; } = 10;

    /// <summary>Days for which customers' messages are kept, and a repeated one is known again.</summary>
    [Range(1, 400)] public int InboundDaysMax { get; set; } = 30;

    /// <summary>
    /// Country code without plus, 86: a customer's number with it is also looked for as the national one. Empty: only
    /// as it is.
    /// </summary>
    [RegularExpression("^[1-9]?[0-9]{0,3}$")] public string CountryCode { get; set; } = "";

    /// <summary>https address that takes messages as JSON; empty for none.</summary>
    public string WebhookUrl { get; set; } = "";

    /// <summary>Behind the signature; 16 characters or more.</summary>
    public string WebhookSecret { get; set; } = "";

    /// <summary>How long to wait for the webhook's answer, in milliseconds of the wall clock.</summary>
    [Range(100, 60_000)] public int WebhookTimeoutMillis { get; set; } = 10_000;

    /// <summary>Mail server; empty for no e-mail.</summary>
    public string SmtpHost { get; set; } = "";

    [Range(1, 65_535)] public int SmtpPort { get; set; } = 587;

    /// <summary>starttls, tls (from the first byte) or none.</summary>
    [RegularExpression("^(starttls|tls|none)$")] public string SmtpSecurity { get; set; } = "starttls";

    /// <summary>Empty: without a log-in.</summary>
    public string SmtpUser { get; set; } = "";

    public string SmtpPassword { get; set; } = "";

    /// <summary>Sender of e-mails.</summary>
    public string SmtpFrom { get; set; } = "";

    /// <summary>How long to wait for the mail server, in milliseconds of the wall clock.</summary>
    [Range(100, 60_000)] public int SmtpTimeoutMillis { get; set; } = 10_000;

    /// <summary>The order of the channels; an unknown word is left out (a fault at the start).</summary>
    public IReadOnlyList<NoticeChannel> Order => [.. Words(Channels)
        .Select(word => Enum.GetValues<NoticeChannel>().FirstOrDefault(one => ControlTags.Tag(one) == word))
        .Where(one => one != default)];

    public IReadOnlySet<NoticeKind> AnyHourKinds => Words(AnyHour)
        .Select(word => Enum.GetValues<NoticeKind>().FirstOrDefault(one => ControlTags.Tag(one) == word))
        .Where(one => one != default).ToHashSet();

    /// <summary>The hours in which phones stay silent, unless a policy has its own.</summary>
    public QuietHours QuietHours(LocalZone billing) =>
        TryMinute(QuietFrom, out var from) && TryMinute(QuietTo, out var to)
            ? new(QuietZone.Length > 0 && LocalZone.TryParse(QuietZone, out var zone) ? zone : billing, from, to)
            : Control.Notices.QuietHours.None;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var order = Order;
        if (order.Count == 0 || order.Count != Words(Channels).Length || order.Distinct().Count() != order.Count)
        {
            yield return new("Channels must name sms, terminal_text, email, webhook, each once at most.");
        }

        if (AnyHourKinds.Count != Words(AnyHour).Length)
        {
            yield return new("AnyHour must name remind, warn, cut_done, reconnected, each once at most.");
        }

        var isSet = QuietFrom.Length > 0 || QuietTo.Length > 0;
        if (isSet && !(TryMinute(QuietFrom, out _) && TryMinute(QuietTo, out _)))
        {
            yield return new("QuietFrom and QuietTo must both be times such as 22:00, or both be empty.");
        }

        if (QuietZone.Length > 0 && !LocalZone.TryParse(QuietZone, out _))
        {
            yield return new("QuietZone must be an IANA zone or a fixed offset such as +08:00.");
        }

        if (InboundToken.Length is > 0 and < SecretLengthMin)
        {
            yield return new($"InboundToken must have {SecretLengthMin} characters or more, or be empty.");
        }

        foreach (var fault in WebhookFaults().Concat(SmtpFaults())) yield return new(fault);
    }

    private IEnumerable<string> WebhookFaults()
    {
        if (WebhookUrl.Length == 0) yield break;
        var isGood = Uri.TryCreate(WebhookUrl, UriKind.Absolute, out var address) && address.UserInfo.Length == 0
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
        if (!isGood) yield return "WebhookUrl must be an https address (http only on this machine) without a user.";
        if (WebhookSecret.Length < SecretLengthMin)
        {
            yield return $"WebhookSecret must have {SecretLengthMin} characters or more.";
        }
    }

    private IEnumerable<string> SmtpFaults()
    {
        if (SmtpHost.Length == 0) yield break;
        if (!EmailAddresses.IsAddress(SmtpFrom)) yield return "SmtpFrom must be an e-mail address.";
        if (SmtpUser.Length > 0 && SmtpSecurity == "none") yield return "SmtpUser would go unencrypted.";
    }

    private static bool TryMinute(string text, out int minute)
    {
        var good = TimeOnly.TryParseExact(
            text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        minute = (time.Hour * 60) + time.Minute;
        return good;
    }

    private static string[] Words(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Meters.Host.Sms;

public sealed class SmsOptions
{
    public const string Section = "Sms";

    /// <summary>
    /// Kannel's sendsms, http://host:13013/cgi-bin/sendsms, without user and password. Empty: the file outbox.
    /// </summary>
    public string KannelUrl { get; set; } = "";

    public string Username { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Sender shown to the customer: a number or up to 11 letters. Empty: the gateway's own.</summary>
    [StringLength(20)] public string From { get; set; } = "";

    /// <summary>Address of this service as the gateway sees it, http://host:port; needed with Kannel.</summary>
    public string ReportUrl { get; set; } = "";

    /// <summary>
    /// Secret behind the tokens of delivery reports, 16 characters or more. Empty: a random one for each run, and
    /// reports of messages sent before a restart are refused.
    /// </summary>
    public string ReportSecret { get; set; } = "";

    /// <summary>How long to wait for the gateway's answer, in milliseconds of the wall clock.</summary>
    [Range(100, 60_000)] public int TimeoutMillis { get; set; } = 10_000;

    /// <summary>File of the outbox. Empty: the program's default beside the store.</summary>
    public string OutboxFile { get; set; } = "";
}

[OptionsValidator]
public sealed partial class SmsOptionsRanges : IValidateOptions<SmsOptions>;

/// <summary>What belongs together.</summary>
public sealed class SmsOptionsRelations : IValidateOptions<SmsOptions>
{
    public const int ReportSecretLengthMin = 16;

    public ValidateOptionsResult Validate(string? name, SmsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        if (options.ReportSecret.Length is > 0 and < ReportSecretLengthMin)
        {
            faults.Add($"Sms:ReportSecret must have {ReportSecretLengthMin} characters or more, or be empty.");
        }

        if (options.KannelUrl.Length > 0)
        {
            if (!IsHttp(options.KannelUrl, out var gateway))
            {
                faults.Add("Sms:KannelUrl must be an http or https address.");
            }
            else if (gateway.UserInfo.Length > 0)
            {
                faults.Add("Sms:KannelUrl must not carry user and password: use Sms:Username and Sms:Password.");
            }

            if (!IsHttp(options.ReportUrl, out _))
            {
                faults.Add("Sms:ReportUrl must be the http or https address of this service, as the gateway sees it.");
            }

            if (options.Username.Length == 0) faults.Add("Sms:Username is needed with Sms:KannelUrl.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsHttp(string text, out Uri address)
    {
        var parsed = Uri.TryCreate(text, UriKind.Absolute, out var found)
            && (found.Scheme == Uri.UriSchemeHttp || found.Scheme == Uri.UriSchemeHttps);
        address = found!;
        return parsed;
    }
}

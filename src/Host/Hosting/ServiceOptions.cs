using System.ComponentModel.DataAnnotations;
using System.Net;
using Meters.Control.Limits;
using Meters.Host.Access;
using Meters.Host.Clocks;
using Meters.Host.Engine;
using Meters.Host.Gaps;
using Meters.Host.Notices;
using Meters.Host.Readings;
using Meters.Host.Reports;
using Meters.Host.Roots;
using Meters.Host.Sms;
using Meters.Ingest.Sessions;
using Meters.Units;

namespace Meters.Host.Hosting;

/// <param name="Setting">"Engine:Shards"; empty where several belong together and the sentence names them.</param>
/// <param name="Sentence">What is wrong, in plain words, without the value: it may be a secret.</param>
public readonly record struct OptionFault(string Setting, string Sentence)
{
    public override string ToString() => Setting.Length == 0 ? Sentence : $"{Setting} {Sentence}";
}

/// <summary>
/// The settings file. Each value can also come from the environment: <c>METERS__Engine__Shards=2</c>.
/// </summary>
public sealed class ServiceOptions
{
    /// <summary>sqlite:DIRECTORY, or postgres: and an Npgsql connection string.</summary>
    [Required] public string Store { get; set; } = "sqlite:meters-data";

    /// <summary>
    /// Address of the HTTP API: http, an IP address or localhost, and a port. TLS belongs to a proxy in front of it.
    /// </summary>
    [Required] public string Api { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Where concentrators dial in: IP address and port.</summary>
    [Required] public string Terminals { get; set; } = "0.0.0.0:3761";

    /// <summary>Six-digit password of the meters' control frames.</summary>
    [Range(0, 999_999)] public int MeterPassword { get; set; }

    /// <summary>Eight-digit operator code of the meters' control frames.</summary>
    [Range(0, 99_999_999)] public int MeterOperator { get; set; }

    public EngineOptions Engine { get; set; } = new();

    public IngestOptions Ingest { get; set; } = new();

    public LimiterOptions Limiter { get; set; } = new();

    public GuardOptions Guard { get; set; } = new();

    public GapOptions Gaps { get; set; } = new();

    public ClockOptions Clocks { get; set; } = new();

    public ReadingOptions Readings { get; set; } = new();

    public AccessOptions Access { get; set; } = new();

    public SmsOptions Sms { get; set; } = new();

    public NoticeOptions Notices { get; set; } = new();

    public RootOptions Roots { get; set; } = new();

    public ReportOptions Reports { get; set; } = new();

    /// <summary>Everything that is wrong; empty when it can run.</summary>
    public IReadOnlyList<OptionFault> Check()
    {
        var faults = new List<OptionFault>();
        AddRanges(this, "", faults);
        AddRanges(Engine, "Engine:", faults);
        AddRanges(Ingest, "Ingest:", faults);
        AddRanges(Limiter, "Limiter:", faults);
        AddRanges(Guard, "Guard:", faults);
        AddRanges(Gaps, "Gaps:", faults);
        AddRanges(Clocks, "Clocks:", faults);
        AddRanges(Readings, "Readings:", faults);
        AddRanges(Access, "Access:", faults);
        AddRanges(Sms, "Sms:", faults);
        AddRanges(Notices, "Notices:", faults);
        AddRanges(Roots, "Roots:", faults);
        AddRanges(Reports, "Reports:", faults);
        var relations = (new IngestOptionsRelations().Validate(null, Ingest).Failures ?? [])
            .Concat(new SmsOptionsRelations().Validate(null, Sms).Failures ?? []);
        faults.AddRange(relations.Select(sentence => new OptionFault("", sentence)));
        if (Math.Max(Gaps.AnswerSecondsMax, Clocks.ClockAnswerSecondsMax) >= Engine.MeterAnswerSecondsMax)
        {
            faults.Add(new("", "Gaps:AnswerSecondsMax and Clocks:ClockAnswerSecondsMax must be below "
                + "Engine:MeterAnswerSecondsMax, or a command behind such a request could not be waited for."));
        }

        if (Terminals.Length > 0 && !IsEndpoint(Terminals))
        {
            faults.Add(new(nameof(Terminals), "must be an IP address and a port, such as 0.0.0.0:3761."));
        }

        if (Api.Length > 0 && !TryReadApi(Api, out _))
        {
            faults.Add(new(nameof(Api),
                "must be http://, an IP address or localhost, and a port: http://127.0.0.1:8080. TLS belongs to a "
                + "proxy in front of it."));
        }

        if (Engine.BillingZone.Length > 0 && !LocalZone.TryParse(Engine.BillingZone, out _))
        {
            faults.Add(new("Engine:BillingZone", "must be an IANA zone or a fixed offset such as +08:00."));
        }

        return faults;
    }

    /// <summary>False unless a listener can be bound to exactly what is said.</summary>
    public static bool TryReadApi(string text, out IPEndPoint endpoint)
    {
        endpoint = new(IPAddress.Loopback, 0);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp
            || uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || uri.Fragment.Length > 0)
        {
            return false;
        }

        if (IPAddress.TryParse(uri.Host, out var address)) endpoint = new(address, uri.Port);
        else if (uri.Host == "localhost") endpoint = new(IPAddress.Loopback, uri.Port);
        else return false;
        return true;
    }

    // Without a port IPEndPoint takes port 0, which is for tests and has to be said.
    private static bool IsEndpoint(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal);

    private static void AddRanges(object part, string section, List<OptionFault> faults)
    {
        foreach (var property in part.GetType().GetProperties())
        {
            foreach (var rule in property.GetCustomAttributes(inherit: true).OfType<ValidationAttribute>())
            {
                if (!rule.IsValid(property.GetValue(part))) faults.Add(new(section + property.Name, SentenceOf(rule)));
            }
        }

        if (part is not IValidatableObject relations) return;
        foreach (var fault in relations.Validate(new(part)))
        {
            faults.Add(new("", $"{section}{fault.ErrorMessage}"));
        }
    }

    private static string SentenceOf(ValidationAttribute rule) => rule switch
    {
        RequiredAttribute => "must not be empty.",
        RangeAttribute range => $"must be {range.Minimum} to {range.Maximum}.",
        StringLengthAttribute length => $"must have at most {length.MaximumLength} characters.",
        RegularExpressionAttribute form => $"must match {form.Pattern}.",
        _ => "is out of range.",
    };
}

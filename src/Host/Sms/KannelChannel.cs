using System.Net;
using System.Net.Http.Headers;
using Meters.Control.Notices;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Sms;

/// <param name="SendSms">Kannel's sendsms address, without user and password.</param>
/// <param name="Username">sendsms-user.</param>
/// <param name="Password">Its password: never logged, never part of a detail.</param>
/// <param name="From">Sender; empty for the gateway's own.</param>
/// <param name="Reports">Address of this service as the gateway sees it.</param>
/// <param name="Timeout">How long to wait for the answer.</param>
public sealed record KannelSettings(
    Uri SendSms, string Username, string Password, string From, Uri Reports, TimeSpan Timeout);

/// <summary>
/// Kannel's HTTP interface (user's guide, "Using the HTTP interface to send SMS messages"): GET sendsms, answered with
/// 202 and "0: Accepted for delivery" or "3: Queued for later delivery"; what becomes of it comes as a call of dlr-url.
/// </summary>
public sealed class KannelChannel : ISmsChannel, IDisposable
{
    /// <summary>
    /// Reports asked for: 1 delivered, 2 not delivered, 16 refused by the centre. 4 and 8 say nothing final.
    /// </summary>
    private const int ReportMask = 1 + 2 + 16;

    /// <summary>A gateway's answer is a line.</summary>
    private const int AnswerBytesMax = 4_096;

    private readonly KannelSettings _settings;
    private readonly DeliveryTokens _tokens;
    private readonly TimeProvider _wallClock;
    private readonly ILogger _logger;
    private readonly HttpClient _http;

    /// <param name="settings">Where and as whom.</param>
    /// <param name="tokens">For the address of the report.</param>
    /// <param name="wallClock">Real time, also where the program's clock runs fast: the gateway is real.</param>
    /// <param name="logger">Gets no secret and no text.</param>
    public KannelChannel(
        KannelSettings settings, DeliveryTokens tokens, TimeProvider wallClock, ILogger<KannelChannel> logger)
    {
        (_settings, _tokens, _wallClock, _logger) = (settings, tokens, wallClock, logger);
        // A redirect would carry the password elsewhere; a kept connection must not outlive a change of the gateway's
        // address.
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        _http = new(sockets)
        {
            MaxResponseContentBufferSize = AnswerBytesMax,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public async Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(message);
        var result = await TrySendAsync(message, stopping);
        if (result is SmsResult.Rejected rejected) _logger.SmsRejected(message.Notice.Value, rejected.Detail);
        if (result is SmsResult.TryLater later) _logger.SmsTryLater(message.Notice.Value, later.Detail);
        return result;
    }

    public void Dispose() => _http.Dispose();

    private async Task<SmsResult> TrySendAsync(SmsMessage message, CancellationToken stopping)
    {
        if (!PhoneNumbers.TryNormalise(message.Phone, out var phone))
        {
            return new SmsResult.Rejected("not a phone number", IsAddress: true);
        }

        if (string.IsNullOrWhiteSpace(message.Text)) return new SmsResult.Rejected("the text is empty");
        var parts = GsmAlphabet.Parts(message.Text);
        if (parts > GsmAlphabet.PartsMax)
        {
            return new SmsResult.Rejected($"the text needs {parts} parts, more than {GsmAlphabet.PartsMax}");
        }

        using var timeout = new CancellationTokenSource(_settings.Timeout, _wallClock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(message, phone));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
            using var response = await _http.SendAsync(request, either.Token);
            return ResultOf(response.StatusCode, await response.Content.ReadAsStringAsync(either.Token));
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new SmsResult.TryLater($"no answer within {_settings.Timeout.TotalMilliseconds:F0} ms");
        }
        catch (HttpRequestException fault)
        {
            // Its message may hold the address.
            return new SmsResult.TryLater($"the gateway cannot be reached: {fault.HttpRequestError}");
        }
    }

    private Uri AddressOf(SmsMessage message, string phone)
    {
        // Kannel replaces %d by the status and %A by the centre's words; the token follows them, and must hold no
        // percent sign.
        var service = _settings.Reports.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var token = _tokens.Of(message.Notice);
        var reports = $"{service}/sms/delivery/{message.Notice}?status=%d&reply=%A&token={token}";
        List<(string Name, string Value)> query =
        [
            ("username", _settings.Username),
            ("password", _settings.Password),
            ("to", phone),
            ("text", message.Text),
            ("charset", "UTF-8"),
            ("coding", GsmAlphabet.Fits(message.Text) ? "0" : "2"),
            ("dlr-mask", $"{ReportMask}"),
            ("dlr-url", reports),
        ];
        if (_settings.From.Length > 0) query.Add(("from", _settings.From));
        var text = string.Join('&', query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return new UriBuilder(_settings.SendSms) { Query = text, UserName = "", Password = "" }.Uri;
    }

    /// <summary>
    /// A refused password (403 "Authorization failed") is not the message's fault and must not lose it; 403 "Not
    /// routable" is. An answer that is not Kannel's (a proxy's page, say) is never taken for a success.
    /// </summary>
    public static SmsResult ResultOf(HttpStatusCode status, string body)
    {
        var words = Texts.Shown(body.Trim());
        var code = (int)status;
        var isKannels = words.StartsWith("0:", StringComparison.Ordinal)
            || words.StartsWith("3:", StringComparison.Ordinal)
            || words.StartsWith("Sent", StringComparison.Ordinal);
        if (code is >= 200 and < 300)
        {
            return isKannels
                ? new SmsResult.Accepted(words)
                : new SmsResult.TryLater($"the answer {code} is not Kannel's: {words}");
        }

        var isMessages = status is HttpStatusCode.BadRequest or HttpStatusCode.RequestUriTooLong
            or HttpStatusCode.RequestEntityTooLarge
            || (status == HttpStatusCode.Forbidden
                && !words.Contains("Authorization", StringComparison.OrdinalIgnoreCase));
        return isMessages ? new SmsResult.Rejected($"{code} {words}") : new SmsResult.TryLater($"{code} {words}");
    }
}

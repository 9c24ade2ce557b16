using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meters.Control;
using Meters.Control.Notices;
using Meters.Host.Api;
using Meters.Host.Sms;
using Meters.Units;

namespace Meters.Host.Notices;

/// <param name="Address">https, or http on this machine.</param>
/// <param name="Secret">Behind the signature; never logged.</param>
/// <param name="Timeout">How long to wait for the answer.</param>
public sealed record WebhookSettings(Uri Address, string Secret, TimeSpan Timeout);

/// <summary>What is posted.</summary>
/// <param name="Id">The notice; a repeated one has the same.</param>
/// <param name="Account">Whose.</param>
/// <param name="Kind">remind, warn, cut_done or reconnected.</param>
/// <param name="Language">Of the text.</param>
/// <param name="Text">As the customer reads it.</param>
/// <param name="Template">Version of the text.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record WebhookMessage(
    long Id, long Account, string Kind, string Language, string Text, string Template, string CreatedAt);

/// <summary>
/// POSTs each message as JSON to the utility's own address, which takes it from there: 2xx means delivered. Signed:
/// <c>X-Meters-Signature: sha256=</c> and the HMAC-SHA256 of <c>{X-Meters-Timestamp}.{body}</c> under the secret.
/// </summary>
public sealed class WebhookChannel : INoticeChannel, IDisposable
{
    public const string SignatureHeader = "X-Meters-Signature";
    public const string TimestampHeader = "X-Meters-Timestamp";
    public const string IdHeader = "X-Meters-Notice";

    private const int AnswerBytesMax = 4_096;

    private readonly WebhookSettings _settings;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly HttpClient _http;

    /// <param name="settings">Where and under which secret.</param>
    /// <param name="clock">The program's, for the timestamp.</param>
    /// <param name="logger">Gets no secret and no text.</param>
    public WebhookChannel(WebhookSettings settings, TimeProvider clock, ILogger<WebhookChannel> logger)
    {
        (_settings, _clock, _logger) = (settings, clock, logger);
        // A redirect would carry the customer's text elsewhere.
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

    public NoticeChannel Kind => NoticeChannel.Webhook;

    public bool Disturbs => false;

    public bool Reaches(AccountId account, string phone) => true;

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
        if (fault is not null) _logger.NoticeNotTaken(notice.Id.Value, ControlTags.Tag(Kind), fault);
        return result;
    }

    /// <summary>The signature of a body, for whoever checks it.</summary>
    public static string SignatureOf(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. body];
        return "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));
    }

    public void Dispose() => _http.Dispose();

    private async Task<SmsResult> TrySendAsync(Notice notice, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_settings.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        try
        {
            using var request = RequestOf(notice);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return ResultOf((int)response.StatusCode);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new SmsResult.TryLater($"no answer within {_settings.Timeout.TotalMilliseconds:F0} ms");
        }
        catch (HttpRequestException fault)
        {
            return new SmsResult.TryLater($"the address cannot be reached: {fault.HttpRequestError}");
        }
    }

    private HttpRequestMessage RequestOf(Notice notice)
    {
        var message = new WebhookMessage(
            notice.Id.Value, notice.Account.Value, ControlTags.Tag(notice.Kind), notice.Language, notice.Text,
            notice.Template, notice.CreatedAt.ToString());
        var body = JsonSerializer.SerializeToUtf8Bytes(message, WebhookJson.Default.WebhookMessage);
        var seconds = _clock.Now().UnixMicros / 1_000_000;
        var timestamp = seconds.ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, _settings.Address)
        {
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.Add(IdHeader, notice.Id.ToString());
        request.Headers.Add(TimestampHeader, timestamp);
        request.Headers.Add(SignatureHeader, SignatureOf(_settings.Secret, timestamp, body));
        return request;
    }

    /// <summary>A refused signature (401, 403) or a wrong address is the settings' fault and loses nothing.</summary>
    private static SmsResult ResultOf(int status) => status switch
    {
        >= 200 and < 300 => new SmsResult.Delivered(),
        400 or 409 or 410 or 413 or 415 or 422 => new SmsResult.Rejected($"answered {status}"),
        _ => new SmsResult.TryLater($"answered {status}"),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WebhookMessage))]
internal sealed partial class WebhookJson : JsonSerializerContext;

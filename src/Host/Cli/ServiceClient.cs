using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meters.Host.Cli;

/// <param name="Status">HTTP status.</param>
/// <param name="Text">The body.</param>
public sealed record ServiceAnswer(int Status, string Text)
{
    public bool IsGood => Status is >= 200 and < 300;

    /// <summary>It may work later: nothing is wrong with what was sent.</summary>
    public bool IsAway => Status is 429 or >= 500;

    /// <summary>The problem's tag, the last part of its type: "approval-required"; empty where it is none.</summary>
    public string ProblemTag
    {
        get
        {
            try
            {
                using var parsed = JsonDocument.Parse(Text);
                var type = parsed.RootElement.GetProperty("type").GetString() ?? "";
                return type[(type.LastIndexOf(':') + 1)..];
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return "";
            }
        }
    }

    /// <summary>What the service says is wrong; one sentence at least.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            try
            {
                using var parsed = JsonDocument.Parse(Text);
                var problem = parsed.RootElement;
                if (problem.TryGetProperty("faults", out var faults) && faults.GetArrayLength() > 0)
                {
                    return [.. faults.EnumerateArray().Select(fault => fault.GetString() ?? "")];
                }

                var said = problem.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
                return [said ?? problem.GetProperty("title").GetString() ?? $"Status {Status}."];
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                return [$"The service answered {Status} without saying why."];
            }
        }
    }
}

/// <summary>A running service over its HTTP API, as any other client sees it.</summary>
public sealed class ServiceClient : IDisposable
{
    /// <summary>Seconds for one request.</summary>
    public const int TimeoutSeconds = 100;

    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // A name in Chinese is then 3 bytes a sign, not 6.
    };

    private readonly HttpClient _http;

    public ServiceClient(Uri api, string key)
    {
        _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 16, AllowAutoRedirect = false })
        {
            // With a slash at its end a path of the address itself is kept: a proxy may give the service one.
            BaseAddress = new(api.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromSeconds(TimeoutSeconds),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Uri Api => _http.BaseAddress!;

    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public Task<ServiceAnswer> PostAsync<T>(string path, T body, CancellationToken stopping) =>
        PostTextAsync(path, JsonSerializer.Serialize(body, Form), stopping);

    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public async Task<ServiceAnswer> PostTextAsync(string path, string json, CancellationToken stopping)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await SendAsync(token => _http.PostAsync(Of(path), content, token), stopping);
    }

    /// <exception cref="HttpRequestException">The service cannot be reached.</exception>
    public Task<ServiceAnswer> GetAsync(string path, CancellationToken stopping) =>
        SendAsync(token => _http.GetAsync(Of(path), token), stopping);

    public void Dispose() => _http.Dispose();

    private static Uri Of(string path) => new(path.TrimStart('/'), UriKind.Relative);

    private async Task<ServiceAnswer> SendAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken stopping)
    {
        try
        {
            using var answer = await send(stopping);
            return new((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(stopping));
        }
        catch (HttpRequestException fault)
        {
            throw new HttpRequestException($"The service at {Api} cannot be reached: {fault.Message}", fault);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            throw new HttpRequestException($"The service at {Api} did not answer within {TimeoutSeconds} s.");
        }
    }
}

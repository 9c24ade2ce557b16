using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>
/// The cashier's counter: posts payments and asks balances over the service's HTTP API, like any other client.
/// </summary>
public sealed class DemoCounter : IDisposable
{
    private readonly HttpClient _http;

    public DemoCounter(Uri api, string key)
    {
        _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 16 }) { BaseAddress = api };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Takes money once: the key makes a repeat harmless.</summary>
    /// <exception cref="InvalidOperationException">The service refused it.</exception>
    public async Task PayAsync(AccountId account, Money amount, string key, CancellationToken stopping)
    {
        using var answer = await _http.PostAsJsonAsync(
            "/payments",
            new
            {
                key,
                account = account.Value,
                amount = Decimals.Format(amount.Minor, 2),
                currency = "CNY",
                channel = "counter",
                reference = "demo counter",
            },
            stopping);
        if (answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK) return;
        var text = await answer.Content.ReadAsStringAsync(stopping);
        throw new InvalidOperationException($"The payment {key} was answered {(int)answer.StatusCode}: {text}");
    }

    /// <summary>The balance as the call centre sees it, minor units.</summary>
    public async Task<long> BalanceAsync(AccountId account, CancellationToken stopping)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/accounts/{account.Value}/balance");
        var answer = await _http.GetFromJsonAsync<JsonElement>(path, stopping);
        var text = answer.GetProperty("balance").GetProperty("amount").GetString();
        return Decimals.TryParse(text, 2, out var minor)
            ? minor
            : throw new InvalidOperationException($"The balance of {account} reads '{text}'.");
    }

    public void Dispose() => _http.Dispose();
}

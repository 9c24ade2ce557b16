using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Meters.Billing.Ledger;
using Meters.Control.Commands;
using Meters.Host.Access;
using Meters.Host.Api;
using Meters.Host.Readings;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Host.Tests.Api;

/// <summary>The whole HTTP API on a real Kestrel on a free port; behind it rows in memory.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    public static readonly Instant Now = Instant.Utc(2026, 3, 1, 12);
    private readonly WebApplication _app;
    private readonly Dictionary<Role, string> _keys = [];

    private ApiServer(WebApplication app, HttpClient http, MemoryStore store, FakeTimeProvider clock)
    {
        (_app, Http, Store, Clock) = (app, http, store, clock);
        Lane = new(store.WorkItems);
        Desk = new(store, Lane, Registry, new FrameNumbers(), clock);
    }

    public LiveRegistry Registry { get; } = new();

    public MemoryLane Lane { get; }

    public ReadingDesk Desk { get; }

    public HttpClient Http { get; }

    public MemoryStore Store { get; }

    public FakeTimeProvider Clock { get; }

    public bool IsReady { get; set; } = true;

    /// <summary>Thrown by the next payment.</summary>
    public Exception? PaymentFault { get; set; }

    public static async Task<ApiServer> StartAsync()
    {
        var stopping = TestContext.Current.CancellationToken;
        var (store, clock) = (new MemoryStore(), new FakeTimeProvider(Now.ToDateTimeOffset()));
        ApiServer? server = null;
        var live = new LiveRegistry();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(new EnginePort
        {
            Store = store,
            IsReady = () => server!.IsReady,
            Sessions = () => 1,
            HasSession = address => address == TerminalAddress.Of(4403, 4),
            PostPayment = (order, _) => Task.FromResult(server!.Post(order)),
            Register = (addition, token) => server!.RegisterAsync(addition, token),
            Command = (account, kind, by, reason, _) => Task.FromResult(server!.Command(account, kind, by, reason)),
            Desk = () => server!.Desk,
            Changes = new(store, live, new(store, live, [], new FrameNumbers(), clock), clock),
            FindAccount = account => store.Added.Accounts.FirstOrDefault(known => known.Id == account),
        });
        builder.Services.AddMetersApi();
        var app = builder.Build();
        app.UseMetersApi();
        app.MapMetersApi();
        await app.StartAsync(stopping);
        server = new(app, new HttpClient { BaseAddress = new(app.Urls.Single()) }, store, clock);
        var issuer = app.Services.GetRequiredService<KeyIssuer>();
        foreach (var role in Enum.GetValues<Role>())
        {
            var tag = Roles.Tag(role);
            server._keys[role] = (await issuer.IssueAsync(tag, new($"person.{tag}"), [role], stopping)).Key!;
        }

        return server;
    }

    public string Key(Role role) => _keys[role];

    /// <summary>One request with the key of a role (null: without a key); the answer as text and as JSON.</summary>
    public async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        Role? role,
        string? body = null,
        string mediaType = "application/json",
        string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (role is { } known) request.Headers.Authorization = new("Bearer", _keys[known]);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, mediaType);
        return await SendAsync(request);
    }

    public Task<ApiAnswer> GetAsync(string path, Role? role = Role.Reader) => SendAsync(HttpMethod.Get, path, role);

    public Task<ApiAnswer> PostAsync(string path, Role? role, string body) =>
        SendAsync(HttpMethod.Post, path, role, body);

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new((int)response.StatusCode, text, response.Content.Headers.ContentType?.MediaType, response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task<(RegistryStatus, IReadOnlyList<string>)> RegisterAsync(
        RegistryAddition addition, CancellationToken stopping)
    {
        var status = await Store.AddAsync(addition, stopping);
        if (status == RegistryStatus.Added) Registry.AddRecords(addition with { Tariffs = [], Policies = [] });
        return (status, []);
    }

    private sealed class FrameNumbers : IFrameIds
    {
        private long _last = 1_000;

        public FrameId Next() => new(++_last);
    }

    private (PaymentStatus, PaymentRecord?) Post(PaymentOrder order)
    {
        if (PaymentFault is { } fault)
        {
            PaymentFault = null;
            throw fault;
        }

        if (Store.Payments.FirstOrDefault(known => known.Order.Key == order.Key) is { } earlier)
        {
            return earlier.Order == order
                ? (PaymentStatus.AlreadyPosted, earlier)
                : (PaymentStatus.KeyReusedWithOtherContent, null);
        }

        if (order.Amount <= Money.Zero) return (PaymentStatus.AmountNotPositive, null);
        var account = Store.Added.Accounts.FirstOrDefault(known => known.Id == order.Account);
        if (account is null) return (PaymentStatus.AccountUnknown, null);
        if (account.Currency != order.Currency.Code) return (PaymentStatus.CurrencyMismatch, null);
        var record = new PaymentRecord(order, $"0-{Store.Payments.Count + 1}", Now, order.Amount);
        Store.Payments.Add(record);
        return (PaymentStatus.Posted, record);
    }

    private (Command?, string?) Command(AccountId account, CommandKind kind, PersonId by, string reason)
    {
        var meter = Store.Added.Meters.FirstOrDefault(known => known.Account == account && known.HasRelay);
        if (meter is null) return (null, "The account has no meter with a relay.");
        var command = new Command(
            new(Store.Commands.Count + 1), account, meter.Id, meter.Address, meter.Terminal, kind, CommandState.Queued,
            CommandOrigin.Manual, by, Now, Now, Now + TimeSpan.FromHours(1), 0, 0, 0, null, reason);
        Store.Commands.Add(command);
        return (command, null);
    }
}

public sealed record ApiAnswer(int Status, string Text, string? MediaType, HttpResponseHeaders Headers)
{
    /// <summary>The items of a page.</summary>
    public JsonElement[] Items => [.. Json.GetProperty("items").EnumerateArray()];

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? ProblemType => Json.GetProperty("type").GetString();

    public string? Field => Json.TryGetProperty("field", out var name) ? name.GetString() : null;

    /// <summary>Problem details of this type, and its own status in it.</summary>
    public void IsProblem(int status, string tag)
    {
        Assert.True(Status == status, $"{Status} {Text}");
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal("urn:meters:problem:" + tag, ProblemType);
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
    }
}

using System.Net.Http.Headers;
using System.Text;
using Meters.Field;
using Meters.Host.Access;
using Meters.Host.Cli;
using Meters.Host.Demo;
using Meters.Host.Engine;
using Meters.Host.Hosting;
using Meters.Host.Tests.Api;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Meters.Host.Tests.Hosting;

/// <summary>
/// The whole service on free ports with an SQLite store, and a field of homes that talk to it over TCP. Time stands
/// until a test moves it.
/// </summary>
public sealed class RunningService : IAsyncDisposable
{
    /// <summary>A Monday, 08:00 in China: the cut window of the policy has just opened.</summary>
    public static readonly Instant Start = Instant.Utc(2025, 11, 3);

    private const long Seed = 7;

    private readonly ScratchFolder _folder;
    private readonly Dictionary<Role, string> _keys = [];
    private readonly HttpClient _http;

    private RunningService(
        ScratchFolder folder, MetersHost host, SimulatedField field, DemoPlan plan, FakeTimeProvider clock)
    {
        (_folder, Host, Field, Plan, Clock) = (folder, host, field, plan, clock);
        _http = new() { BaseAddress = host.Api };
    }

    public MetersHost Host { get; }

    public MetersEngine Engine => Host.Engine;

    public SimulatedField Field { get; }

    public DemoPlan Plan { get; }

    public FakeTimeProvider Clock { get; }

    public Instant Now => Instant.From(Clock.GetUtcNow());

    private static CancellationToken Stopping => TestContext.Current.CancellationToken;

    /// <param name="homes">Homes of the field.</param>
    /// <param name="apiPort">0 for a free one.</param>
    /// <param name="faults">What goes wrong in the field.</param>
    /// <param name="settings">More settings, "Sms:KannelUrl" and so on.</param>
    public static async Task<RunningService> StartAsync(
        int homes = 20, int apiPort = 0, FieldFaults? faults = null, params (string Name, string Value)[] settings)
    {
        var folder = new ScratchFolder();
        var clock = new FakeTimeProvider(Start.ToDateTimeOffset());
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Name, s.Value)))
            .Build();
        var options = new ServiceOptions
        {
            Store = "sqlite:" + folder.Path,
            Api = $"http://127.0.0.1:{apiPort}",
            Terminals = "127.0.0.1:0",
        };
        configuration.GetSection("Notices").Bind(options.Notices);
        var setup = new HostSetup(options, configuration, clock, RunControl: false, LogLevel.None);
        var host = await MetersHost.StartAsync(setup, Stopping);
        var field = new SimulatedField(
            new()
            {
                Endpoint = host.Terminals,
                Meters = homes,
                MetersPerConcentrator = 10,
                Seed = Seed,
                Start = Start,
                Faults = faults ?? FieldFaults.None,
            },
            clock: clock);
        var service = new RunningService(folder, host, field, new(homes, Seed), clock);
        await service.IssueKeysAsync();
        return service;
    }

    /// <summary>Its store, as a command names it.</summary>
    public string Store => "sqlite:" + _folder.Path;

    public string Key(Role role) => _keys[role];

    /// <summary>Registers the field over HTTP and lets every customer make the first purchase.</summary>
    public async Task RegisterAsync()
    {
        using var billing = new ServiceClient(Host.Api, Key(Role.Billing));
        using var cashier = new ServiceClient(Host.Api, Key(Role.Cashier));
        await new FieldRegistration(billing, Plan).AddAsync(Field, Stopping);
        Assert.Equal(Plan.Customers.Count, await new FieldRegistration(cashier, Plan).PayAsync(Seed, Stopping));
    }

    /// <summary>Registered, dialled in, and the given hours pushed.</summary>
    public async Task RunAsync(int hours)
    {
        await RegisterAsync();
        await Field.StartAsync(Stopping);
        await Field.PushHourAsync(Start, Stopping);
        await HoursAsync(hours);
    }

    public async Task HoursAsync(int hours)
    {
        for (var i = 0; i < hours; i++)
        {
            var end = Instant.From(Clock.GetUtcNow()) + TimeSpan.FromHours(1);
            await AdvanceAsync(TimeSpan.FromHours(1));
            await Field.PushHourAsync(end, Stopping);
            await Engine.DrainAsync(Stopping);
        }
    }

    /// <summary>Moves the clock from one due instant to the next.</summary>
    public async Task AdvanceAsync(TimeSpan span)
    {
        var to = Instant.From(Clock.GetUtcNow()) + span;
        await Engine.DrainAsync(Stopping);
        while (await Engine.NextDueAsync(Stopping) is { } next && next < to)
        {
            var now = Instant.From(Clock.GetUtcNow());
            next = next > now ? next : now + TimeSpan.FromSeconds(1);
            if (next >= to) break;
            Clock.SetUtcNow(next.ToDateTimeOffset());
            await Engine.DrainAsync(Stopping);
        }

        Clock.SetUtcNow(to.ToDateTimeOffset());
        await Engine.DrainAsync(Stopping);
    }

    public Task<ApiAnswer> GetAsync(string path, Role? role = Role.Reader) => SendAsync(HttpMethod.Get, path, role);

    public Task<ApiAnswer> PostAsync(string path, Role? role, string body) =>
        SendAsync(HttpMethod.Post, path, role, body);

    public async Task<ApiAnswer> SendAsync(
        HttpMethod method, string path, Role? role, string? body = null, string mediaType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (role is { } known) request.Headers.Authorization = new("Bearer", Key(known));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
        }

        using var response = await _http.SendAsync(request, Stopping);
        var text = await response.Content.ReadAsStringAsync(Stopping);
        return new((int)response.StatusCode, text, response.Content.Headers.ContentType?.MediaType, response.Headers);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Field.DisposeAsync();
        await Host.DisposeAsync();
        _folder.Dispose();
    }

    private async Task IssueKeysAsync()
    {
        var issuer = Host.Services.GetRequiredService<KeyIssuer>();
        foreach (var role in Enum.GetValues<Role>())
        {
            var (_, key) = await issuer.IssueAsync(Roles.Tag(role), new($"person.{Roles.Tag(role)}"), [role], Stopping);
            _keys[role] = key!;
        }
    }
}

using System.Net;
using Meters.Host.Access;
using Meters.Host.Api;
using Meters.Host.Engine;
using Meters.Host.Sms;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;
using Meters.Storage;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Meters.Host.Hosting;

/// <param name="Options">Checked settings.</param>
/// <param name="Settings">The same settings as read, for parts that bind their own.</param>
/// <param name="Clock">The program's clock.</param>
/// <param name="RunControl">False where the caller moves the clock and pumps the control work himself.</param>
/// <param name="LogLevel">Least severe message that is written to the error stream.</param>
public sealed record HostSetup(
    ServiceOptions Options, IConfiguration Settings, TimeProvider Clock, bool RunControl, LogLevel LogLevel);

/// <summary>The service in one process: store, engine, terminal listener, HTTP API.</summary>
public sealed class MetersHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MetersHost(WebApplication app, IStore store, MetersEngine engine, Uri api, IPEndPoint terminals)
    {
        _app = app;
        (Store, Engine, Api, Terminals) = (store, engine, api, terminals);
    }

    public IStore Store { get; }

    public MetersEngine Engine { get; }

    /// <summary>Address of the HTTP API, with the port really bound.</summary>
    public Uri Api { get; }

    /// <summary>Where concentrators dial in, with the port really bound.</summary>
    public IPEndPoint Terminals { get; }

    public IServiceProvider Services => _app.Services;

    /// <exception cref="StoreUnavailableException">The store cannot be opened.</exception>
    public static async Task<MetersHost> StartAsync(HostSetup setup, CancellationToken stopping)
    {
        var options = setup.Options;
        var store = await Stores.OpenAsync(options.Store, stopping);
        try
        {
            return await StartOnAsync(setup, store, stopping);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until the token is cancelled or a part of the engine fails; then stops in order, snapshots included.</summary>
    public async Task RunUntilAsync(CancellationToken stopping)
    {
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Engine.Failed = fault => failed.TrySetException(fault);
        await await Task.WhenAny(failed.Task, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping));
    }

    public async ValueTask DisposeAsync()
    {
        // Listeners first: no session is left when the lanes stop.
        await _app.StopAsync(CancellationToken.None);
        await Engine.StopAsync(snapshot: true, CancellationToken.None);
        await Engine.DisposeAsync();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
    }

    private static async Task<MetersHost> StartOnAsync(HostSetup setup, IStore store, CancellationToken stopping)
    {
        var options = setup.Options;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddConfiguration(setup.Settings);
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(setup.LogLevel);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Quartz", LogLevel.Warning);
        builder.Logging.AddSimpleConsole(c => c.SingleLine = true);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            c => c.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(setup.Clock);
        builder.Services.AddMetersSms(OutboxOf(options));
        builder.Services.AddSingleton<ISecurityModule>(new PasswordSecurityModule(options.MeterPassword, options.MeterOperator));
        var started = new Late<MetersEngine>();
        builder.Services.AddSingleton(_ => started.Value);
        builder.Services.AddSingleton(_ => started.Value.SessionServices);
        builder.Services.AddSingleton<TerminalConnectionHandler>();
        builder.Services.AddMetersApi();
        Listen(builder, options);
        var app = builder.Build();
        var engine = await MetersEngine.StartAsync(
            new(
                store,
                options.Engine,
                options.Ingest,
                options.Limiter,
                options.Guard,
                app.Services.GetRequiredService<ISmsChannel>(),
                app.Services.GetRequiredService<ISecurityModule>(),
                setup.Clock,
                TimeProvider.System,
                app.Services.GetRequiredService<ILoggerFactory>()),
            stopping);
        started.Value = engine;
        app.UseMetersApi();
        app.MapMetersApi();
        app.MapSmsDelivery(
            app.Services.GetRequiredService<DeliveryTokens>(),
            (notice, delivered, detail) => engine.Notices.OnDeliveryAsync(notice, delivered, detail, CancellationToken.None));
        if (setup.RunControl) engine.RunControl();
        await app.StartAsync(stopping);
        var (api, terminals) = AddressesOf(app, options);
        return new(app, store, engine, api, terminals);
    }

    private static void Listen(WebApplicationBuilder builder, ServiceOptions options)
    {
        var api = new Uri(options.Api);
        var terminals = IPEndPoint.Parse(options.Terminals);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            var address = IPAddress.TryParse(api.Host, out var ip) ? ip : IPAddress.Loopback;
            kestrel.Listen(address, api.Port);
            kestrel.Listen(terminals, listen => listen.Run(
                c => listen.ApplicationServices.GetRequiredService<TerminalConnectionHandler>().OnConnectedAsync(c)));
        });
    }

    /// <summary>Kestrel lists its addresses in the order they were given: the API first.</summary>
    private static (Uri Api, IPEndPoint Terminals) AddressesOf(WebApplication app, ServiceOptions options)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>()
            .Addresses.Select(a => new Uri(a)).ToList();
        var terminals = IPEndPoint.Parse(options.Terminals);
        return (addresses[0], new(terminals.Address, addresses[1].Port));
    }

    /// <summary>The outbox stands beside an embedded store, and in the working folder otherwise.</summary>
    private static string OutboxOf(ServiceOptions options)
    {
        const string Sqlite = "sqlite:";
        if (options.Engine.SmsOutbox.Length > 0) return options.Engine.SmsOutbox;
        var folder = options.Store.StartsWith(Sqlite, StringComparison.Ordinal) && !options.Store.EndsWith(":memory:", StringComparison.Ordinal)
            ? options.Store[Sqlite.Length..]
            : ".";
        return Path.Combine(folder, "sms-outbox.jsonl");
    }

    /// <summary>A value that services need before it exists.</summary>
    private sealed class Late<T>
        where T : class
    {
        private T? _value;

        public T Value
        {
            get => _value ?? throw new InvalidOperationException($"{typeof(T).Name} is not started yet.");
            set => _value = value;
        }
    }
}

using System.Net;
using Meters.Host.Access;
using Meters.Host.Api;
using Meters.Host.Engine;
using Meters.Host.Notices;
using Meters.Host.Readings;
using Meters.Host.Roots;
using Meters.Host.Scheduled;
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

/// <summary>The service in one process: store, engine, terminal listener, HTTP API, scheduled work.</summary>
public sealed class MetersHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StoreLock _lock;
    private readonly TaskCompletionSource _failed;
    private QuartzSchedule? _schedule;

    private MetersHost(
        WebApplication app, IStore store, StoreLock storeLock, MetersEngine engine, TaskCompletionSource failed,
        Uri api, IPEndPoint terminals)
    {
        (_app, _lock, _failed) = (app, storeLock, failed);
        (Store, Engine, Api, Terminals) = (store, engine, api, terminals);
    }

    public IStore Store { get; }

    public MetersEngine Engine { get; }

    /// <summary>Sends the journal's root out of the store; runs each minute by itself, or when it is called.</summary>
    public required RootExport Roots { get; init; }

    /// <summary>Where the roots go, unless another sink is registered.</summary>
    public required string RootFolder { get; init; }

    /// <summary>Address of the HTTP API, with the port really bound.</summary>
    public Uri Api { get; }

    /// <summary>Where concentrators dial in, with the port really bound.</summary>
    public IPEndPoint Terminals { get; }

    public IServiceProvider Services => _app.Services;

    /// <exception cref="StoreUnavailableException">The store cannot be opened.</exception>
    /// <exception cref="StoreInUseException">Another process runs on the same SQLite store.</exception>
    /// <exception cref="IOException">An address is taken.</exception>
    public static async Task<MetersHost> StartAsync(HostSetup setup, CancellationToken stopping)
    {
        var storeLock = StoreLock.Take(setup.Options.Store);
        IStore? store = null;
        try
        {
            store = await Stores.OpenAsync(setup.Options.Store, stopping);
            return await StartOnAsync(setup, store, storeLock, stopping);
        }
        catch
        {
            if (store is not null) await store.DisposeAsync();
            storeLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs until asked to stop, by the token or by a signal that the web host took, or until a part of the engine
    /// fails.
    /// </summary>
    /// <exception cref="ServiceFailedException">A part of the engine has stopped by a fault.</exception>
    public async Task RunUntilAsync(CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            stopping, Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var asked = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, either.Token);
        if (await Task.WhenAny(_failed.Task, asked) == _failed.Task) await _failed.Task;
    }

    /// <summary>Stops in order: schedule, listeners, lanes with their snapshots, store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_schedule is not null) await _schedule.DisposeAsync();
        // Listeners before lanes: no session is left when the lanes stop.
        await _app.StopAsync(CancellationToken.None);
        // After a fault nobody knows what a snapshot would say, and a lane that has ended takes no work.
        await Engine.StopAsync(snapshot: !_failed.Task.IsFaulted, CancellationToken.None);
        await Engine.DisposeAsync();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
        _lock.Dispose();
    }

    private static async Task<MetersHost> StartOnAsync(
        HostSetup setup, IStore store, StoreLock storeLock, CancellationToken stopping)
    {
        var started = new Late<MetersEngine>();
        var app = Build(setup, started);
        MetersEngine? engine = null;
        try
        {
            engine = await StartEngineAsync(setup, store, app.Services, stopping);
            started.Value = engine;
            var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            engine.Failed = fault => failed.TrySetException(new ServiceFailedException(fault));
            app.UseMetersApi();
            app.MapMetersApi();
            app.MapSmsDelivery(
                app.Services.GetRequiredService<DeliveryTokens>(),
                (notice, report) => engine.Notices.OnDeliveryAsync(notice, report, CancellationToken.None));
            app.MapSmsInbound(setup.Options.Notices.InboundToken, engine.Inbound);
            await app.StartAsync(stopping);
            var (api, terminals) = AddressesOf(app, setup.Options);
            var roots = new RootExport(store.Journal, app.Services.GetRequiredService<IRootSink>(), setup.Clock);
            var host = new MetersHost(app, store, storeLock, engine, failed, api, terminals)
            {
                Roots = roots,
                RootFolder = RootsOf(setup.Options),
            };
            if (setup.RunControl) await host.RunAloneAsync(setup, stopping);
            return host;
        }
        catch
        {
            if (engine is not null) await engine.DisposeAsync();
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Control work and scheduled work on their own, where nobody else moves the clock.</summary>
    private async Task RunAloneAsync(HostSetup setup, CancellationToken stopping)
    {
        Engine.RunControl();
        _ = LocalZone.TryParse(setup.Options.Engine.BillingZone, out var zone);
        var checker = new ReadingChecker(Store, Engine.Registry, zone, setup.Options.Readings, setup.Clock);
        var filler = new GapFiller(
            Store, Engine.Desk, Engine.Gaps.ExhaustedAsync, zone, setup.Options.Readings, setup.Clock);
        _schedule = await QuartzSchedule.StartAsync(
            [
                new DayCloseJob(Engine),
                new SnapshotJob(Engine),
                new RootJob(Roots),
                new ReadingCheckJob(checker),
                new GapEstimateJob(filler),
                new ValueClassJob(Engine.Standings),
            ],
            Services.GetRequiredService<ILoggerFactory>().CreateLogger("Meters.Schedule"),
            stopping);
    }

    private static WebApplication Build(HostSetup setup, Late<MetersEngine> started)
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
        builder.Services.AddSingleton(options.Reports);
        builder.Services.AddMetersSms(OutboxOf(options));
        builder.Services.AddSingleton<IRootSink>(new RootFiles(RootsOf(options), options.Roots.DaysKeptMax));
        builder.Services.AddSingleton<ISecurityModule>(
            new PasswordSecurityModule(options.MeterPassword, options.MeterOperator));
        builder.Services.AddSingleton(_ => started.Value);
        builder.Services.AddSingleton(_ => started.Value.SessionServices);
        builder.Services.AddSingleton<TerminalConnectionHandler>();
        builder.Services.AddMetersApi();
        Listen(builder, options);
        return builder.Build();
    }

    private static Task<MetersEngine> StartEngineAsync(
        HostSetup setup, IStore store, IServiceProvider services, CancellationToken stopping) =>
        MetersEngine.StartAsync(
            new(
                store,
                setup.Options.Engine,
                setup.Options.Ingest,
                setup.Options.Limiter,
                setup.Options.Guard,
                services.GetRequiredService<ISmsChannel>(),
                services.GetRequiredService<ISecurityModule>(),
                setup.Clock,
                TimeProvider.System,
                services.GetRequiredService<ILoggerFactory>())
            {
                Gaps = setup.Options.Gaps,
                Clocks = setup.Options.Clocks,
                Notices = setup.Options.Notices,
                OtherChannels = emailOf => NoticeSetup.OtherChannels(
                    setup.Options.Notices, emailOf, setup.Clock, services.GetRequiredService<ILoggerFactory>()),
            },
            stopping);

    private static void Listen(WebApplicationBuilder builder, ServiceOptions options)
    {
        if (!ServiceOptions.TryReadApi(options.Api, out var api))
        {
            throw new ArgumentException("Api is no address to listen on.", nameof(options));
        }

        var terminals = IPEndPoint.Parse(options.Terminals);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(api);
            kestrel.Listen(terminals, listen => listen.Run(
                c => listen.ApplicationServices.GetRequiredService<TerminalConnectionHandler>().OnConnectedAsync(c)));
        });
    }

    /// <summary>Kestrel lists its addresses in the order they were given: the API first.</summary>
    private static (Uri Api, IPEndPoint Terminals) AddressesOf(WebApplication app, ServiceOptions options)
    {
        var server = app.Services.GetRequiredService<IServer>();
        var addresses = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
            .Select(a => new Uri(a)).ToList();
        var terminals = IPEndPoint.Parse(options.Terminals);
        return (addresses[0], new(terminals.Address, addresses[1].Port));
    }

    /// <summary>The outbox stands beside an embedded store, and in the working folder otherwise.</summary>
    private static string OutboxOf(ServiceOptions options) =>
        Path.Combine(StoreLock.FolderOf(options.Store) ?? ".", "sms-outbox.jsonl");

    private static string RootsOf(ServiceOptions options) =>
        options.Roots.Folder.Length > 0 ? options.Roots.Folder
        : StoreLock.FolderOf(options.Store) is { } folder ? Path.Combine(folder, "roots")
        : "meters-roots";

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

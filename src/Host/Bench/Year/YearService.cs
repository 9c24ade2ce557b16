using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Host.Engine;
using Meters.Host.Notices;
using Meters.Host.Registry;
using Meters.Host.Standings;
using Meters.Ingest.Dlt645;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Bench.Year;

/// <summary>
/// One life of the process: the real registry, books, case worker, notice worker and dispatcher, over what the last
/// life left in the store. Nothing else outlives it.
/// </summary>
internal sealed class YearService
{
    private readonly YearWorld _world;
    private readonly YearControlStore _store;
    private readonly HealthMonitor _health;
    private readonly ControlWorker _cases;

    public YearService(YearWorld world, IStore store, YearLedger? ledger)
    {
        _world = world;
        _health = new([], world.Clock);
        _store = new(store.Control, world);
        var view = new ControlViewStore(store, _store);
        var setup = new EngineSetup(
            view, new(), new(), new(), world.Guard, world.People, new PasswordSecurityModule(), world.Clock,
            TimeProvider.System, NullLoggerFactory.Instance);
        Registry.Load(Sync.Of(store.Customers.LoadAsync(default)), Sync.Of(store.Customers.CalendarsAsync(default)));
        foreach (var addition in world.Registered) Registry.AddRecords(addition);
        Books = new(store, Registry, world.Fleet.Regions, ledger, world.Clock.Now());
        var zone = LocalZone.China;
        var routes = new NoticeRoutes(
            [new SmsNoticeChannel(world.People)], setup.Notices, zone, Registry.QuietHoursOf);
        var standings = new StandingDesk(view, Registry, setup.Notices, zone, world.Clock);
        _cases = new(
            view, Registry, Books.FactsAsync, Health, routes.ReachesOtherwise, setup.Engine, world.Clock);
        Notices = new(view, routes, standings, _health, setup.Engine, world.Metrics, world.Clock);
        Dispatcher = new(
            new(Registry, world.LineTo, _cases.FactsAsync, fault => world.Fault = fault),
            setup,
            world.Metrics,
            NullLogger.Instance);
        foreach (var site in world.Fleet.Sites) site.Line = world.NewLine(site);
        Sync.Of(Dispatcher.RecoverAsync(default));
    }

    public LiveRegistry Registry { get; } = new();

    public YearBooks Books { get; }

    public NoticeWorker Notices { get; }

    public Dispatcher Dispatcher { get; }

    public bool IsDead => _store.IsDead;

    /// <summary>Earliest instant of the program's clock at which time alone makes something due.</summary>
    public Instant NextDue
    {
        get
        {
            var now = _world.Clock.Now();
            var next = Sync.Of(_store.NextDueAsync(default)) ?? Instant.Never;
            return next <= now && Dispatcher.BlockedUntil is { } free && free > now ? free : next;
        }
    }

    /// <summary>Until nothing is due at this instant, or the process dies of it.</summary>
    public void Pump()
    {
        while (!IsDead)
        {
            _health.Observe(_world.Clock.Now());
            var moved = Run(Notices.PumpAsync(default)) + Run(_cases.PumpAsync(default))
                + Run(Dispatcher.PumpAsync(default));
            if (moved == 0) return;
        }
    }

    public void Die()
    {
        _store.IsDead = true;
        foreach (var site in _world.Fleet.Sites) site.Line?.Forget();
    }

    public Command? Order(Home home, CommandKind kind, string reason)
    {
        var (command, _) = Sync.Of(Dispatcher.RequestAsync(home.Account, kind, new("officer"), reason, default));
        return command;
    }

    private int Run(Task<int> pump)
    {
        if (pump.IsCompleted) return pump.GetAwaiter().GetResult();
        return IsDead ? 0 : throw new InvalidOperationException("Something waits where nothing may.");
    }

    private HealthFacts Health() => _health.Facts() with
    {
        Payments = _world.Troubles.PaymentsUp,
        Ingest = _world.Troubles.IngestUp,
    };
}

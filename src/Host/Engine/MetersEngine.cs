using System.Diagnostics.CodeAnalysis;
using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Host.Changes;
using Meters.Host.Clocks;
using Meters.Host.Gaps;
using Meters.Host.Ledger;
using Meters.Host.Readings;
using Meters.Host.Registry;
using Meters.Ingest;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// The running engine: lanes that write, sessions that feed them, and the control work that follows. It owns no thread
/// and no timer of its own beyond its loops, so that a test can run the whole of it on one deterministic scheduler.
/// </summary>
public sealed partial class MetersEngine : IAsyncDisposable, IFrameIds
{
    private readonly EngineSetup _setup;
    private readonly ShardLane[] _lanes;
    private readonly Registrar _registrar;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private readonly WorkSignal _control = new();
    private readonly WorkSignal _noticesDue = new();
    private readonly WorkSignal _fieldDue = new();
    private readonly IngestMetrics _ingestMetrics = new();
    private readonly GapMetrics _gapMetrics = new();
    private readonly ClockMetrics _clockMetrics = new();
    private readonly MoneyState _money = new();
    private long _frames;
    private bool _ready;

    private MetersEngine(EngineSetup setup)
    {
        _setup = setup;
        _log = setup.Loggers.CreateLogger("Meters.Engine");
        if (!LocalZone.TryParse(setup.Engine.BillingZone, out var zone))
        {
            throw new ArgumentException($"Unknown billing zone '{setup.Engine.BillingZone}'.", nameof(setup));
        }

        BillingZone = zone;
        var shards = setup.Store.Kind == StoreKind.Sqlite ? 1 : setup.Engine.Shards;
        var lane = new LaneSetup(Registry, zone, setup.Clock, setup.Wire) { Money = _money };
        _lanes =
        [
            .. Enumerable.Range(0, shards)
                .Select(i => new ShardLane(i, setup.Store, lane, setup.Engine, Metrics, _log)),
        ];
        foreach (var one in _lanes) one.Woken = _control.Set;
        Accounts = new(Registry, _lanes);
        Ledger = new(new(setup.Store, Registry, _lanes, _money, setup.Clock));
        Health = new(_lanes, setup.Clock);
        Closer = new(_lanes, setup.Engine, setup.Clock);
        Standings = new(setup.Store, Registry, setup.Notices, zone, setup.Clock) { Woken = _control.Set };
        var routes = RoutesOf(setup);
        Customers = new(setup.Store, Registry, _lanes, setup.Clock);
        Cases = new(setup.Store, Registry, Accounts.FactsAsync, Health.Facts, routes.ReachesOtherwise, setup.Engine,
            setup.Clock);
        Notices = new(setup.Store, routes, Standings, Health, setup.Engine, Metrics, setup.Clock);
        Inbound = new(setup.Store, Registry, Accounts, setup.Notices, Metrics, setup.Clock);
        Dispatcher = new(
            DispatchPorts.Of(Registry, SessionTable, Cases, fault => Failed?.Invoke(fault)), setup, Metrics, _log);
        Guard = new(setup.Store.Guard, setup.Clock) { Woken = _control.Set };
        _registrar = new(setup.Store, Registry, _lanes, this, setup.Clock);
        Readings = new EngineReadings(Registry, _lanes);
        Desk = new(setup.Store, Readings, Registry, this, setup.Clock);
        Gaps = new(setup, Registry, SessionTable, Dispatcher, _gapMetrics, WorkOf("asking"));
        Clocks = new(setup, Registry, SessionTable, Dispatcher, _clockMetrics, WorkOf("clocks"));
        Changes = new(setup.Store, Registry, _registrar, setup.Clock)
        {
            Woken = _control.Set,
            Correction = new EngineTariffCorrection(Registry, _lanes),
        };
        SessionServices = new(
            setup.Ingest,
            Registry,
            new FrameRouter(Registry, _lanes, setup.Engine),
            this,
            setup.Security,
            setup.Clock,
            setup.Wire,
            SessionTable,
            _ingestMetrics,
            setup.Loggers.CreateLogger<TerminalSession>())
        {
            Clocks = Clocks,
        };
    }

    /// <summary>The store behind it: for queries of committed rows.</summary>
    public IStore Store => _setup.Store;

    public LiveRegistry Registry { get; } = new();

    public EngineMetrics Metrics { get; } = new();

    public AccountDirectory Accounts { get; }

    /// <summary>Quotes, reversals, transfers, shifts, files: money beside plain payments.</summary>
    public LedgerDesk Ledger { get; }

    public HealthMonitor Health { get; }

    /// <summary>The program's clock.</summary>
    public Instant Now() => _setup.Clock.Now();

    public SessionTable SessionTable { get; } = new();

    /// <summary>The way of readings that come on no session.</summary>
    public IReadingLane Readings { get; }

    /// <summary>Decisions about readings, and estimates.</summary>
    public ReadingDesk Desk { get; }

    /// <summary>
    /// Counts hours and asks for missing ones. By itself with <see cref="RunControl"/>; no part of
    /// <see cref="DrainAsync"/>.
    /// </summary>
    public GapAsker Gaps { get; }

    /// <summary>Watches and sets clocks. By itself with <see cref="RunControl"/>, as above.</summary>
    public ClockKeeper Clocks { get; }

    /// <summary>Where service days begin and end.</summary>
    public LocalZone BillingZone { get; }

    /// <summary>Tariffs and policies under four eyes.</summary>
    public ChangeDesk Changes { get; }

    /// <summary>What a session of a concentrator is made from.</summary>
    public SessionServices SessionServices { get; }

    /// <summary>True once every shard has loaded its state.</summary>
    public bool IsReady => Volatile.Read(ref _ready) && Health.Store;

    /// <summary>Largest payment, minor units.</summary>
    public long PaymentMinorMax => _setup.Engine.PaymentMinorMax;

    /// <summary>Live sessions of concentrators.</summary>
    public int Sessions => SessionTable.Count;

    private DayCloser Closer { get; }

    /// <summary>
    /// Loads every shard and starts its writer; control work runs only when <see cref="RunControl"/> or the caller
    /// pumps it.
    /// </summary>
    public static async Task<MetersEngine> StartAsync(EngineSetup setup, CancellationToken stopping)
    {
        var engine = new MetersEngine(setup);
        engine.Registry.Load(
            await setup.Store.Customers.LoadAsync(stopping), await setup.Store.Customers.CalendarsAsync(stopping));
        engine.Registry.Load(await setup.Store.Registry.LoadAsync(stopping));
        await engine.Standings.LoadAsync(stopping);
        var today = DateOnly.FromDateTime(engine.BillingZone.ToLocal(setup.Clock.Now()));
        await engine._money.LoadAsync(setup.Store.Ledger, ServiceDay.Of(today), stopping);
        foreach (var lane in engine._lanes)
        {
            await lane.LoadAsync(stopping);
            engine.Watch(lane.RunAsync(engine._stop.Token), $"shard {lane.Shard}");
        }

        await engine.Changes.LoadAsync(stopping);
        await engine.Ledger.RecoverAsync(stopping);
        await engine.Dispatcher.RecoverAsync(stopping);
        Volatile.Write(ref engine._ready, true);
        return engine;
    }

    /// <summary>
    /// A frame id that no other frame of this store has: the epoch of shard 0 rises with every start.
    /// </summary>
    public FrameId Next() => new((_lanes[0].FirstEpoch << 36) | Interlocked.Increment(ref _frames));

    /// <summary>
    /// Does the control work by itself from now on: when something wakes it, and at least once in a while.
    /// </summary>
    public void RunControl()
    {
        Dispatcher.Moved = _control.Set;
        Watch(LoopAsync(_control, PumpControlAsync, _noticesDue, _stop.Token), "control");

        // A loop of its own: a gateway that hangs must not stand in a reconnect's way.
        Watch(LoopAsync(_noticesDue, Notices.PumpAsync, _control, _stop.Token), "notices");

        // And another: what concentrators are asked for by the way must not stand in anybody's.
        Watch(LoopAsync(_fieldDue, PumpFieldAsync, _control, _stop.Token), "field");
    }

    /// <summary>
    /// Does everything that is due now, commands on the wire included, until nothing is left. For whoever moves the
    /// clock himself: the demo and the simulation.
    /// </summary>
    public async Task DrainAsync(CancellationToken stopping)
    {
        while (true)
        {
            // Asked before: what lands during the round may be due for a part of it that is over already.
            var wasIdle = Dispatcher.InFlight == 0;
            var moved = await Closer.PumpAsync(stopping)
                + await PumpControlAsync(stopping)
                + await Notices.PumpAsync(stopping);
            if (moved > 0) continue;
            if (wasIdle) return;
            await Dispatcher.IdleAsync(stopping);
        }
    }

    /// <summary>Earliest instant at which time alone makes something due; null when nothing waits.</summary>
    public async Task<Instant?> NextDueAsync(CancellationToken stopping)
    {
        var next = Closer.NextDue;
        if (await Store.Control.NextDueAsync(stopping) is { } due && due < next) next = due;
        if (Changes.NextDue is { } change && change < next) next = change;
        var blocked = Dispatcher.BlockedUntil;
        var now = _setup.Clock.Now();
        return next <= now && blocked is { } free && free > now ? free : next;
    }

    /// <summary>Durable when it returns Posted or AlreadyPosted; the record is null for every other status.</summary>
    public async Task<(PaymentStatus Status, PaymentRecord? Record)> PostPaymentAsync(
        PaymentOrder order, CancellationToken stopping)
    {
        var lane = Registry.TryAccount(order.Account, out var account) ? account.Shard : 0;
        var request = new PaymentRequest(order);
        await _lanes[lane].EnqueueAsync(request, stopping);
        return await request.AnswerAsync(stopping);
    }

    /// <summary>
    /// Adds to the registry and to the running shards; faults are plain sentences, empty when it was added.
    /// </summary>
    public Task<(RegistryStatus Status, IReadOnlyList<string> Faults)> RegisterAsync(
        RegistryAddition addition, CancellationToken stopping) =>
        _registrar.RegisterAsync(addition, fourEyes: false, stopping);

    /// <summary>
    /// As <see cref="RegisterAsync"/>, for callers from outside: a further version of what accounts are on needs its
    /// approval, unless the settings say otherwise.
    /// </summary>
    public Task<(RegistryStatus Status, IReadOnlyList<string> Faults)> RegisterFromOutsideAsync(
        RegistryAddition addition, CancellationToken stopping) =>
        _registrar.RegisterAsync(addition, _setup.Engine.NeedsApproval, stopping);

    /// <summary>Committed state of an account, or null for an unknown one.</summary>
    public async Task<AccountFacts?> FactsAsync(AccountId account, CancellationToken stopping) =>
        (await Accounts.FactsAsync([account], stopping))[0];

    public bool TryFindAccount(AccountId account, [NotNullWhen(true)] out AccountRecord? record) =>
        Registry.TryAccount(account, out record);

    /// <summary>A person's command; null with a sentence when it is refused (unknown account, no relay).</summary>
    public async Task<(Command? Command, string? Refusal)> CommandAsync(
        AccountId account, CommandKind kind, PersonId by, string reason, CancellationToken stopping)
    {
        var (command, refusal) = await Dispatcher.RequestAsync(account, kind, by, reason, stopping);
        if (command is not null) _control.Set();
        return (command, refusal);
    }

    /// <summary>The canonical export of all positions, shard by shard: equal for equal accepted inputs.</summary>
    public async Task ExportPositionsAsync(TextWriter writer, CancellationToken stopping)
    {
        foreach (var lane in _lanes)
        {
            await lane.CallAsync(
                (l, _) =>
                {
                    l.Book.ExportPositions(writer);
                    return Task.CompletedTask;
                },
                stopping);
        }
    }

    /// <summary>
    /// Closes the service days that are due, in every shard: scheduled work, and a part of every drain.
    /// </summary>
    public Task CloseDueDaysAsync(CancellationToken stopping) => Closer.PumpAsync(stopping);

    /// <summary>Writes snapshots of all shards: the next start replays only what comes after.</summary>
    public async Task SnapshotAsync(CancellationToken stopping)
    {
        foreach (var lane in _lanes) await lane.CallAsync((l, token) => l.SnapshotAsync(token), stopping);
    }

    /// <summary>Stops the loops. What is not committed is not confirmed, and comes again.</summary>
    public async Task StopAsync(bool snapshot, CancellationToken stopping)
    {
        if (snapshot && IsReady && Array.TrueForAll(_lanes, l => l.IsRunning)) await TrySnapshotAsync(stopping);

        // Not CancelAsync: it hands what follows to the thread pool.
#pragma warning disable CA1849
        _stop.Cancel();
#pragma warning restore CA1849
        await Task.WhenAll(_loops);
        foreach (var lane in _lanes) await lane.DisposeAsync();
    }

    /// <summary>
    /// Snapshots only shorten the next start: a store that is away must not keep the service from stopping.
    /// </summary>
    private async Task TrySnapshotAsync(CancellationToken stopping)
    {
        const int SnapshotSecondsMax = 60;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(SnapshotSecondsMax), _setup.Wire);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            await SnapshotAsync(either.Token);
        }
        catch (Exception fault) when (fault is OperationCanceledException or StoreUnavailableException)
        {
            _log.NoSnapshot();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested) await StopAsync(snapshot: false, CancellationToken.None);
        _stop.Dispose();
        _registrar.Dispose();
        Metrics.Dispose();
        _ingestMetrics.Dispose();
        _gapMetrics.Dispose();
        _clockMetrics.Dispose();
    }

    private async Task<int> PumpControlAsync(CancellationToken stopping)
    {
        Health.Observe(_setup.Clock.Now());
        return await Changes.PumpAsync(stopping)
            + await Cases.PumpAsync(stopping)
            + await Dispatcher.PumpAsync(stopping);
    }

    private async Task<int> PumpFieldAsync(CancellationToken stopping) =>
        await Gaps.PumpAsync(stopping) + await Clocks.PumpAsync(stopping);

    private OpenWork WorkOf(string part) => new(part, _log, fault => Failed?.Invoke(fault), _fieldDue.Set);

    /// <summary>
    /// Pumps when something wakes it and once in a while; what it moved may be work for the other loop.
    /// </summary>
    private async Task LoopAsync(
        WorkSignal due, Func<CancellationToken, Task<int>> pumpAsync, WorkSignal other, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await pumpAsync(stopping) > 0) other.Set(); // Go on while something is due.
            }
            catch (StoreUnavailableException fault)
            {
                _log.ControlFailed(fault.Message);
            }

            await due.WaitAsync(TimeSpan.FromSeconds(_setup.Engine.ControlIdleSeconds), _setup.Wire, stopping);
        }
    }

    /// <summary>
    /// A loop that fails for another reason than the store is a fault of ours: say so and let the host stop.
    /// </summary>
    private void Watch(Task loop, string part)
    {
        _loops.Add(WatchAsync());
        async Task WatchAsync()
        {
            try
            {
                await loop;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Asked to stop.
            }
            catch (Exception fault)
            {
                _log.PartStopped(fault, part);
                Failed?.Invoke(fault);
            }
        }
    }

    /// <summary>Called once when a part of the engine has stopped by a fault: the host stops then.</summary>
    public Action<Exception>? Failed { get; set; }
}

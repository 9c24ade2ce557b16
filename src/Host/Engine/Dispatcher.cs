using System.Collections.Concurrent;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Control.Limits;
using Meters.Host.Guard;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Takes queued commands by priority, checks every gate again, asks the limiter, takes the command by the
/// compare-and-set in the store, and hands the bytes to the concentrator's session. Then follows the command to its
/// proof.
/// </summary>
public sealed partial class Dispatcher
{
    /// <summary>Times that a case is read again because it moved in between.</summary>
    private const int CaseTriesMax = 5;

    private readonly DispatchPorts _ports;
    private readonly EngineSetup _setup;
    private readonly EngineMetrics _metrics;
    private readonly ILogger _log;
    private readonly DispatchLimiter _limiter;
    private readonly GuardBook _pace = new();
    private readonly GuardTermsSource _guard;
    private readonly ConcurrentDictionary<CommandId, Flight> _flights = [];

    /// <summary>Requests on the wire by session.</summary>
    private readonly ConcurrentDictionary<long, int> _onWire = [];
    private readonly WorkSignal _landed = new();
    private int _inFlight;
    private bool _lostSight;

    public Dispatcher(DispatchPorts ports, EngineSetup setup, EngineMetrics metrics, ILogger log)
    {
        (_ports, _setup, _metrics, _log) = (ports, setup, metrics, log);
        _limiter = new(setup.Limiter);
        _guard = new(ports.Registry, setup.Store.Guard, setup.Guard);
    }

    /// <summary>Requests on the wire now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>When the limiter has room again for what it held back; null when it held nothing back.</summary>
    public Instant? BlockedUntil { get; private set; }

    /// <summary>Called when a request on the wire has ended: there may be more to do.</summary>
    public Action? Moved { get; set; }

    private IControlStore Store => _setup.Store.Control;

    private TimeSpan GuardWindow => TimeSpan.FromMinutes(_setup.Guard.WindowMinutes);

    private TimeSpan AnswerMax => TimeSpan.FromSeconds(_setup.Engine.MeterAnswerSecondsMax);

    /// <summary>
    /// After a start: the limiter remembers, and what was sent by the last process goes back through all gates,
    /// because no session of this process carried it.
    /// </summary>
    public async Task RecoverAsync(CancellationToken stopping)
    {
        var now = _setup.Clock.Now();
        var facts = await Store.DispatchesSinceAsync(now - DispatchLimiter.Memory, stopping);
        _limiter.Restore(facts.Select(f => (f.Terminal, _guard.FeederOf(f.Account, f.Terminal), f.Kind, f.At)));
        foreach (var (key, at, load) in await _setup.Store.Guard.TripsSinceAsync(now - GuardWindow, stopping))
        {
            _pace.Restore(key, at, load);
        }

        _limiter.BeginRampUp(now);
        await TakeUpAsync(stopping);
    }

    /// <summary>Starts what may start now. Returns how many commands moved; answers come later.</summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        try
        {
            return await MoveAllAsync(stopping);
        }
        catch (StoreUnavailableException)
        {
            _lostSight = true; // A move may have happened all the same.
            throw;
        }
    }

    /// <summary>
    /// Commands that are in flight in the store and that nobody here follows go back through all gates: whatever
    /// carried them is gone, and what they did is not known.
    /// </summary>
    private async Task<int> TakeUpAsync(CancellationToken stopping)
    {
        var taken = 0;
        foreach (var command in await Store.InFlightAsync(stopping))
        {
            if (_flights.ContainsKey(command.Id)) continue;
            taken++;
            await StepAsync(new(command, null), CommandEvent.Of(CommandEventKind.SessionLost), stopping);
        }

        return taken;
    }

    private async Task<int> MoveAllAsync(CancellationToken stopping)
    {
        var moved = 0;
        if (_lostSight)
        {
            moved += await TakeUpAsync(stopping);
            _lostSight = false;
        }

        var now = _setup.Clock.Now();
        foreach (var flight in _flights.Values.Where(f => f.ReadBackAt <= now).OrderBy(f => f.Command.Id.Value))
        {
            moved++;
            flight.ReadBackAt = Instant.Never;
            Track(flight, ReadBackAsync(flight, stopping));
        }

        moved += await StartAsync(stopping);
        PublishAwaited();
        return moved;
    }

    /// <summary>Waits until a request on the wire has ended.</summary>
    public async Task IdleAsync(CancellationToken stopping)
    {
        while (InFlight > 0) await _landed.WaitAsync(stopping);
    }

    /// <summary>A person's command: the case and the command change in one commit.</summary>
    public async Task<(Command? Command, string? Refusal)> RequestAsync(
        AccountId account, CommandKind kind, PersonId by, string reason, CancellationToken stopping)
    {
        if (!_ports.Registry.TryAccount(account, out var record)) return (null, "The account is not registered.");
        if (!_ports.Registry.TryRelay(account, out var meter)) return (null, "The account has no meter with a relay.");
        if (kind == CommandKind.Trip && _ports.Registry.IsNeverCut(record))
        {
            return (null, "The account is protected: it is never cut.");
        }

        for (var attempt = 0; attempt < CaseTriesMax; attempt++)
        {
            var image = await Store.FindCaseAsync(account, stopping);
            if (image is null) return (null, "The account has no case yet.");
            if (image.Active.Any(c => c.Kind == kind)) return (null, "A command of this kind is on its way already.");
            var now = _setup.Clock.Now();
            var command = new Command(
                default, account, meter.Id, meter.Address, meter.Terminal, kind, CommandState.Queued,
                CommandOrigin.Manual, by, now, now, now + TimeSpan.FromMinutes(30), 0, image.Case.Fence, 0, null,
                    reason);
            var decision = new CaseDecision(
                image.Case.Revision, Wanted(image.Case, kind, now), [command], [], [], null);
            if (await Store.CommitAsync([decision], stopping) == 0) continue; // Something moved in between: look again.
            var stored = await Store.FindCaseAsync(account, stopping);
            var found = stored?.Active.FirstOrDefault(c => c.Kind == kind && c.Origin == CommandOrigin.Manual);
            return (found ?? command, null);
        }

        return (null, "The account's case is changing too fast; try again.");
    }

    private static ControlCase Wanted(ControlCase now, CommandKind kind, Instant at) => kind switch
    {
        CommandKind.Trip => now with { Desired = Supply.Off, ManualOff = true, DueAt = at },
        CommandKind.Close or CommandKind.PermitClose => now with { Desired = Supply.On, ManualOff = false, DueAt = at },
        _ => now,
    };

    private async Task SendAsync(Flight flight, CancellationToken stopping)
    {
        var command = flight.Command;
        var asked = _setup.Wire.GetTimestamp();
        var result = await flight.Session!.ControlAsync(command, PortOf(command), AnswerMax, stopping);
        var happened = MeterEvents.Of(result, readBacks: 0);
        _answers.Enqueue(new(command.Terminal, IsAnswer(happened.Kind), _setup.Wire.GetElapsedTime(asked)));
        await StepAsync(flight, happened, stopping);
    }

    private async Task ReadBackAsync(Flight flight, CancellationToken stopping)
    {
        var command = flight.Command;
        flight.ReadBacks++;
        var result = await flight.Session!.ReadRelayAsync(command, PortOf(command), AnswerMax, stopping);
        await StepAsync(flight, MeterEvents.Of(result, flight.ReadBacks), stopping);
    }

    private byte PortOf(Command command) =>
        _ports.Registry.TryMeter(command.Meter, out var meter) ? meter.Port : TerminalSession.DefaultPort;

    /// <summary>
    /// One step in the command's life: the pure function decides, the store keeps it, the flight goes on or ends.
    /// </summary>
    private async Task StepAsync(Flight flight, CommandEvent happened, CancellationToken stopping)
    {
        var now = _setup.Clock.Now();
        var command = flight.Command;
        var step = CommandLifecycle.On(command, happened, now, LifecycleRules.Default);
        if (step.Action == CommandAction.None && step.Next == command.State) return;
        var due = step.At ?? (step.Action == CommandAction.AwaitAnswer ? now + AnswerMax : Instant.Never);
        var move = new CommandMove(
            command.Id, command.State, step.Next, now, due, step.Detail, step.Proven, step.AlarmOn);
        if (!await Store.MoveCommandAsync(move, stopping))
        {
            _flights.TryRemove(command.Id, out _); // Somebody else moved it on.
            return;
        }

        _metrics.CommandMoved(step.Next);
        flight.Command = command with { State = step.Next };
        if (step.Action == CommandAction.ReadBack) flight.ReadBackAt = due;
        if (step.Action is CommandAction.Retry or CommandAction.GiveUp or CommandAction.Done)
        {
            _flights.TryRemove(command.Id, out _);
        }
    }

    /// <summary>A request on the wire: it ends by itself, by its timeout at the latest.</summary>
    private async void Track(Flight flight, Task request)
    {
        Interlocked.Increment(ref _inFlight);
        var session = flight.Session!.Id;
        _onWire.AddOrUpdate(session, 1, static (_, n) => n + 1);
        try
        {
            await request;
        }
        catch (OperationCanceledException)
        {
            // Stopping: after the restart the command is taken up again.
        }
        catch (StoreUnavailableException fault)
        {
            // What came of it could not be kept, or was: once the store is back it says.
            _flights.TryRemove(flight.Command.Id, out _);
            _lostSight = true;
            _log.ControlFailed(fault.Message);
        }
        catch (Exception fault)
        {
            _log.PartStopped(fault, "dispatch");
            _ports.Failed(fault);
        }
        finally
        {
            if (_onWire.AddOrUpdate(session, 0, static (_, n) => n - 1) == 0) _onWire.TryRemove(new(session, 0));
            Interlocked.Decrement(ref _inFlight);
            _landed.Set();
            Moved?.Invoke();
        }
    }

    /// <summary>A sent command and the session that carries it.</summary>
    private sealed class Flight(Command command, ICommandLine? session)
    {
        public Command Command { get; set; } = command;

        public ICommandLine? Session => session;

        public int ReadBacks { get; set; }

        public Instant ReadBackAt { get; set; } = Instant.Never;
    }
}

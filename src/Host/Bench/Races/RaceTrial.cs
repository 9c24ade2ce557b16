using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Limits;
using Meters.Host.Bench.Year;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Ingest.Dlt645;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Storage.Memory;
using Meters.Units;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meters.Host.Bench.Races;

/// <summary>
/// One overdue account whose cut is due, two processes that decide and dispatch, and a payment, with every call of the
/// store and every answer of the field a turn of its own. One of the processes may die in between. Afterwards time runs
/// on until nothing is due.
/// </summary>
internal sealed class RaceTrial
{
    private const int PumpsOfRace = 4;
    private const int QuietRounds = 60;

    private readonly RaceTurns _turns;
    private readonly RaceGround _ground;
    private readonly Random _random;
    private readonly YearClock _clock;
    private readonly MemoryStore _store;
    private readonly List<Process> _processes = [];
    private readonly Dictionary<CommandId, int> _takenLessLeft = [];
    private readonly List<string> _faults = [];
    private long _balance = -500;
    private bool _paid;
    private bool _paidBeforeTaken;
    private int _order;
    private int _lastTrip;
    private int _lastClose;
    private bool _relayOn = true;

    public RaceTrial(RaceGround ground, MemoryStore store, int seed)
    {
        (_ground, _store, _random) = (ground, store, new(seed));
        _turns = new(_random);
        _clock = new(RaceGround.Start);
    }

    public int Turns => _turns.Taken;

    public bool WasCut => _lastTrip > 0;

    public bool WasChased => _lastTrip > 0 && _lastClose > _lastTrip;

    /// <summary>What went wrong; empty when nothing did.</summary>
    public IReadOnlyList<string> Run()
    {
        _ground.Prepare(_store);
        var enough = _random.Next(5) > 0;
        _processes.Add(new(this));
        _processes.Add(new(this));
        foreach (var process in _processes.ToList()) _ = RaceAsync(process);
        _ = PayAsync(enough ? 2_000 : 100);
        if (_random.Next(3) == 0) _ = KillAsync(_processes[0]);
        _turns.Run();
        RunQuiet();
        if (!_paid) _faults.Add("the payment was never stored");
        if (enough && !_relayOn) _faults.Add("dark for ever after a payment");
        if (enough && WasCut && !WasChased) _faults.Add("a cut that no reconnect chased");
        return _faults;
    }

    private async Task RaceAsync(Process process)
    {
        for (var i = 0; i < PumpsOfRace; i++)
        {
            await _turns.NextAsync(process.Life);
            if (_random.Next(2) == 0) await process.Cases.PumpAsync(default);
            await process.Dispatcher.PumpAsync(default);
        }
    }

    private async Task PayAsync(long minor)
    {
        var shard = await _store.TakeShardAsync(0, default);
        for (var wait = _random.Next(40); wait > 0; wait--) await _turns.NextAsync();
        var commit = new ShardCommit { At = _clock.Now() };
        commit.Credited.Add(RaceGround.Account);
        await shard.CommitAsync(commit, default);
        (_balance, _paid) = (_balance + minor, true);
    }

    private async Task KillAsync(Process process)
    {
        for (var wait = _random.Next(60); wait > 0; wait--) await _turns.NextAsync();
        process.Life.IsDead = true;
    }

    /// <summary>The race is over: a process that lives on, and time.</summary>
    private void RunQuiet()
    {
        if (_processes[0].Life.IsDead) _processes.Add(new(this));
        var last = _processes[^1];
        foreach (var process in _processes) process.Life.IsDead = process != last;
        _ = last.Dispatcher.RecoverAsync(default);
        _turns.Run();
        for (var round = 0; round < QuietRounds; round++)
        {
            _ = PumpAsync(last);
            _turns.Run();
            if (_faults.Count > 0) return;
            var next = Sync.Of(_store.Control.NextDueAsync(default));
            if (next is null || next > RaceGround.Start + TimeSpan.FromHours(3)) return;
            _clock.Reach(next > _clock.True ? next.Value : _clock.True + TimeSpan.FromSeconds(5));
        }
    }

    private static async Task PumpAsync(Process process)
    {
        while (await process.Cases.PumpAsync(default) + await process.Dispatcher.PumpAsync(default) > 0)
        {
            // Until nothing is due.
        }
    }

    private AccountFacts Facts() => new(
        RaceGround.Account, _ground.Currency, new(_balance), (byte)(_balance < 0 ? 0b111 : 0), 1, RaceGround.Start,
        ReadingQuality.Actual, new(1_000), new(300));

    private void Took(CommandId command, DispatchStatus status)
    {
        if (status != DispatchStatus.Sent) return;
        _takenLessLeft[command] = _takenLessLeft.GetValueOrDefault(command) + 1;
        _paidBeforeTaken = _paid;
    }

    private void Left(Command command)
    {
        _order++;
        if (--_takenLessLeft[command.Id] < 0) _faults.Add($"{command.Kind} {command.Id} left twice for once taken");
        if (command.Kind == CommandKind.Close) _lastClose = _order;
        if (command.Kind != CommandKind.Trip) return;
        _lastTrip = _order;

        // One decided on a payment that was too small is in order.
        if (_paidBeforeTaken && _balance >= 0) _faults.Add("a cut taken after the payment was durable");
    }

    private sealed class Process
    {
        public Process(RaceTrial trial)
        {
            var control = new RaceStore(trial, Life);
            var view = new ControlViewStore(trial._store, control);
            var ground = trial._ground;
            var setup = new EngineSetup(
                view, ground.Engine, new(), new(), new GuardOptions(), ground, new PasswordSecurityModule(),
                trial._clock, trial._clock, NullLoggerFactory.Instance);
            Cases = new(
                view,
                ground.Registry,
                async (accounts, _) =>
                {
                    await trial._turns.NextAsync(Life);
                    return [.. accounts.Select(_ => trial.Facts())];
                },
                () => HealthFacts.Good,
                ground.Engine,
                trial._clock);
            var line = new Line(trial, Life, 1 + trial._processes.Count);
            Dispatcher = new(
                new(ground.Registry, _ => line, Cases.FactsAsync, fault => trial._faults.Add(fault.Message)),
                setup,
                ground.Metrics,
                NullLogger.Instance);
        }

        public RaceLife Life { get; } = new();

        public ControlWorker Cases { get; }

        public Dispatcher Dispatcher { get; }
    }

    /// <summary>Every call is two turns: before it is done, and before its answer is known.</summary>
    private sealed class RaceStore(RaceTrial trial, RaceLife life) : AroundControlStore(trial._store.Control)
    {
        protected override async Task<T> Around<T>(Func<Task<T>> call)
        {
            await trial._turns.NextAsync(life);
            var answer = await call();
            await trial._turns.NextAsync(life);
            return answer;
        }

        protected override void Dispatched(DispatchAttempt attempt, DispatchStatus status) =>
            trial.Took(attempt.Command, status);
    }

    private sealed class Line(RaceTrial trial, RaceLife life, long id) : ICommandLine
    {
        public long Id => id;

        public bool HasRequests => false;

        public async Task<RequestResult> ControlAsync(
            Command command, byte port, TimeSpan timeout, CancellationToken stopping)
        {
            trial.Left(command);
            await trial._turns.NextAsync();
            trial._relayOn = command.Kind == CommandKind.Trip ? false
                : command.Kind == CommandKind.Close || trial._relayOn;
            await trial._turns.NextAsync(life);
            var status = trial._random.Next(10) == 0 ? RequestStatus.NoAnswer : RequestStatus.Accepted;
            return new(status, id, true, default, default);
        }

        public async Task<RelayResult> ReadRelayAsync(
            Command command, byte port, TimeSpan timeout, CancellationToken stopping)
        {
            await trial._turns.NextAsync(life);
            return new(RequestStatus.Data, id, trial._relayOn ? RelayState.Closed : RelayState.Open);
        }
    }
}

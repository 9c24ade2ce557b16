using System.Collections.Concurrent;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Control.Limits;
using Meters.Host.Api;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// What may leave now: some commands at a time through the gates, the limiter and the compare-and-set of one
/// transaction, reconnects before all others.
/// </summary>
public sealed partial class Dispatcher
{
    /// <summary>
    /// Commands taken in one transaction: some milliseconds, which is what a reconnect behind them waits at most.
    /// </summary>
    private const int CommandsPerDispatchMax = 100;

    /// <summary>Commands of a concentrator that wait for its line as they are; those behind them come later.</summary>
    private const int LineWaitersMax = 50;

    private static readonly TimeSpan LaterOffline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LaterStopped = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LaterBehind = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<Answer> _answers = [];
    private bool _cutsStopped;

    private readonly record struct Answer(TerminalAddress Terminal, bool Succeeded, TimeSpan Took);

    /// <summary>Returns how many commands moved.</summary>
    private async Task<int> StartAsync(CancellationToken stopping)
    {
        BlockedUntil = null;
        var now = _setup.Clock.Now();
        while (_answers.TryDequeue(out var answer))
        {
            _limiter.Answered(answer.Terminal, answer.Succeeded, answer.Took, now);
        }

        var ready = FairShare.Order(
            await Store.ReadyCommandsAsync(now, _setup.Engine.CommandsPerRoundMax, stopping));
        if (ready.Any(command => command.Kind == CommandKind.Trip)) await LookAtGuardAsync(now, stopping);
        var moved = 0;
        var first = ready.TakeWhile(command => DispatchLimiter.GivesPower(command.Kind)).ToList();
        var slices = first.Chunk(CommandsPerDispatchMax)
            .Concat(ready.Skip(first.Count).Chunk(CommandsPerDispatchMax));
        foreach (var slice in slices)
        {
            var round = new Round(slice);
            moved += await RunAsync(round, stopping);
            if (round.IsBlocked) break; // The whole system's pace: whatever comes after in order of priority waits too.

            // A reconnect may have come meanwhile: it goes before the rest, which comes with the next look.
            if (moved > 0 && !DispatchLimiter.GivesPower(slice[0].Kind)) break;
        }

        return moved;
    }

    private async Task LookAtGuardAsync(Instant now, CancellationToken stopping)
    {
        await _guard.RefreshAsync(now, stopping);
        var stopped = await _setup.Store.Guard.SwitchAsync(stopping) is { Stopped: true };
        if (_cutsStopped && !stopped) _limiter.BeginRampUp(now);
        _cutsStopped = stopped;
    }

    private async Task<int> RunAsync(Round round, CancellationToken stopping)
    {
        var now = _setup.Clock.Now();
        foreach (var command in round.Commands)
        {
            if (command.ExpiresAt <= now)
            {
                await StepAsync(new(command, null), CommandEvent.Of(CommandEventKind.DeadlinePassed), stopping);
                round.Moved++;
            }
            else if (!Consider(round, command, now)) break;
        }

        await CheckGatesAsync(round, stopping);

        // The gates may have taken a while: a limit counts from when the bytes leave.
        now = _setup.Clock.Now();
        foreach (var start in round.Candidates)
        {
            if (!round.IsBlocked && Take(round, start, now)) round.Starts.Add(start);
        }

        if (round.Later.Count > 0) await Store.PostponeAsync(round.Later, stopping);
        await DispatchAsync(round, now, stopping);
        return round.Moved + round.Later.Count;
    }

    /// <summary>Whether there is a point in asking the gates; false when the whole system has to wait.</summary>
    private bool Consider(Round round, Command command, Instant now)
    {
        var isTrip = command.Kind == CommandKind.Trip;
        if (_ports.Line(command.Terminal) is not { } session)
        {
            round.Postpone(command, now + LaterOffline, "The concentrator is not connected.");
            return true;
        }

        if (isTrip && _cutsStopped)
        {
            round.Postpone(command, now + LaterStopped, "A person stopped all cuts.");
            return true;
        }

        if (MustWait(round, command, session, now)) return true;
        var terms = isTrip ? _guard.TermsOf(command) : GuardTerms.OfTrips(GuardWindow, 0);
        var start = new Start(command, session, terms, _guard.FeederOf(command.Account, command.Terminal));
        if (!HasRoom(round, start, now)) return !round.IsBlocked;
        round.Candidates.Add(start);
        round.OnWire(session.Id);
        return true;
    }

    /// <summary>
    /// A session carries one request at a time. A cut must not be taken from the store and then wait in its queue: the
    /// gates and the compare-and-set stand immediately before the bytes leave.
    /// </summary>
    private bool MustWait(Round round, Command command, ICommandLine session, Instant now)
    {
        var planned = round.PlannedOn(session.Id);
        var waits = command.Kind == CommandKind.Trip
            ? planned > 0 || MustWaitForLine(command.Terminal, session.Id, session.HasRequests)
            : planned + _onWire.GetValueOrDefault(session.Id) >= _limiter.InFlightMax(command.Terminal, now);
        if (!waits) return false;
        var behind = round.WaitersOn(session.Id) - LineWaitersMax;
        if (behind > 0) round.Postpone(command, now + (LaterBehind * behind), "Waits for its concentrator's line.");
        return true;
    }

    private bool HasRoom(Round round, Start start, Instant now)
    {
        var command = start.Command;
        if (command.Kind == CommandKind.Trip
            && _pace.FreeAt(PaceOf(start.Guard), now) is var turn && turn > now)
        {
            round.Postpone(command, turn, "Waits its turn among the cuts.");
            return false;
        }

        if (_limiter.SystemFreeAt(command.Kind, now) is var free && free > now)
        {
            (BlockedUntil, round.IsBlocked) = (free, true);
            return false;
        }

        if (_limiter.LineFreeAt(command.Terminal, command.Kind, now, start.Feeder) is var line && line > now)
        {
            round.PostponeBehind(command, line, LaterBehind, "Waits for room at its concentrator or feeder.");
            return false;
        }

        return true;
    }

    /// <summary>Takes the room that was there when it was considered, unless others of the round took it.</summary>
    private bool Take(Round round, Start start, Instant now)
    {
        if (!HasRoom(round, start, now)) return false;
        if (!_limiter.TryTake(start.Command.Terminal, start.Command.Kind, now, out _, start.Feeder)) return false;
        if (start.Command.Kind == CommandKind.Trip) _pace.Book(start.Guard, now);
        return true;
    }

    private GuardTerms PaceOf(GuardTerms terms) => GuardPlan.PaceOf(terms, _setup.Limiter.CutPacePercent);

    /// <summary>
    /// Leaves those whose gates are all open. Gates read committed state: the cases from the store, the balances from
    /// their writers.
    /// </summary>
    private async Task CheckGatesAsync(Round round, CancellationToken stopping)
    {
        if (round.Candidates.Count == 0) return;
        var facts = await _ports.Facts(
            [.. round.Candidates.Select(start => start.Command.Account).Distinct()], stopping);
        foreach (var start in round.Candidates.ToList())
        {
            var known = facts.GetValueOrDefault(start.Command.Account);
            if (ClosedGates(start.Command, known) is not { } sentence) continue;
            round.Candidates.Remove(start);
            round.Moved++;
            var cancelled = new CommandMove(
                start.Command.Id, CommandState.Queued, CommandState.Cancelled, _setup.Clock.Now(), Instant.Never,
                sentence);
            if (await Store.MoveCommandAsync(cancelled, stopping)) _metrics.CommandMoved(CommandState.Cancelled);
        }
    }

    private static string? ClosedGates(Command command, CaseFacts? facts)
    {
        if (facts is null) return "The account is not known.";
        var gates = Gates.AtDispatch(command, facts);
        return gates.IsOpen ? null : string.Join(" ", gates.Closed.Select(g => g.Sentence));
    }

    /// <summary>One transaction takes them from the store; the bytes of those that it gave follow at once.</summary>
    private async Task DispatchAsync(Round round, Instant now, CancellationToken stopping)
    {
        if (round.Starts.Count == 0) return;
        var attempts = round.Starts.Select(start => new DispatchAttempt(
            start.Command.Id, start.Command.Attempts, now, start.Session.Id, now + AnswerMax, start.Guard)).ToList();
        var outcomes = await Store.DispatchAsync(attempts, stopping);
        var waiting = new List<(CommandId Command, Instant DueAt, string Detail)>();
        for (var i = 0; i < outcomes.Count; i++)
        {
            round.Moved++;
            var (command, outcome) = (round.Starts[i].Command, outcomes[i]);
            _metrics.Dispatched(outcome.Status);
            Report(command, outcome);
            if (outcome.Status == DispatchStatus.Sent) Send(round.Starts[i], now, stopping);
            else if (command.Kind == CommandKind.Trip) _pace.Unbook(round.Starts[i].Guard);
            if (outcome.Status is DispatchStatus.Stopped or DispatchStatus.GuardWaits)
            {
                waiting.Add((command.Id, now + LaterStopped, $"Waits: {Tags.Of(outcome.Status)}."));
            }
        }

        if (waiting.Count > 0) await Store.PostponeAsync(waiting, stopping);
    }

    private void Report(Command command, DispatchOutcome outcome)
    {
        if (outcome.Guard.Line == GuardLine.Clear) return;
        _metrics.GuardCrossed(outcome.Guard);
        if (outcome.Status == DispatchStatus.GuardExhausted)
        {
            _log.CutQuarantined(command.Id.Value, outcome.Guard.Sentence);
        }
        else _log.CutNearCap(command.Id.Value, outcome.Guard.Sentence);
    }

    private void Send(Start start, Instant now, CancellationToken stopping)
    {
        var sent = start.Command with
        {
            State = CommandState.Sent,
            Attempts = start.Command.Attempts + 1,
            SessionId = start.Session.Id,
            SentAt = now,
        };
        var flight = new Flight(sent, start.Session);
        _flights[sent.Id] = flight;
        Track(flight, SendAsync(flight, stopping));
    }

    /// <summary>Whether the concentrator and the meter did their part, whatever the meter said.</summary>
    private static bool IsAnswer(CommandEventKind happened) =>
        happened is CommandEventKind.MeterAccepted or CommandEventKind.MeterRefused;

    /// <param name="Command">Which.</param>
    /// <param name="Session">What will carry it.</param>
    /// <param name="Guard">What the guard asks of it.</param>
    /// <param name="Feeder">Empty when not known.</param>
    private sealed record Start(Command Command, ICommandLine Session, GuardTerms Guard, string Feeder);

    /// <summary>Commands on their way through one transaction.</summary>
    private sealed class Round(IReadOnlyList<Command> commands)
    {
        private readonly Dictionary<long, int> _planned = [];
        private readonly Dictionary<long, int> _waiters = [];
        private readonly Dictionary<TerminalAddress, int> _behind = [];

        public IReadOnlyList<Command> Commands => commands;

        public List<Start> Candidates { get; } = [];

        public List<Start> Starts { get; } = [];

        public List<(CommandId Command, Instant DueAt, string Detail)> Later { get; } = [];

        public int Moved { get; set; }

        /// <summary>The system's limit is reached: nothing after it can go either.</summary>
        public bool IsBlocked { get; set; }

        public int PlannedOn(long session) => _planned.GetValueOrDefault(session);

        public void OnWire(long session) => _planned[session] = PlannedOn(session) + 1;

        public int WaitersOn(long session) => _waiters[session] = _waiters.GetValueOrDefault(session) + 1;

        public void Postpone(Command command, Instant at, string detail) => Later.Add((command.Id, at, detail));

        /// <summary>One after another, so that they do not all come back at the same instant.</summary>
        public void PostponeBehind(Command command, Instant at, TimeSpan apart, string detail)
        {
            var behind = _behind.GetValueOrDefault(command.Terminal);
            _behind[command.Terminal] = behind + 1;
            Postpone(command, at + (apart * behind), detail);
        }
    }
}

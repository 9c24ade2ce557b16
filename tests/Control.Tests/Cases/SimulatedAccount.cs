using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Tests.Control.Cases;

/// <summary>
/// One household with its store, meter and gateway, none of them reliable: balances fall, payments come, readings stay
/// out, messages fail, commands vanish. Everything on one seed.
/// </summary>
internal sealed class SimulatedAccount
{
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    private readonly Random _random;
    private readonly LadderOracle _oracle;
    private readonly List<Command> _commands = [];
    private readonly List<Notice> _notices = [];
    private readonly List<Hold> _holds = [];
    private Instant _runBegan;
    private Instant? _readAt;
    private ReadingQuality _quality;
    private HealthFacts _health = HealthFacts.Good;
    private bool _neverCut;
    private byte _mask;
    private long _balance;
    private long _lastPurchase = 10_000;
    private long _perStep;
    private long _nextId = 1;

    public SimulatedAccount(Random random, LadderOracle oracle, Policy policy, Instant start)
    {
        (_random, _oracle, Policy, Now) = (random, oracle, policy, start);
        _balance = random.Next(0, 8_000);
        _perStep = random.Next(1, 40);
        Case = new(
            Given.Account, 0, start, Supply.Unknown, Supply.Unknown, Instant.Epoch, false, false, Instant.Never, 1, 1);
        _runBegan = start;
    }

    public Policy Policy { get; }

    public Instant Now { get; private set; }

    public ControlCase Case { get; private set; }

    /// <summary>The truth at the meter.</summary>
    public Supply Relay { get; private set; } = Supply.On;

    /// <summary>Nothing fails any more.</summary>
    public bool Calm { get; set; }

    public long Balance => _balance;

    public int Trips { get; private set; }

    public List<string> Log { get; } = [];

    public CaseFacts Facts => new(
        Case,
        [.. _commands.Where(command => !command.IsFinal)],
        [.. _commands.Where(command => command.IsFinal).GroupBy(command => command.Kind).Select(kind => kind.Last())],
        [.. _notices.Where(notice => notice.CreatedAt >= _runBegan).OrderByDescending(notice => notice.CreatedAt)],
        [.. _holds.Where(hold => hold.Until > Now)],
        new(
            Given.Account,
            Given.Cny,
            new(_balance),
            _mask,
            1,
            _readAt,
            _quality,
            new(_lastPurchase),
            new(_perStep * 144)),
        new("Li", "+8613800000000", "en", _neverCut, Given.Relay),
        Policy,
        Now,
        _health);

    public void Pay(long amount)
    {
        _balance += amount;
        _lastPurchase = amount;
        Case = Case with { Fence = Case.Fence + 1 };
        Wake();
    }

    public void Tick()
    {
        Now += Step;
        Live();
        if (!Calm) Disturb();
        Cross();
        foreach (var command in _commands.Where(command => !command.IsFinal).OrderBy(
            c => Command.PriorityOf(c.Kind)).ToList())
        {
            Advance(command);
        }

        foreach (var notice in _notices.Where(n => n.State is NoticeState.Queued or NoticeState.Sent).ToList())
        {
            Deliver(notice);
        }
        for (var looks = 0; Case.DueAt <= Now; looks++)
        {
            if (looks > 20) throw new InvalidOperationException("It is due again and again.");
            Decide();
        }

        _oracle.AfterTick(this);
    }

    private bool Chance(int percent) => !Calm && _random.Next(100) < percent;

    private void Wake() => Case = Case with { DueAt = Now, Revision = Case.Revision + 1 };

    private void Live()
    {
        if (Relay == Supply.On) _balance -= _perStep;
        if (Now.UnixMicros % Instant.MicrosPerHour != 0 || Chance(8)) return;
        _readAt = Now;
        _quality = Chance(10) ? ReadingQuality.Estimated : ReadingQuality.Actual;
    }

    private void Disturb()
    {
        if (_random.Next(250) == 0) Pay(_random.Next(100, 9_000));
        if (_random.Next(400) == 0)
        {
            _holds.Add(new(
                Given.Account,
                HoldKind.Complaint,
                Now,
                Now + TimeSpan.FromHours(_random.Next(1, 60)),
                new("clerk"),
                ""));
            Wake();
        }

        if (_random.Next(600) == 0) (_neverCut, Case) = (!_neverCut, Case with { DueAt = Now });
        if (_random.Next(100) == 0)
        {
            _health = _random.Next(3) > 0 ? HealthFacts.Good : HealthFacts.Good with { Sms = false };
        }
        if (_random.Next(300) == 0) _perStep = _random.Next(1, 60);
        if (_random.Next(500) == 0) Case = Case with { DueAt = Now }; // A restart looks at everything.
    }

    public void EndDisturbances()
    {
        (Calm, _neverCut, _health) = (true, false, HealthFacts.Good);
        _holds.Clear();
        Wake();
    }

    /// <summary>As Billing does: below the level is crossed; recovered only at the level plus hysteresis.</summary>
    private void Cross()
    {
        var levels = new[] { _lastPurchase * 30 / 100, _perStep * 144 * 15 / 10, 0 };
        var mask = 0;
        for (var i = 0; i < 3; i++)
        {
            var was = (_mask & (1 << i)) != 0;
            if (_balance < levels[i] + (was ? 100 : 0)) mask |= 1 << i;
        }

        if (mask == _mask) return;
        _mask = (byte)mask;
        Wake();
    }

    private void Decide()
    {
        var facts = Facts;
        var outcome = Ladder.Decide(facts);
        _oracle.AfterDecision(facts, outcome);
        if (outcome.After.Rung == 0 && facts.Case.Rung != 0) _runBegan = outcome.After.RungAt;
        Case = outcome.After with { Revision = Case.Revision + 1 };
        foreach (var (id, to) in outcome.Cancelled)
        {
            Replace(_commands.Single(c => c.Id == id), c => c with { State = to });
        }
        foreach (var command in outcome.Commands)
        {
            if (_commands.Exists(c => !c.IsFinal && c.Kind == command.Kind))
            {
                throw new InvalidOperationException("Two of a kind.");
            }
            _commands.Add(command with { Id = new(_nextId++) });
            if (command.Kind == CommandKind.Trip) Trips++;
        }

        foreach (var notice in outcome.Notices) _notices.Add(notice with { Id = new(_nextId++) });
        if (outcome.Decision is { } decision)
        {
            Log.Add($"{Now} {decision.Outcome}: {string.Join(" | ", decision.Reasons)}");
        }
    }

    private void Advance(Command command)
    {
        if (command.State == CommandState.Queued)
        {
            if (Now >= command.ExpiresAt) Finish(command, CommandState.Expired);
            else if (command.DueAt <= Now && !Chance(30)) Dispatch(command);
            return;
        }

        if (command.State == CommandState.Quarantined) return;
        var lost = Chance(20);
        var executed = !lost || Chance(50);
        if (executed && CommandLifecycle.WantedOf(command.Kind) is { } wanted) Relay = wanted;
        if (lost)
        {
            if (command.Attempts < 3 && Chance(50)) Replace(command, c => c with { State = CommandState.Queued });
            else Finish(command, CommandState.TimedOut);
            return;
        }

        Finish(command, CommandState.Confirmed);
    }

    private void Dispatch(Command command)
    {
        var facts = Facts;
        if (!Gates.AtDispatch(command, facts).IsOpen) return;
        _oracle.AtDispatch(command, facts);
        if (command.Kind == CommandKind.Trip && Chance(10))
        {
            Replace(command, c => c with { State = CommandState.Quarantined });
            return;
        }

        Replace(command, c => c with { State = CommandState.Sent, Attempts = c.Attempts + 1, SentAt = Now });
    }

    private void Finish(Command command, CommandState state)
    {
        Replace(command, c => c with { State = state });
        if (state == CommandState.Confirmed)
        {
            if (CommandLifecycle.WantedOf(command.Kind) is { } wanted)
            {
                Case = Case with { Actual = wanted, ActualAt = Now };
            }
            else Case = Case with { AlarmOn = command.Kind == CommandKind.AlarmOn };
        }

        Wake();
    }

    private void Deliver(Notice notice)
    {
        if (Chance(40)) return;
        var state = Chance(15) ? NoticeState.Failed : NoticeState.Delivered;
        _notices[_notices.FindIndex(n => n.Id == notice.Id)] = notice with { State = state, DoneAt = Now };
        Wake();
    }

    private void Replace(Command command, Func<Command, Command> change) =>
        _commands[_commands.FindIndex(c => c.Id == command.Id)] = change(command);
}

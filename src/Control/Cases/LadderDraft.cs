using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Control.Policies;
using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>An outcome while it is being made.</summary>
internal sealed class LadderDraft
{
    private static readonly string[] WordsByWeight =
        ["cut", "reconnect", "fieldwork", "final", "warn", "remind", "info", "none", "wait"];

    private readonly List<Command> _active;
    private readonly List<Command> _lastFinal;
    private readonly List<Command> _commands = [];
    private readonly List<(CommandId Id, CommandState To)> _cancelled = [];
    private readonly List<Notice> _notices = [];
    private readonly List<(string Word, string Sentence)> _said = [];
    private readonly List<string> _waits = [];
    private int _waitMask;
    private Instant _due = Instant.Never;

    public LadderDraft(CaseFacts facts)
    {
        Facts = facts;
        Case = facts.Case;
        _active = [.. facts.Active];
        _lastFinal = [.. facts.LastFinal];
        var rungs = Math.Min(facts.Policy.Rungs.Count, Policy.RungsMax);
        while (rungs > 0 && (facts.Account.CrossedMask & (1 << (rungs - 1))) == 0) rungs--;
        Reach = rungs;
    }

    public CaseFacts Facts { get; }

    /// <summary>As it will be stored.</summary>
    public ControlCase Case { get; set; }

    /// <summary>As it was stored.</summary>
    public ControlCase Before => Facts.Case;

    public Policy Policy => Facts.Policy;

    public AccountFacts Account => Facts.Account;

    public CustomerFacts Customer => Facts.Customer;

    public Instant Now => Facts.Now;

    /// <summary>
    /// Rungs that are due: up to the deepest level that is crossed. Who is below a deep level is below the milder ones
    /// too, even where those are reckoned in another unit and say otherwise: no rung is skipped.
    /// </summary>
    public int Reach { get; }

    /// <summary>Commands that are not final, new ones included.</summary>
    public IEnumerable<Command> Active => _active;

    /// <summary>Off, wanted off, or on the way from one to the other.</summary>
    public bool IsOffOrSwitching => Case.ManualOff || Case.Desired == Supply.Off || Case.Actual == Supply.Off
        || _active.Exists(command => CommandLifecycle.WantedOf(command.Kind) is not null);

    public Command? FindActive(Func<Command, bool> which) => _active.Find(command => which(command));

    public Command? Last(CommandKind kind) =>
        _lastFinal.Where(command => command.Kind == kind).MaxBy(command => (command.CreatedAt, command.Id.Value));

    /// <summary>The latest final command that gives power back, of either kind.</summary>
    public Command? LastClose() => _lastFinal
        .Where(command => command.Kind is CommandKind.Close or CommandKind.PermitClose)
        .MaxBy(command => (command.CreatedAt, command.Id.Value));

    /// <summary>Commands that ran out before they left: final, whoever notices it first.</summary>
    public void ExpireOverdue()
    {
        foreach (var command in _active.Where(c => CommandLifecycle.IsUnsent(c.State) && c.ExpiresAt <= Now).ToList())
        {
            Cancel(command, CommandState.Expired);
        }
    }

    /// <summary>Takes back a command that was not sent.</summary>
    public void Cancel(Command command, CommandState to)
    {
        _active.Remove(command);
        _lastFinal.Add(command with { State = to });
        _cancelled.Add((command.Id, to));
    }

    public void Send(CommandKind kind, Instant expiresAt, string reason)
    {
        var relay = Customer.Relay ?? throw new InvalidOperationException("No relay: a gate should have been shut.");
        var command = new Command(
            default,
            Case.Account,
            relay.Meter,
            relay.Address,
            relay.Terminal,
            kind,
            CommandState.Queued,
            CommandOrigin.Policy,
            PersonId.System,
            Now,
            Now,
            expiresAt,
            0,
            Case.Fence,
            0,
            null,
            reason);
        _commands.Add(command);
        _active.Add(command);
    }

    /// <summary>Adds a message, if there is a number to send it to.</summary>
    public void Notify(NoticeKind kind, Instant? cutNotBefore)
    {
        if (Customer.Phone.Length == 0) return;
        var facts = new NoticeFacts(
            Case.Account,
            Policy.Currency,
            Account.Balance,
            Policy.CutRung?.Threshold.LevelFor(Account),
            cutNotBefore,
            Policy.Reconnect.AtLeast,
            Policy.Reconnect.Mode == ReconnectMode.Permit,
            Policy.Zone);
        var text = NoticeTemplates.Text(kind, Customer.Language, facts);
        var language = NoticeTemplates.LanguageOf(Customer.Language);
        _notices.Add(new(
            default, Case.Account, kind, Customer.Phone, language, text, NoticeState.Queued, Now, Now, 0, null, null));
    }

    /// <summary>Something was decided.</summary>
    public void Say(string word, string sentence) => _said.Add((word, sentence));

    /// <summary>
    /// Something is wanted and gates are shut: explained once, and looked at again when they may have opened.
    /// </summary>
    public void Wait(string wanted, IReadOnlyCollection<ClosedGate> closed)
    {
        _waits.AddRange(closed.Select(gate => $"{wanted}: {gate.Sentence}"));
        foreach (var gate in closed) _waitMask |= 1 << (int)gate.Gate;
        var timed = closed.Where(gate => gate.OpensAt is not null).Select(gate => gate.OpensAt!.Value).ToList();
        LookAt(timed.Count > 0 ? timed.Max() : Now + Ladder.LookAgain); // Nothing opens before the last of them has.
    }

    /// <summary>Look again at this instant, or earlier if something else asks for it.</summary>
    public void LookAt(Instant at)
    {
        if (at <= Now) at = Now + Ladder.LookAgain;
        if (at < _due) _due = at;
    }

    public LadderOutcome Finish()
    {
        foreach (var command in _active) LookAt(command.ExpiresAt);
        if (_due >= Instant.Never && IsOffOrSwitching) LookAt(Now + Ladder.CompareEvery);
        var after = Case with { DueAt = _due, Told = _waitMask };
        if (after.Rung == 0) after = after with { ReliefUntil = Instant.Epoch }; // The run is over.
        return new(after, _commands, _cancelled, _notices, Explain());
    }

    /// <summary>A look that finds the same gates shut as the last one has nothing new to say.</summary>
    private bool IsExplained => Before.Told == _waitMask;

    private Decision? Explain()
    {
        if (_said.Count == 0 && (_waits.Count == 0 || IsExplained)) return null;
        var word = Array.Find(WordsByWeight, word => _said.Exists(said => said.Word == word)) ?? "wait";
        var reasons = _said.OrderBy(said => Array.IndexOf(WordsByWeight, said.Word))
            .Select(said => said.Sentence).Concat(_waits).Distinct().ToList();
        return new(Case.Account, Now, word, reasons, Account.Balance, Account.LastReadingAt, Policy.Label);
    }
}

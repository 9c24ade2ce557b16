using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>
/// Control's rows of a store in memory, with the indexes that its questions need. Whoever uses it holds
/// <see cref="Gate"/>: that is the transaction.
/// </summary>
/// <param name="rowsOfAccountMax">Final commands, notices and decisions that are kept of one account.</param>
internal sealed class MemoryState(int rowsOfAccountMax)
{
    private readonly SortedSet<(Instant Due, AccountId Account)> _due = [];
    private readonly SortedSet<(Instant Due, long Id)> _dueCommands = [];
    private readonly SortedSet<(Instant Due, long Id)> _dueNotices = [];
    private readonly SortedDictionary<int, SortedSet<(Instant Due, long Id)>> _queued = [];
    private readonly Dictionary<(MeterId Meter, CommandKind Kind), CommandId> _active = [];
    private readonly Dictionary<long, Command> _commands = [];
    private readonly Dictionary<long, Notice> _notices = [];
    private readonly SortedSet<long> _inFlight = [];
    private long _lastCommand;
    private long _lastNotice;

    public Lock Gate { get; } = new();

    public SortedDictionary<AccountId, AccountRows> Accounts { get; } = [];

    public MemoryTrips Trips { get; } = new();

    public MemoryGuard Guard { get; } = new();

    /// <summary>The owner of each shard.</summary>
    public Dictionary<int, long> Epochs { get; } = [];

    public long Payments { get; set; }

    /// <summary>Those that nobody ended.</summary>
    public List<Moratorium> Moratoria { get; } = [];

    public SortedSet<(Instant Due, AccountId Account)> DueCases => _due;

    public SortedSet<(Instant Due, long Id)> DueNotices => _dueNotices;

    public IEnumerable<SortedSet<(Instant Due, long Id)>> QueuedByPriority => _queued.Values;

    public IEnumerable<Command> InFlight => _inFlight.Select(id => _commands[id]);

    /// <summary>Cuts in quarantine, in order of id.</summary>
    public IEnumerable<Command> Quarantined =>
        _commands.Values.Where(command => command.State == CommandState.Quarantined)
            .OrderBy(command => command.Id.Value);

    public Command? FindCommand(CommandId id) => _commands.GetValueOrDefault(id.Value);

    public Notice? FindNotice(NoticeId id) => _notices.GetValueOrDefault(id.Value);

    public Instant? NextDue()
    {
        var next = Instant.Never;
        foreach (var due in new[] { First(_due), First(_dueCommands), First(_dueNotices) })
        {
            if (due < next) next = due;
        }

        return next < Instant.Never ? next : null;
    }

    public void AddAccount(AccountId account)
    {
        if (Accounts.ContainsKey(account)) return;
        var blank = new ControlCase(
            account, 0, Instant.Epoch, Supply.Unknown, Supply.Unknown, Instant.Epoch, false, false, Instant.Never, 0,
            0);
        Accounts.Add(account, new(blank));
        _due.Add((Instant.Never, account));
    }

    public void Put(AccountRows rows, ControlCase after)
    {
        if (after.DueAt != rows.Case.DueAt)
        {
            _due.Remove((rows.Case.DueAt, after.Account));
            _due.Add((after.DueAt, after.Account));
        }

        rows.Case = after;
    }

    /// <summary>Due at this instant at the latest; a decision made before is void.</summary>
    public void Wake(AccountId account, Instant at)
    {
        if (!Accounts.TryGetValue(account, out var rows)) return;
        var due = rows.Case.DueAt > at ? at : rows.Case.DueAt;
        Put(rows, rows.Case with { DueAt = due, Revision = rows.Case.Revision + 1, Told = 0 });
    }

    /// <summary>Null when one of its meter and kind is active already.</summary>
    public Command? Add(Command command)
    {
        if (_active.ContainsKey((command.Meter, command.Kind))) return null;
        var added = command with { Id = new(++_lastCommand) };
        Accounts[added.Account].Active.Add(added);
        if (added.Kind == CommandKind.Trip) Trips.Propose(added.CreatedAt);
        _commands.Add(added.Id.Value, added);
        _active.Add((added.Meter, added.Kind), added.Id);
        Index(added);
        return added;
    }

    public void Put(Command before, Command after)
    {
        var rows = Accounts[before.Account];
        Unindex(before);
        rows.Active.RemoveAt(rows.Active.FindIndex(row => row.Id == before.Id));
        if (!after.IsFinal)
        {
            rows.Active.Add(after);
            rows.Active.Sort(static (a, b) => a.Id.Value.CompareTo(b.Id.Value));
            _commands[after.Id.Value] = after;
            Index(after);
            return;
        }

        _active.Remove((before.Meter, before.Kind));
        rows.Finish(after, rowsOfAccountMax, gone => _commands.Remove(gone.Id.Value));
        _commands[after.Id.Value] = after;
    }

    public void Add(Notice notice)
    {
        var added = notice with { Id = new(++_lastNotice) };
        Accounts[added.Account].Add(added, rowsOfAccountMax, gone =>
        {
            _notices.Remove(gone.Id.Value);
            _dueNotices.Remove((gone.DueAt, gone.Id.Value));
        });
        _notices.Add(added.Id.Value, added);
        if (IsDue(added.State)) _dueNotices.Add((added.DueAt, added.Id.Value));
    }

    public void Put(Notice before, Notice after)
    {
        if (IsDue(before.State)) _dueNotices.Remove((before.DueAt, before.Id.Value));
        var notices = Accounts[before.Account].Notices;
        notices[notices.FindLastIndex(row => row.Id == before.Id)] = after;
        _notices[after.Id.Value] = after;
        if (IsDue(after.State)) _dueNotices.Add((after.DueAt, after.Id.Value));
    }

    /// <summary>To be sent, or to be looked at when no report comes.</summary>
    private static bool IsDue(NoticeState state) => state is NoticeState.Queued or NoticeState.Sent;

    public void Add(Decision decision) => Accounts[decision.Account].Add(decision, rowsOfAccountMax);

    private static Instant First<T>(SortedSet<(Instant Due, T Id)> due) => due.Count == 0 ? Instant.Never : due.Min.Due;

    private void Index(Command command)
    {
        var key = (command.DueAt, command.Id.Value);
        if (CommandLifecycle.IsInFlight(command.State)) _inFlight.Add(command.Id.Value);
        else if (command.State != CommandState.Queued) return;
        else QueueOf(command).Add(key);
        _dueCommands.Add(key);
    }

    private void Unindex(Command command)
    {
        var key = (command.DueAt, command.Id.Value);
        _inFlight.Remove(command.Id.Value);
        if (command.State == CommandState.Queued) QueueOf(command).Remove(key);
        _dueCommands.Remove(key);
    }

    private SortedSet<(Instant Due, long Id)> QueueOf(Command command)
    {
        var priority = Command.PriorityOf(command.Kind);
        if (!_queued.TryGetValue(priority, out var queue)) _queued.Add(priority, queue = []);
        return queue;
    }
}

/// <summary>What is kept of one account.</summary>
internal sealed class AccountRows(ControlCase blank)
{
    public ControlCase Case { get; set; } = blank;

    /// <summary>When the ladder was last at its foot.</summary>
    public Instant LadderFrom { get; set; } = Instant.Epoch;

    /// <summary>In order of id.</summary>
    public List<Command> Active { get; } = [];

    /// <summary>The latest of each kind, in order of id.</summary>
    public List<Command> LastFinal { get; } = [];

    /// <summary>In order of being final.</summary>
    public List<Command> Final { get; } = [];

    public List<Notice> Notices { get; } = [];

    public List<Decision> Decisions { get; } = [];

    /// <summary>Those that nobody lifted.</summary>
    public List<Hold> Holds { get; } = [];

    /// <summary>Who lifted one, and when.</summary>
    public List<(PersonId By, Instant At)> Lifts { get; } = [];

    public CustomerTerms Customer { get; set; } = CustomerTerms.None;

    public List<Contact> Contacts { get; } = [];

    public List<CutApproval> Approvals { get; } = [];

    /// <summary>The latest.</summary>
    public List<PaymentFact> Payments { get; } = [];

    public void Add(PaymentFact payment)
    {
        const int PaymentsMax = 100;
        Payments.Add(payment);
        if (Payments.Count > PaymentsMax) Payments.RemoveAt(0);
    }

    public void Finish(Command command, int max, Action<Command> gone)
    {
        var there = LastFinal.FindIndex(row => row.Kind == command.Kind);
        if (there < 0 || LastFinal[there].Id.Value < command.Id.Value)
        {
            if (there >= 0) LastFinal.RemoveAt(there);
            LastFinal.Add(command);
            LastFinal.Sort(static (a, b) => a.Id.Value.CompareTo(b.Id.Value));
        }

        Final.Add(command);
        if (Final.Count <= max) return;
        gone(Final[0]);
        Final.RemoveAt(0);
    }

    /// <summary>What a decision or a delivery report still needs stays, however much there is.</summary>
    public void Add(Notice notice, int max, Action<Notice> gone)
    {
        Notices.Add(notice);
        if (Notices.Count <= max) return;
        var oldest = Notices[0];
        if (oldest.State is NoticeState.Queued || oldest.CreatedAt >= LadderFrom) return;
        gone(oldest);
        Notices.RemoveAt(0);
    }

    public void Add(Decision decision, int max)
    {
        Decisions.Add(decision);
        if (Decisions.Count > max) Decisions.RemoveAt(0);
    }
}

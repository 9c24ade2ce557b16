using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Guard;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// Control's rows: cases, commands, notices, decisions, holds. Every change of state is a compare-and-set.
/// </summary>
public interface IControlStore
{
    /// <summary>
    /// Cases that are due, oldest due first, then by account; each with what a decision needs. Changes nothing.
    /// </summary>
    Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping);

    /// <summary>
    /// One account's case, or null. Its holds are all that were not lifted, also those that begin later or have run
    /// out: no instant is asked for.
    /// </summary>
    Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping);

    /// <summary>The same for many accounts, in order of account; one without a case is left out.</summary>
    Task<IReadOnlyList<CaseImage>> FindCasesAsync(IReadOnlyList<AccountId> accounts, CancellationToken stopping);

    /// <summary>
    /// Stores what was decided, case by case: a case whose revision is no longer the one decided on is left out, with
    /// its commands, notices and decision (it is due again anyway). A new command of a meter and kind that already has
    /// an active one is left out too. Returns how many cases were stored.
    /// </summary>
    Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping);

    /// <summary>
    /// Earliest instant at which a case, a queued command, a command awaiting an answer or a notice is due; null when
    /// nothing is.
    /// </summary>
    Task<Instant?> NextDueAsync(CancellationToken stopping);

    /// <summary>Queued commands with DueAt at or before now, by priority, DueAt, id.</summary>
    Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping);

    /// <summary>
    /// The compare-and-set of promise 6, immediately before the bytes leave: Queued becomes Sent, if the command was
    /// sent as often as the caller knows and has not expired, its fence is the account's fence now (trips by policy
    /// only), no hold stands, cuts are not stopped and the guard has budget (trips only). Each command for itself, in
    /// the order given, and all in one transaction. Everything else changes nothing, except: Expired marks the command
    /// expired, FenceMoved and Held cancel it, GuardExhausted quarantines it; its case is woken then. Alarms of the
    /// guard are raised in the same transaction. Outcomes come in the order of the attempts.
    /// </summary>
    /// <exception cref="ArgumentException">Trips with guard windows of different lengths.</exception>
    Task<IReadOnlyList<DispatchOutcome>> DispatchAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping);

    /// <summary>
    /// Sets when queued commands are tried next, with the reason in plain words; those that are no longer queued are
    /// left alone.
    /// </summary>
    Task PostponeAsync(IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later,
        CancellationToken stopping);

    /// <summary>Moves a command on if it is still in the state expected; false if not.</summary>
    /// <exception cref="ArgumentException">The state expected is final: nothing more happens to it.</exception>
    Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping);

    /// <summary>
    /// Commands that were sent and have no final state: after a restart, each is read back or retried.
    /// </summary>
    Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping);

    /// <summary>
    /// Dispatches at or since an instant, also repeated ones of a command, oldest first: the limiter's memory after a
    /// restart.
    /// </summary>
    Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping);

    /// <summary>
    /// Adds commands that a person asked for. Their cases are woken. Returns them with ids; one of a meter and kind
    /// that already has an active one is left out.
    /// </summary>
    Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands, CancellationToken stopping);

    /// <summary>
    /// Queued notices whose time has come, and sent ones whose report is awaited no longer; oldest due first.
    /// </summary>
    Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping);

    /// <summary>
    /// Moves a notice on if it is still in the state expected; wakes the case when the new state is final.
    /// </summary>
    Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping);

    /// <summary>Its case is woken at the hold's beginning: a decision made without it is void.</summary>
    Task AddHoldAsync(Hold hold, CancellationToken stopping);

    /// <summary>Ends a hold now; false when there is none of that kind. Its case is woken.</summary>
    Task<bool> LiftHoldAsync(AccountId account, HoldKind kind, PersonId by, Instant at, CancellationToken stopping);

    /// <summary>Who lifted a hold of the account since then.</summary>
    Task<IReadOnlyList<PersonId>> LiftersAsync(AccountId account, Instant since, CancellationToken stopping);
}

/// <summary>A case with what a decision needs.</summary>
/// <param name="Case">The case.</param>
/// <param name="Active">Commands that are not final, quarantined ones included.</param>
/// <param name="LastFinal">The latest final command of each kind.</param>
/// <param name="Notices">
/// Notices since the ladder was last at rung 0 (RungAt of the case when Rung is 0), newest first, at most 50.
/// </param>
/// <param name="Holds">Holds that stand at the instant asked for.</param>
public sealed record CaseImage(
    ControlCase Case,
    IReadOnlyList<Command> Active,
    IReadOnlyList<Command> LastFinal,
    IReadOnlyList<Notice> Notices,
    IReadOnlyList<Hold> Holds)
{
    /// <summary>What policies ask of the customer; empty for one that nothing is known of.</summary>
    public CustomerTerms Customer { get; init; } = CustomerTerms.None;

    /// <summary>Contacts since the ladder was last at rung 0, newest first, at most 100; none at rung 0.</summary>
    public IReadOnlyList<Contact> Contacts { get; init; } = [];

    /// <summary>Approvals since the ladder was last at rung 0; none at rung 0.</summary>
    public IReadOnlyList<CutApproval> Approvals { get; init; } = [];

    /// <summary>
    /// Payments since the ladder was last at rung 0 that were not reversed, newest first, at most 100; none at rung 0.
    /// </summary>
    public IReadOnlyList<PaymentFact> Payments { get; init; } = [];

    /// <summary>Declared moratoria that have not ended, wherever they are.</summary>
    public IReadOnlyList<Moratorium> Moratoria { get; init; } = [];
}

/// <summary>What was decided for one case.</summary>
/// <param name="Before">Revision that it was decided on.</param>
/// <param name="After">The case as it shall be; the store raises the revision and keeps its own Fence.</param>
/// <param name="Commands">New commands (Id zero).</param>
/// <param name="Cancelled">
/// Commands to cancel or supersede: id and the state they go to, if they are not yet sent.
/// </param>
/// <param name="Notices">New notices (Id zero).</param>
/// <param name="Decision">Explanation, or null when nothing worth a row was decided.</param>
public sealed record CaseDecision(
    long Before,
    ControlCase After,
    IReadOnlyList<Command> Commands,
    IReadOnlyList<(CommandId Id, CommandState To)> Cancelled,
    IReadOnlyList<Notice> Notices,
    Decision? Decision);

/// <param name="Command">Which.</param>
/// <param name="Attempts">
/// How often it was sent when the caller read it. Where another process has sent it since, and has put it back to be
/// tried later, it is no longer the caller's to take.
/// </param>
/// <param name="Now">Program's clock.</param>
/// <param name="SessionId">The live session that will carry it.</param>
/// <param name="AnswerBy">When to look again if nothing came back.</param>
/// <param name="Guard">What the mass-disconnect guard asks; only of trips.</param>
public sealed record DispatchAttempt(
    CommandId Command, int Attempts, Instant Now, long SessionId, Instant AnswerBy, GuardTerms Guard);

/// <param name="Status">How it ended.</param>
/// <param name="Guard">What the guard said, also where it let the cut go; clear where it was not asked.</param>
public readonly record struct DispatchOutcome(DispatchStatus Status, GuardVerdict Guard);

/// <summary>How a compare-and-set ended; declared in order of precedence.</summary>
public enum DispatchStatus
{
    /// <summary>It is ours: hand the bytes to the session.</summary>
    Sent,

    /// <summary>No longer queued as the caller knows it: someone else took it, or it was cancelled.</summary>
    NotQueued,
    Expired,

    /// <summary>A payment came in between: cancelled.</summary>
    FenceMoved,

    /// <summary>A hold stands: cancelled.</summary>
    Held,

    /// <summary>A person stopped all cuts: it stays queued.</summary>
    Stopped,

    /// <summary>Past a line of the guard: quarantined.</summary>
    GuardExhausted,

    /// <summary>Released by two people, but at the hard cap: it stays queued.</summary>
    GuardWaits,
}

/// <summary>A move in a command's life.</summary>
/// <param name="Command">Which.</param>
/// <param name="From">State expected.</param>
/// <param name="To">New state.</param>
/// <param name="At">Program's clock.</param>
/// <param name="DueAt">For Queued (a retry) and for states that await an answer: when to look again.</param>
/// <param name="Detail">Plain words: kept on the row.</param>
/// <param name="Proven">
/// Supply as read back from the relay, which goes to the case in the same transaction; null when nothing was read.
/// </param>
/// <param name="AlarmOn">For a confirmed alarm command: the case's new alarm state; null otherwise.</param>
/// <remarks>
/// A final state wakes the case; so does what was proven, or a decision made before would overwrite it.
/// </remarks>
public sealed record CommandMove(
    CommandId Command,
    CommandState From,
    CommandState To,
    Instant At,
    Instant DueAt,
    string Detail,
    Supply? Proven = null,
    bool? AlarmOn = null);

/// <summary>A move in a notice's life.</summary>
/// <param name="Notice">Which.</param>
/// <param name="From">State expected.</param>
/// <param name="To">New state.</param>
/// <param name="At">Program's clock.</param>
/// <param name="DueAt">For Queued: not tried before; for Sent: no report is awaited any longer.</param>
/// <param name="Detail">The gateway's own word.</param>
/// <param name="CountsAsAttempt">It was handed to a gateway.</param>
public sealed record NoticeMove(
    NoticeId Notice, NoticeState From, NoticeState To, Instant At, Instant DueAt, string Detail, bool CountsAsAttempt)
{
    /// <summary>The channel that it goes on by from now on; null: it stays.</summary>
    public NoticeChannel? Channel { get; init; }

    /// <summary>Quiet hours hold it until then; null: as before.</summary>
    public Instant? AllowedAt { get; init; }

    /// <summary>Kept as a line of the notice's history; null: nothing was tried.</summary>
    public AttemptOutcome? Attempt { get; init; }

    /// <summary>The channel that was tried; null: the one that the notice was on.</summary>
    public NoticeChannel? AttemptOn { get; init; }

    /// <summary>Delivered and Failed are final.</summary>
    public bool IsFinal => To is NoticeState.Delivered or NoticeState.Failed;

    /// <summary>The notice as it is after the move.</summary>
    public Notice Of(Notice before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var counted = CountsAsAttempt ? 1 : 0;
        var channel = Channel ?? before.Channel;
        var tried = AttemptOn ?? before.Channel;
        var earlier = tried == before.Channel ? before.ChannelAttempts : 0;
        return before with
        {
            State = To,
            DueAt = DueAt,
            Detail = Detail,
            Attempts = before.Attempts + counted,
            DoneAt = IsFinal ? At : null,
            Channel = channel,
            AllowedAt = AllowedAt ?? before.AllowedAt,
            ChannelAttempts = channel == tried ? earlier + counted : 0,
        };
    }
}

/// <summary>What came of handing a notice over. Stored: never renumber.</summary>
public enum AttemptOutcome : byte
{
    /// <summary>Taken; a report follows.</summary>
    Sent = 1,
    Delivered = 2,

    /// <summary>It will never go there: the next channel, or the end.</summary>
    Refused = 3,

    /// <summary>Not now.</summary>
    TryLater = 4,

    /// <summary>No report came in time.</summary>
    Unheard = 5,
}

/// <param name="Terminal">The concentrator that carried it.</param>
/// <param name="Kind">What it did.</param>
/// <param name="At">When.</param>
/// <param name="Account">Whose supply.</param>
public readonly record struct DispatchFact(
    TerminalAddress Terminal, CommandKind Kind, Instant At, AccountId Account);

using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// What people see and decide of the mass-disconnect guard. Its budgets are spent by
/// <see cref="IControlStore.DispatchAsync"/> alone.
/// </summary>
public interface IGuardStore
{
    /// <summary>The switch that stops all cuts, as it stands; null when nobody ever used it.</summary>
    Task<GuardSwitch?> SwitchAsync(CancellationToken stopping);

    /// <summary>
    /// Stops all cuts or lets them go again, in every process: from its commit on no cut is dispatched. False when it
    /// stands so already; who was first is kept then.
    /// </summary>
    Task<bool> TurnAsync(GuardSwitch to, CancellationToken stopping);

    /// <summary>Every use of the switch, newest first.</summary>
    Task<IReadOnlyList<GuardSwitch>> SwitchesAsync(int max, CancellationToken stopping);

    /// <summary>Alarms, the latest first.</summary>
    Task<IReadOnlyList<GuardAlarm>> AlarmsAsync(bool openOnly, int max, CancellationToken stopping);

    /// <summary>
    /// An alarm that a person has seen no longer stands open; raised again, it is a new one. False when there is no
    /// open one of that number.
    /// </summary>
    Task<bool> SeenAsync(long alarm, PersonId by, Instant at, CancellationToken stopping);

    /// <summary>Cuts in quarantine, the newest first.</summary>
    Task<IReadOnlyList<Command>> QuarantinedAsync(int max, CancellationToken stopping);

    Task<long> QuarantinedCountAsync(CancellationToken stopping);

    /// <summary>
    /// Keeps what a person asks about quarantined cuts, and which they are now. Null, and nothing kept, when none of
    /// them is in quarantine.
    /// </summary>
    Task<GuardRelease?> AskAsync(GuardAsk ask, CancellationToken stopping);

    Task<GuardRelease?> FindReleaseAsync(long id, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<GuardRelease>> ReleasesAsync(int max, CancellationToken stopping);

    /// <summary>Who asked for the cuts themselves, each once.</summary>
    Task<IReadOnlyList<PersonId>> RequestersAsync(long release, CancellationToken stopping);

    /// <summary>
    /// Ends what was asked for. Done moves those cuts that are still in quarantine: queued and released, or cancelled.
    /// Null when it does not wait for a decision any more.
    /// </summary>
    Task<GuardRelease?> DecideAsync(GuardDecision decision, CancellationToken stopping);

    /// <summary>Cuts proposed from one instant to before another.</summary>
    Task<long> ProposedAsync(Instant from, Instant to, CancellationToken stopping);

    /// <summary>When the first cut ever was proposed; null when none was.</summary>
    Task<Instant?> FirstProposedAsync(CancellationToken stopping);

    /// <summary>Each cut dispatched after an instant, once for each budget, oldest first: memory of the pace.</summary>
    Task<IReadOnlyList<(GuardKey Key, Instant At, TripLoad Load)>> TripsSinceAsync(
        Instant after, CancellationToken stopping);

    /// <summary>Dispatched within a window that ends now, for each budget that has any.</summary>
    Task<IReadOnlyList<(GuardKey Key, TripLoad Spent)>> SpentAsync(
        Instant now, TimeSpan window, CancellationToken stopping);
}

/// <param name="Stopped">No cut goes while it is true.</param>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Note">Why.</param>
public sealed record GuardSwitch(bool Stopped, PersonId By, Instant At, string Note);

/// <param name="Id">Rises with every alarm.</param>
/// <param name="Line">Which line was crossed.</param>
/// <param name="Key">Whose budget.</param>
/// <param name="Sentence">The latest, in plain words.</param>
/// <param name="FirstAt">First raised.</param>
/// <param name="LastAt">Last raised.</param>
/// <param name="Times">Cuts that raised it.</param>
/// <param name="SeenBy">Who saw it; null while it is open.</param>
/// <param name="SeenAt">When.</param>
public sealed record GuardAlarm(
    long Id, GuardLine Line, GuardKey Key, string Sentence, Instant FirstAt, Instant LastAt, long Times,
    PersonId? SeenBy, Instant? SeenAt);

/// <summary>Stored: never renumber.</summary>
public enum GuardAction : byte
{
    /// <summary>Back to the queue, through every gate again.</summary>
    Release = 1,

    /// <summary>Cancelled.</summary>
    Delete = 2,
}

/// <summary>Stored: never renumber.</summary>
public enum GuardReleaseState : byte
{
    /// <summary>Waits for a second person.</summary>
    Asked = 1,
    Done = 2,
    Rejected = 3,
}

/// <param name="Action">What shall happen to them.</param>
/// <param name="Commands">Which; null: all that are in quarantine.</param>
/// <param name="RequestedBy">Of these only those that this person asked for; null: whoever did.</param>
/// <param name="By">Who asks.</param>
/// <param name="At">When.</param>
/// <param name="Note">Why.</param>
public sealed record GuardAsk(
    GuardAction Action, IReadOnlyList<CommandId>? Commands, PersonId? RequestedBy, PersonId By, Instant At,
    string Note);

/// <param name="Cuts">How many it is about.</param>
/// <param name="Moved">How many were still in quarantine when it was done.</param>
public sealed record GuardRelease(
    long Id, GuardAction Action, GuardReleaseState State, PersonId AskedBy, Instant AskedAt, string Note, long Cuts,
    PersonId? DecidedBy, Instant? DecidedAt, string? DecidedNote, long Moved);

/// <param name="Release">What is decided about.</param>
/// <param name="Approved">Whether it is done.</param>
public sealed record GuardDecision(long Release, bool Approved, PersonId By, Instant At, string Note);

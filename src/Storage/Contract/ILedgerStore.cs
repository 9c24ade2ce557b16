using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// What counters, agents and banks bring beside the ledger itself: shifts, ceilings, files, reconciliations; and the
/// operations that shards have committed. Lists are bounded by <c>max</c>.
/// </summary>
public interface ILedgerStore
{
    Task<PaymentRecord?> FindPaymentAsync(string key, CancellationToken stopping);

    Task<OperationRecord?> FindOperationAsync(string key, CancellationToken stopping);

    /// <summary>Newest first; of one account and one state where they are named.</summary>
    Task<IReadOnlyList<OperationRecord>> OperationsAsync(
        AccountId? account, OperationState? state, int max, CancellationToken stopping);

    /// <summary>Operations of which one half is booked: to be gone on with after a crash.</summary>
    Task<IReadOnlyList<OperationRecord>> InTransitAsync(CancellationToken stopping);

    /// <summary>Money in suspense that was neither released nor given back, oldest first.</summary>
    Task<IReadOnlyList<PaymentRecord>> SuspenseAsync(int max, CancellationToken stopping);

    /// <summary>By the SQL view; accounts without a sub-account are not in it.</summary>
    Task<IReadOnlyList<(LedgerAccount Account, Money Balance)>> SubAccountsAsync(
        AccountId account, CancellationToken stopping);

    /// <summary>Agents with a ceiling or with cash.</summary>
    Task<IReadOnlyList<AgentRecord>> AgentsAsync(CancellationToken stopping);

    /// <summary>Sets or replaces a ceiling.</summary>
    Task SetCeilingAsync(PersonId agent, Currency currency, Money ceiling, CancellationToken stopping);

    /// <summary>Its number; null while the till or the person has an open shift.</summary>
    Task<long?> OpenShiftAsync(ShiftRecord shift, CancellationToken stopping);

    /// <summary>False when it is closed or unknown.</summary>
    Task<bool> CountShiftAsync(long shift, Money counted, CancellationToken stopping);

    /// <summary>False when it is closed or unknown.</summary>
    Task<bool> CloseShiftAsync(long shift, Money expected, Instant at, CancellationToken stopping);

    /// <summary>
    /// Plain counter payments of a shift that were not taken back, less what its cashier paid back in cash: refunds
    /// that he asked for and that were approved during the shift.
    /// </summary>
    Task<Money> TakingsAsync(long shift, CancellationToken stopping);

    Task<ShiftRecord?> FindShiftAsync(long shift, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ShiftRecord>> ShiftsAsync(bool openOnly, int max, CancellationToken stopping);

    /// <summary>The file of that name as it stands after the call: the caller compares.</summary>
    Task<MoneyFile> AddFileAsync(MoneyFile file, CancellationToken stopping);

    /// <summary>Files whose lines are not all in the ledger.</summary>
    Task<IReadOnlyList<MoneyFile>> UnfinishedFilesAsync(CancellationToken stopping);

    Task FinishFileAsync(string name, Instant at, CancellationToken stopping);

    /// <summary>Payments of a channel and day that were not taken back, in order of key.</summary>
    Task<IReadOnlyList<PaymentRecord>> PaymentsOfDayAsync(
        PaymentChannel channel, ServiceDay day, Currency currency, CancellationToken stopping);

    /// <summary>The one of that name as it stands after the call.</summary>
    Task<Reconciliation> AddReconciliationAsync(Reconciliation reconciliation, CancellationToken stopping);

    Task<Reconciliation?> FindReconciliationAsync(string name, CancellationToken stopping);

    /// <summary>Newest first, without their items.</summary>
    Task<IReadOnlyList<Reconciliation>> ReconciliationsAsync(int max, CancellationToken stopping);

    /// <summary>False when there is no such item, or it is resolved already.</summary>
    Task<bool> ResolveAsync(
        string reconciliation, string key, string note, PersonId by, Instant at, CancellationToken stopping);

    /// <summary>
    /// Signs and locks the day, in one transaction; false when it is signed already, or an item is not resolved.
    /// </summary>
    Task<bool> SignAsync(Reconciliation reconciliation, PersonId by, Instant at, CancellationToken stopping);

    /// <summary>Locked days from one on.</summary>
    Task<IReadOnlyList<(PaymentChannel Channel, ServiceDay Day)>> LocksAsync(
        ServiceDay from, CancellationToken stopping);
}

/// <param name="Person">The person behind the agent's key.</param>
/// <param name="Currency">Of both amounts.</param>
/// <param name="Ceiling">The most cash that may be outstanding, minor units; null for no ceiling.</param>
/// <param name="Outstanding">Taken and not yet handed over.</param>
public sealed record AgentRecord(PersonId Person, Currency Currency, Money? Ceiling, Money Outstanding);

/// <param name="Id">Its number; 0 for a new one.</param>
/// <param name="Till">The till's name.</param>
/// <param name="Person">The cashier.</param>
/// <param name="Currency">Of its cash.</param>
/// <param name="OpenedAt">Program's clock.</param>
/// <param name="Float">What lay in the till at its opening, minor units.</param>
/// <param name="Counted">What was counted last; null before.</param>
/// <param name="Expected">Float and takings at its close; null before.</param>
/// <param name="ClosedAt">Null while it is open.</param>
public sealed record ShiftRecord(
    long Id,
    string Till,
    PersonId Person,
    Currency Currency,
    Instant OpenedAt,
    Money Float,
    Money? Counted,
    Money? Expected,
    Instant? ClosedAt);

/// <summary>Stored: never renumber.</summary>
public enum MoneyFileKind : byte
{
    Payments = 1,
    OpeningBalances = 2,
}

/// <summary>A file as it came; its lines reach the ledger after it is stored, under keys of their own.</summary>
public sealed record MoneyFile(
    string Name, MoneyFileKind Kind, string Content, PersonId By, Instant At, Instant? DoneAt);

/// <summary>How a payment of a file and one of the ledger compare. Stored: never renumber.</summary>
public enum MatchOutcome : byte
{
    Matched = 1,
    OnlyHere = 2,
    OnlyThere = 3,
    AmountDiffers = 4,
}

/// <summary>A difference, and what became of it.</summary>
/// <param name="Key">Key of the payment.</param>
/// <param name="Outcome">Not Matched.</param>
/// <param name="Here">In the ledger, minor units.</param>
/// <param name="There">In the file.</param>
/// <param name="Account">Whose, as far as known.</param>
/// <param name="Note">How it was resolved; null while it is open.</param>
/// <param name="ResolvedBy">Who resolved it.</param>
/// <param name="ResolvedAt">When.</param>
public sealed record MatchItem(
    string Key,
    MatchOutcome Outcome,
    Money? Here,
    Money? There,
    AccountId? Account,
    string? Note,
    PersonId? ResolvedBy,
    Instant? ResolvedAt);

/// <summary>A channel's day compared with the file of who else counted it.</summary>
/// <param name="Name">The file's name, unique for ever.</param>
/// <param name="Channel">Which channel.</param>
/// <param name="Day">Day of the books.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="By">Who imported it.</param>
/// <param name="At">When.</param>
/// <param name="Matched">Payments that are equal in both.</param>
/// <param name="MatchedTotal">Their sum, minor units.</param>
/// <param name="HereCount">Payments of the ledger, to see later that none was added.</param>
/// <param name="HereTotal">Their sum.</param>
/// <param name="Items">The differences, in order of key.</param>
/// <param name="SignedBy">Who signed it off; null while open.</param>
/// <param name="SignedAt">When.</param>
public sealed record Reconciliation(
    string Name,
    PaymentChannel Channel,
    ServiceDay Day,
    Currency Currency,
    PersonId By,
    Instant At,
    int Matched,
    Money MatchedTotal,
    int HereCount,
    Money HereTotal,
    IReadOnlyList<MatchItem> Items,
    PersonId? SignedBy,
    Instant? SignedAt);

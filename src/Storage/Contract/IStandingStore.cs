using Meters.Control.Customers;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// What is known of customers beside their account: value class, flags, e-mail, whether their number is wrong; and who
/// changed what, when and why. The database itself refuses to alter that log.
/// </summary>
public interface IStandingStore
{
    /// <summary>Everybody of whom something is known, in order of account.</summary>
    Task<IReadOnlyList<CustomerStanding>> LoadAsync(CancellationToken stopping);

    /// <summary>Null for an unknown account; a record without content when nothing is known.</summary>
    Task<CustomerStanding?> FindAsync(AccountId account, CancellationToken stopping);

    /// <summary>
    /// Sets all flags, with a line of the log where it changes any, and wakes the case. Null for an unknown account.
    /// </summary>
    Task<CustomerStanding?> SetFlagsAsync(StandingChange change, CustomerFlags flags, CancellationToken stopping);

    /// <summary>
    /// Sets number and address (null: as before), a line of the log for each that changes, and wakes the case. A mark
    /// on another number is taken away. Null for an unknown account.
    /// </summary>
    Task<CustomerStanding?> SetContactAsync(
        StandingChange change, string? phone, string? email, CancellationToken stopping);

    /// <summary>
    /// Counts what the gateway says about a number: a delivery clears, a permanent failure counts, and the
    /// <paramref name="reportsMax"/>th in a row marks the number wrong and wakes the case. Null for an unknown account.
    /// </summary>
    Task<CustomerStanding?> ReportPhoneAsync(PhoneReport report, int reportsMax, CancellationToken stopping);

    /// <summary>Accounts whose number is marked wrong, oldest mark first.</summary>
    Task<IReadOnlyList<CustomerStanding>> WrongNumbersAsync(int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<StandingLogLine>> LogAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>
    /// Purchases of every account from an instant up to another, less those taken back; in order of account.
    /// </summary>
    Task<IReadOnlyList<PurchaseVolume>> VolumesAsync(Instant from, Instant to, CancellationToken stopping);

    /// <summary>Whether the classes of a month were made; months count from year 0: year * 12 + month.</summary>
    Task<bool> HasClassesAsync(int month, CancellationToken stopping);

    /// <summary>
    /// Stores the classes of a month, once, with a line of the log for each that changes. Returns how many changed;
    /// null, and nothing stored, when that month was made before.
    /// </summary>
    Task<int?> SetClassesAsync(ClassRun run, CancellationToken stopping);
}

/// <param name="Account">Whose.</param>
public sealed record CustomerStanding(AccountId Account)
{
    /// <summary>Null until the first classes were made.</summary>
    public ValueClass? Class { get; init; }

    /// <summary>Purchases that the class was made from, minor units.</summary>
    public long Volume { get; init; }

    public Instant? ClassedAt { get; init; }

    public CustomerFlags Flags { get; init; }

    /// <summary>Empty when there is none.</summary>
    public string Email { get; init; } = "";

    /// <summary>The number that permanent failures were reported of; empty when there were none.</summary>
    public string WrongPhone { get; init; } = "";

    /// <summary>Permanent failures in a row.</summary>
    public int WrongReports { get; init; }

    /// <summary>When the number was marked; null when it is not.</summary>
    public Instant? WrongSince { get; init; }

    /// <summary>The gateway's word.</summary>
    public string WrongDetail { get; init; } = "";

    /// <summary>Since when the number of the account is wrong: a mark on a former number says nothing.</summary>
    public Instant? PhoneWrongSince(string phone) => WrongPhone == phone ? WrongSince : null;
}

/// <param name="Account">Whose.</param>
/// <param name="By">Who.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Reason">In plain words.</param>
public sealed record StandingChange(AccountId Account, PersonId By, Instant At, string Reason);

/// <param name="Account">Whose.</param>
/// <param name="Phone">The number that the message went to.</param>
/// <param name="Delivered">False: it will never be delivered there.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Detail">The gateway's word.</param>
public sealed record PhoneReport(AccountId Account, string Phone, bool Delivered, Instant At, string Detail);

/// <summary>What a line of the log is about. Stored: never renumber.</summary>
public enum StandingField : byte
{
    Flags = 1,
    ValueClass = 2,
    Phone = 3,
    Email = 4,
}

/// <param name="Id">Rises.</param>
/// <param name="Account">Whose.</param>
/// <param name="Field">What changed.</param>
/// <param name="Old">As it was.</param>
/// <param name="New">As it is.</param>
/// <param name="By">Who; the system itself for classes.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Reason">In plain words.</param>
public sealed record StandingLogLine(
    long Id, AccountId Account, StandingField Field, string Old, string New, PersonId By, Instant At, string Reason);

/// <param name="Month">Year * 12 + month of the local month.</param>
/// <param name="At">Program's clock.</param>
/// <param name="Reason">For the lines of the log.</param>
/// <param name="Classes">Class and volume of each account.</param>
public sealed record ClassRun(
    int Month, Instant At, string Reason, IReadOnlyList<(AccountId Account, ValueClass Class, long Volume)> Classes);

using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// What happened to one account over some days, for explanations and dry runs. Reads committed rows only.
/// </summary>
public interface IHistoryStore
{
    /// <summary>
    /// All of it as of one state of the store; null for an unknown account, or when it has more rows than asked for.
    /// </summary>
    Task<AccountHistory?> ReadAsync(HistoryQuery query, CancellationToken stopping);
}

/// <param name="Account">Whose.</param>
/// <param name="From">First service day.</param>
/// <param name="To">Last service day.</param>
/// <param name="FromAt">The instant at which the first day begins.</param>
/// <param name="ToAt">The instant at which the last day ends.</param>
/// <param name="Channels">Registers whose readings are wanted.</param>
/// <param name="Anchors">
/// Instants before the first day around which the nearest readings are wanted too: where tier positions begin.
/// </param>
/// <param name="RowsMax">Most rows of one channel, and most entries.</param>
public sealed record HistoryQuery(
    AccountId Account,
    ServiceDay From,
    ServiceDay To,
    Instant FromAt,
    Instant ToAt,
    IReadOnlyList<ChannelId> Channels,
    IReadOnlyList<Instant> Anchors,
    int RowsMax)
{
    /// <summary>
    /// Every reading after it is wanted, not after <see cref="FromAt"/> only: demand is measured from all of them.
    /// </summary>
    public Instant ReadingsFrom { get; init; } = FromAt;

    /// <summary>
    /// The first reading after the days is wanted too: what was used up to their end lies on the line to it.
    /// </summary>
    public bool WithNext { get; init; }
}

/// <param name="JournalBefore">What the entries of earlier days make of the prepaid balance, minor units.</param>
/// <param name="LastPurchaseBefore">Amount of the last payment of earlier days; zero without one.</param>
/// <param name="Entries">Entries of the days, in order of posting.</param>
/// <param name="Payments">Payments that the entries are about.</param>
/// <param name="LastDayBefore">The journal line before the first day, if there is one.</param>
/// <param name="Days">Journal lines of the days, ascending.</param>
/// <param name="Corrections">
/// What late readings changed in the days, or brought into them from earlier ones; in order of their making.
/// </param>
/// <param name="Readings">
/// By channel: the readings of the days that are rated, the last before them, and those around the anchors; ascending,
/// none twice.
/// </param>
/// <param name="Balance">The balance by the SQL view, as of now.</param>
/// <param name="IsLatest">Nothing is stored of later days: the last day reaches the present.</param>
public sealed record AccountHistory(
    Money JournalBefore,
    Money LastPurchaseBefore,
    IReadOnlyList<LedgerEntry> Entries,
    IReadOnlyList<PaymentRecord> Payments,
    DayCharge? LastDayBefore,
    IReadOnlyList<DayCharge> Days,
    IReadOnlyList<AccrualCorrection> Corrections,
    IReadOnlyDictionary<ChannelId, IReadOnlyList<RatedReading>> Readings,
    Money Balance,
    bool IsLatest)
{
    /// <summary>How the account stood with late fees on the days, by day and line.</summary>
    public IReadOnlyList<LateFee> LateFees { get; init; } = [];

    /// <summary>The first day that was closed for the account; null before it.</summary>
    public ServiceDay? FirstDay { get; init; }
}

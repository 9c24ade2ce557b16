using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>What people and reports ask for. Reads committed rows only; all lists are bounded by <c>max</c>.</summary>
public interface IQueryStore
{
    /// <summary>
    /// Balance by the SQL view: journal less round(carry + charges not yet posted). Null for an unknown account. The
    /// instant is that of the latest reading in it.
    /// </summary>
    Task<(Money Balance, Instant? AsOf)?> BalanceAsync(AccountId account, CancellationToken stopping);

    /// <summary>All balances by the SQL view, in order of account.</summary>
    IAsyncEnumerable<(AccountId Account, Money Balance)> BalancesAsync(CancellationToken stopping);

    /// <summary>Ascending; both ends are included, for a reading stands at the end of its interval.</summary>
    Task<IReadOnlyList<RatedReading>> ReadingsAsync(
        ChannelId channel, Instant from, Instant to, int max, CancellationToken stopping);

    Task<RawFrame?> FrameAsync(FrameId frame, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<LedgerEntry>> EntriesAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<PaymentRecord>> PaymentsAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Crossing>> CrossingsAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<DayCharge>> DayChargesAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Command>> CommandsAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Notice>> NoticesAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Decision>> DecisionsAsync(AccountId account, int max, CancellationToken stopping);

    /// <summary>Newest first; <paramref name="kind"/> null means all.</summary>
    Task<IReadOnlyList<QuarantineItem>> QuarantineAsync(string? kind, int max, CancellationToken stopping);

    /// <summary>Frames kept of unregistered addresses, newest first.</summary>
    Task<IReadOnlyList<RawFrame>> UnregisteredAsync(int max, CancellationToken stopping);

    /// <summary>Totals for the demo and tests; counts every row, so not for a health check that runs often.</summary>
    Task<StoreTotals> TotalsAsync(CancellationToken stopping);

    /// <summary>Sum over all ledger accounts of debits minus credits, by SQL over the rows: zero, always.</summary>
    Task<long> LedgerImbalanceAsync(CancellationToken stopping);
}

public sealed record StoreTotals(
    long Readings,
    long Frames,
    long Quarantined,
    long Payments,
    IReadOnlyDictionary<(CommandKind Kind, CommandState State), long> Commands,
    IReadOnlyDictionary<(NoticeKind Kind, NoticeState State), long> Notices,
    IReadOnlyDictionary<(Supply Desired, Supply Actual), long> Cases);

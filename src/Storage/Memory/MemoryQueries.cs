using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>Control's rows for people. What billing keeps is not here.</summary>
internal sealed class MemoryQueries(MemoryState state) : IQueryStore
{
    public Task<IReadOnlyList<Command>> CommandsAsync(AccountId account, int max, CancellationToken stopping) =>
        ListAsync(account, max, rows => rows.Active.Concat(rows.Final).OrderByDescending(row => row.Id.Value));

    public Task<IReadOnlyList<Notice>> NoticesAsync(AccountId account, int max, CancellationToken stopping) =>
        ListAsync(account, max, rows => rows.Notices.OrderByDescending(row => row.Id.Value));

    public Task<IReadOnlyList<Decision>> DecisionsAsync(AccountId account, int max, CancellationToken stopping) =>
        ListAsync(account, max, rows => Enumerable.Reverse(rows.Decisions));

    public Task<StoreTotals> TotalsAsync(CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var all = state.Accounts.Values;
            var commands = all.SelectMany(rows => rows.Active.Concat(rows.Final));
            return Task.FromResult<StoreTotals>(new(
                0,
                0,
                0,
                state.Payments,
                commands.CountBy(row => (row.Kind, row.State)).ToDictionary(pair => pair.Key, pair => (long)pair.Value),
                all.SelectMany(rows => rows.Notices).CountBy(row => (row.Kind, row.State))
                    .ToDictionary(pair => pair.Key, pair => (long)pair.Value),
                all.CountBy(rows => (rows.Case.Desired, rows.Case.Actual))
                    .ToDictionary(pair => pair.Key, pair => (long)pair.Value)));
        }
    }

    public Task<(Money Balance, Instant? AsOf)?> BalanceAsync(AccountId account, CancellationToken stopping) =>
        throw NotKept();

    public IAsyncEnumerable<(AccountId Account, Money Balance)> BalancesAsync(CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<RatedReading>> ReadingsAsync(
        ChannelId channel, Instant from, Instant to, int max, CancellationToken stopping) => throw NotKept();

    public Task<RawFrame?> FrameAsync(FrameId frame, CancellationToken stopping) => throw NotKept();

    public Task<IReadOnlyList<LedgerEntry>> EntriesAsync(AccountId account, int max, CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<PaymentRecord>> PaymentsAsync(AccountId account, int max, CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<Crossing>> CrossingsAsync(AccountId account, int max, CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<DayCharge>> DayChargesAsync(AccountId account, int max, CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<QuarantineItem>> QuarantineAsync(string? kind, int max, CancellationToken stopping) =>
        throw NotKept();

    public Task<IReadOnlyList<RawFrame>> UnregisteredAsync(int max, CancellationToken stopping) => throw NotKept();

    public Task<long> LedgerImbalanceAsync(CancellationToken stopping) => throw NotKept();

    private static NotSupportedException NotKept() => new("A store in memory keeps Control's rows only.");

    private Task<IReadOnlyList<T>> ListAsync<T>(AccountId account, int max, Func<AccountRows, IEnumerable<T>> of)
    {
        lock (state.Gate)
        {
            return Task.FromResult<IReadOnlyList<T>>(
                state.Accounts.TryGetValue(account, out var rows) ? [.. of(rows).Take(max)] : []);
        }
    }
}

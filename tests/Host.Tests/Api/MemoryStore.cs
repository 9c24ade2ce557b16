using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Control.Cases;
using Meters.Control.Commands;
using Meters.Control.Decisions;
using Meters.Control.Notices;
using Meters.Host.Tests.Access;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>Rows in memory for the endpoints: what they ask for, and nothing of what the workers ask for.</summary>
public sealed class MemoryStore : IStore, IRegistryStore, IControlStore, IQueryStore
{
    public MemoryKeys Keys { get; } = new();

    public bool IsAway { get; set; }

    public RegistryAddition Added { get; private set; } = new();

    public List<RatedReading> Readings { get; } = [];

    public List<PaymentRecord> Payments { get; } = [];

    public List<Command> Commands { get; } = [];

    public List<Notice> Notices { get; } = [];

    public List<Decision> Decisions { get; } = [];

    public List<QuarantineItem> Quarantine { get; } = [];

    public List<RawFrame> Frames { get; } = [];

    public List<Hold> Holds { get; } = [];

    public Dictionary<AccountId, (Money Balance, Instant? AsOf)> Balances { get; } = [];

    public StoreKind Kind => StoreKind.Sqlite;

    public IRegistryStore Registry => this;

    public IControlStore Control => this;

    public IGuardStore Guard => throw new NotSupportedException("No endpoint test asks for it.");

    public IQueryStore Queries => this;

    public IAccessStore Access => Keys;

    public MemoryWork WorkItems { get; } = new();

    public IReadingWorkStore Work => WorkItems;

    public IJournalStore Journal => throw new NotSupportedException("No endpoint asks for the chains.");

    public MemoryHours Hours { get; } = new();

    public ICompletenessStore Completeness => Hours;

    public IClockStore Clocks => Hours;

    public ICustomerStore Customers { get; } = new MemoryCustomers();

    public IChangeStore Changes => throw new NotSupportedException();

    public IHistoryStore Histories => throw new NotSupportedException();

    public Task PingAsync(CancellationToken stopping) => Answer(true);

    public Task<RegistryImage> LoadAsync(CancellationToken stopping) =>
        Answer(new RegistryImage(Added.Terminals, Added.Meters, Added.Accounts, Added.Tariffs, Added.Policies)
        {
            MeterMultipliers = Added.MeterMultipliers,
            MeterChanges = Added.MeterChanges,
        });

    public Task<RegistryStatus> AddAsync(RegistryAddition addition, CancellationToken stopping)
    {
        if (addition.Accounts.Any(account => Added.Accounts.Any(known => known.Id == account.Id && known != account)))
        {
            return Answer(RegistryStatus.Conflict);
        }

        if (addition.Meters.Any(meter => Added.Accounts.All(account => account.Id != meter.Account)))
        {
            return Answer(RegistryStatus.ReferenceUnknown);
        }

        Added = new()
        {
            Terminals = [.. Added.Terminals.Union(addition.Terminals)],
            Meters = [.. Added.Meters.Union(addition.Meters)],
            Accounts = [.. Added.Accounts.Union(addition.Accounts)],
            Tariffs = [.. Added.Tariffs.Union(addition.Tariffs)],
            Policies = [.. Added.Policies.Union(addition.Policies)],
            MeterMultipliers = [.. Added.MeterMultipliers.Union(addition.MeterMultipliers)],
            MeterChanges = [.. Added.MeterChanges.Union(addition.MeterChanges)],
        };
        return Answer(RegistryStatus.Added);
    }

    public Task<CaseImage?> FindCaseAsync(AccountId account, CancellationToken stopping) => Answer<CaseImage?>(new(
        new(account, 1, Instant.Epoch, Supply.On, Supply.Unknown, Instant.Epoch, false, false, Instant.Never, 1, 0),
        [], [], [], [.. Holds.Where(hold => hold.Account == account)]));

    public Task AddHoldAsync(Hold hold, CancellationToken stopping)
    {
        Holds.Add(hold);
        return Answer(true);
    }

    public Task<IReadOnlyList<PersonId>> LiftersAsync(AccountId account, Instant since, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<PersonId>>([]);

    public Task<bool> LiftHoldAsync(AccountId account, HoldKind kind, PersonId by, Instant at,
        CancellationToken stopping) =>
        Answer(Holds.RemoveAll(hold => hold.Account == account && hold.Kind == kind) > 0);

    public Task<(Money Balance, Instant? AsOf)?> BalanceAsync(AccountId account, CancellationToken stopping) =>
        Answer(Balances.TryGetValue(account, out var found) ? found : ((Money, Instant?)?)null);

    public Task<IReadOnlyList<RatedReading>> ReadingsAsync(
        ChannelId channel, Instant from, Instant to, int max, CancellationToken stopping) =>
        Rows(Readings.Where(row =>
            row.Reading.Channel == channel && row.Reading.At >= from && row.Reading.At <= to), max);

    public Task<RawFrame?> FrameAsync(FrameId frame, CancellationToken stopping) =>
        Answer(Frames.Where(row => row.Id == frame).Select(row => (RawFrame?)row).FirstOrDefault());

    public Task<IReadOnlyList<PaymentRecord>> PaymentsAsync(AccountId account, int max, CancellationToken stopping) =>
        Rows(Payments.Where(row => row.Order.Account == account), max);

    public Task<IReadOnlyList<Command>> CommandsAsync(AccountId account, int max, CancellationToken stopping) =>
        Rows(Commands.Where(row => row.Account == account), max);

    public Task<IReadOnlyList<Notice>> NoticesAsync(AccountId account, int max, CancellationToken stopping) =>
        Rows(Notices.Where(row => row.Account == account), max);

    public Task<IReadOnlyList<Decision>> DecisionsAsync(AccountId account, int max, CancellationToken stopping) =>
        Rows(Decisions.Where(row => row.Account == account), max);

    public Task<IReadOnlyList<QuarantineItem>> QuarantineAsync(string? kind, int max, CancellationToken stopping) =>
        Rows(Quarantine.Where(row => kind is null || row.Kind == kind), max);

    public Task<IReadOnlyList<RawFrame>> UnregisteredAsync(int max, CancellationToken stopping) => Rows(Frames, max);

    public Task<StoreTotals> TotalsAsync(CancellationToken stopping) => Answer(new StoreTotals(
        Readings.Count,
        Frames.Count,
        Quarantine.Count,
        Payments.Count,
        Commands.GroupBy(row => (row.Kind, row.State)).ToDictionary(group => group.Key, group => (long)group.Count()),
        Notices.GroupBy(row => (row.Kind, row.State)).ToDictionary(group => group.Key, group => (long)group.Count()),
        new Dictionary<(Supply, Supply), long> { [(Supply.On, Supply.Unknown)] = Added.Accounts.Count }));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // What the API never asks; the ledger's desk is tested on a real store.
    public ILedgerStore Ledger { get; } = EmptyLedger.Create();

    INoticeStore IStore.Notices { get; } = new MemoryNotices();

    public IStandingStore Standings => throw new NotSupportedException();

    public Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping) => throw new NotSupportedException();

    public Task<IReadOnlyList<CaseImage>> TakeDueAsync(Instant now, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<int> CommitAsync(IReadOnlyList<CaseDecision> decisions, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<Instant?> NextDueAsync(CancellationToken stopping) => throw new NotSupportedException();

    public Task<IReadOnlyList<Command>> ReadyCommandsAsync(Instant now, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<CaseImage>> FindCasesAsync(
        IReadOnlyList<AccountId> accounts, CancellationToken stopping) => throw new NotSupportedException();

    public Task<IReadOnlyList<DispatchOutcome>> DispatchAsync(
        IReadOnlyList<DispatchAttempt> attempts, CancellationToken stopping) => throw new NotSupportedException();

    public Task PostponeAsync(
        IReadOnlyList<(CommandId Command, Instant DueAt, string Detail)> later, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<bool> MoveCommandAsync(CommandMove move, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Command>> InFlightAsync(CancellationToken stopping) => throw new NotSupportedException();

    public Task<IReadOnlyList<DispatchFact>> DispatchesSinceAsync(Instant since, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Command>> AddCommandsAsync(IReadOnlyList<Command> commands,
        CancellationToken stopping) => throw new NotSupportedException();

    public Task<IReadOnlyList<Notice>> ReadyNoticesAsync(Instant now, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<bool> MoveNoticeAsync(NoticeMove move, CancellationToken stopping) => throw new NotSupportedException();

    public IAsyncEnumerable<(AccountId Account, Money Balance)> BalancesAsync(CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<LedgerEntry>> EntriesAsync(AccountId account, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<Crossing>> CrossingsAsync(AccountId account, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<DayCharge>> DayChargesAsync(AccountId account, int max, CancellationToken stopping) =>
        throw new NotSupportedException();

    public Task<long> LedgerImbalanceAsync(CancellationToken stopping) => throw new NotSupportedException();

    private Task<T> Answer<T>(T value) =>
        IsAway ? throw new StoreUnavailableException("The store is away.") : Task.FromResult(value);

    private Task<IReadOnlyList<T>> Rows<T>(IEnumerable<T> rows, int max) =>
        Answer<IReadOnlyList<T>>([.. rows.Take(max)]);
}

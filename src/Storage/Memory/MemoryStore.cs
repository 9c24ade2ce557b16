using Meters.Storage.Contract;

namespace Meters.Storage.Memory;

/// <summary>
/// Control's part of a store in the memory of this process, and nothing else of it: for simulations that decide
/// millions of cases. It holds the same contract as the databases, answers before it returns, and is gone with the
/// process. What it does not keep throws <see cref="NotSupportedException"/>.
/// </summary>
public sealed class MemoryStore : IStore, IRegistryStore
{
    /// <summary>Final commands, notices and decisions that are kept of one account, unless told otherwise.</summary>
    public const int RowsOfAccountMax = 1_000;

    private readonly MemoryState _state;

    /// <param name="rowsOfAccountMax">
    /// Final commands, notices and decisions kept of one account; what decisions need is kept in any case. 1 or more.
    /// </param>
    public MemoryStore(int rowsOfAccountMax = RowsOfAccountMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsOfAccountMax, 1);
        _state = new(rowsOfAccountMax);
        Control = new MemoryControlStore(_state);
        Guard = new MemoryGuardStore(_state);
        Queries = new MemoryQueries(_state);
        Customers = new MemoryCustomers(_state);
        Notices = new MemoryNotices(_state);
    }

    public StoreKind Kind => StoreKind.Memory;

    public IRegistryStore Registry => this;

    public IControlStore Control { get; }

    public IGuardStore Guard { get; }

    public IQueryStore Queries { get; }

    public ICustomerStore Customers { get; }

    public IAccessStore Access => throw NotKept();

    public IReadingWorkStore Work => throw NotKept();

    public IJournalStore Journal => throw NotKept();

    public ICompletenessStore Completeness => throw NotKept();

    public IClockStore Clocks => throw NotKept();

    public IChangeStore Changes => throw NotKept();

    public IHistoryStore Histories => throw NotKept();

    public ILedgerStore Ledger => throw NotKept();

    public INoticeStore Notices { get; }

    public IStandingStore Standings => throw NotKept();

    public Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping)
    {
        lock (_state.Gate)
        {
            var epoch = _state.Epochs[shard] = _state.Epochs.GetValueOrDefault(shard) + 1;
            return Task.FromResult<IShardStore>(new MemoryShardStore(_state, shard, epoch));
        }
    }

    public Task PingAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <summary>Makes the cases of accounts; who they are is kept by the caller.</summary>
    public Task<RegistryStatus> AddAsync(RegistryAddition addition, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(addition);
        lock (_state.Gate)
        {
            foreach (var account in addition.Accounts) _state.AddAccount(account.Id);
            return Task.FromResult(RegistryStatus.Added);
        }
    }

    public Task<RegistryImage> LoadAsync(CancellationToken stopping) => throw NotKept();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal static NotSupportedException NotKept() => new("A store in memory keeps Control's rows only.");
}

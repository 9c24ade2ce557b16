namespace Meters.Storage.Contract;

public enum StoreKind
{
    Sqlite,
    PostgreSql,
    TimescaleDb,

    /// <summary>Control's part alone, in the memory of this process.</summary>
    Memory,
}

/// <summary>
/// Where everything that must survive is kept. Two implementations (SQLite; PostgreSQL with or without TimescaleDB),
/// one contract, one test suite. No SQL calls now(): every instant comes in. A faulty connection throws
/// <see cref="StoreUnavailableException"/>, after which nothing of the call has happened unless its text says so.
/// </summary>
public interface IStore : IAsyncDisposable
{
    StoreKind Kind { get; }

    IRegistryStore Registry { get; }

    IControlStore Control { get; }

    IGuardStore Guard { get; }

    IQueryStore Queries { get; }

    IAccessStore Access { get; }

    IReadingWorkStore Work { get; }

    IJournalStore Journal { get; }

    ICompletenessStore Completeness { get; }

    IClockStore Clocks { get; }

    IChangeStore Changes { get; }

    IHistoryStore Histories { get; }

    ICustomerStore Customers { get; }

    ILedgerStore Ledger { get; }

    INoticeStore Notices { get; }

    IStandingStore Standings { get; }

    /// <summary>
    /// Becomes the only writer of a shard: raises its epoch, so that the commit of any earlier owner fails with
    /// <see cref="ShardFencedException"/>.
    /// </summary>
    Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping);

    /// <summary>A cheap round trip, for health; throws when the store cannot be reached.</summary>
    Task PingAsync(CancellationToken stopping);
}

/// <summary>
/// The store could not be reached or refused the work for an outside reason; trying again later may help.
/// </summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException()
    {
    }

    public StoreUnavailableException(string message)
        : base(message)
    {
    }

    public StoreUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Another process owns the shard now: this writer must stop at once.</summary>
public sealed class ShardFencedException : Exception
{
    public ShardFencedException()
    {
    }

    public ShardFencedException(string message)
        : base(message)
    {
    }

    public ShardFencedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

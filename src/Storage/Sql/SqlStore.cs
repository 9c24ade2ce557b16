using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>The store over either database.</summary>
internal sealed class SqlStore(SqlDatabase database) : IStore
{
    public StoreKind Kind => database.Kind;

    public IRegistryStore Registry { get; } = new RegistryStore(database);

    public IControlStore Control { get; } = new ControlStore(database);

    public IGuardStore Guard { get; } = new GuardStore(database);

    public IQueryStore Queries { get; } = new QueryStore(database);

    public IAccessStore Access { get; } = new AccessStore(database);

    public IReadingWorkStore Work { get; } = new ReadingWorkStore(database);

    public IJournalStore Journal { get; } = new JournalStore(database);

    public ICompletenessStore Completeness { get; } = new CompletenessStore(database);

    public IClockStore Clocks { get; } = new ClockStore(database);

    public IChangeStore Changes { get; } = new ChangeStore(database);

    public IHistoryStore Histories { get; } = new HistoryStore(database);

    public ICustomerStore Customers { get; } = new CustomerStore(database);

    public ILedgerStore Ledger { get; } = new LedgerStore(database);

    public INoticeStore Notices { get; } = new NoticeStore(database);

    public IStandingStore Standings { get; } = new StandingStore(database);

    public async Task<IShardStore> TakeShardAsync(int shard, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        var epoch = await database.WriteAsync(
            session => session.NumberAsync(
                """
                INSERT INTO shard (shard, epoch) VALUES ($1, 1)
                ON CONFLICT (shard) DO UPDATE SET epoch = shard.epoch + 1
                RETURNING epoch
                """,
                shard),
            stopping);
        return database.Shard(shard, epoch!.Value);
    }

    public Task PingAsync(CancellationToken stopping) =>
        database.ReadAsync(session => session.NumberAsync("SELECT max(version) FROM schema_version"), stopping);

    public ValueTask DisposeAsync() => database.DisposeAsync();
}

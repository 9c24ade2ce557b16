using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>
/// One PostgreSQL database through a small pool; each shard's writer keeps a connection of it for itself.
/// </summary>
internal sealed class PostgresDatabase : SqlDatabase
{
    /// <summary>Connections, where the connection text does not say: a few shards and a few that read.</summary>
    private const int ConnectionsMax = 32;

    private readonly NpgsqlConnectionStringBuilder _text;
    private readonly StoreOptions _options;
    private NpgsqlDataSource _source;
    private StoreKind _kind = StoreKind.PostgreSql;

    private PostgresDatabase(NpgsqlConnectionStringBuilder text, StoreOptions options)
    {
        _text = text;
        _source = new NpgsqlDataSourceBuilder(text.ToString()).Build();
        _options = options;
    }

    public override StoreKind Kind => _kind;

    public override SqlDialect Dialect { get; } = new PostgresDialect();

    /// <summary>Days whose chunk is known to exist; null on a plain table.</summary>
    public KnownChunks? Chunks { get; private set; }

    /// <exception cref="ArgumentException">Not a connection string of Npgsql.</exception>
    public static PostgresDatabase Open(string connectionText, StoreOptions options, bool readOnly = false)
    {
        var text = new NpgsqlConnectionStringBuilder(connectionText);
        var hasPoolSize = connectionText.Contains("pool size", StringComparison.OrdinalIgnoreCase);
        if (!hasPoolSize) text.MaxPoolSize = ConnectionsMax;
        if (text.MaxAutoPrepare == 0) text.MaxAutoPrepare = 100;
        if (string.IsNullOrEmpty(text.ApplicationName)) text.ApplicationName = "meters";

        // A writer that vanishes in mid-transaction must not keep its shard's row locked for ever.
        text.Options = $"-c idle_in_transaction_session_timeout=60000 {text.Options}";
        if (readOnly) text.Options = $"-c default_transaction_read_only=on {text.Options}";
        return new(text, options);
    }

    public override async Task PrepareAsync(CancellationToken stopping)
    {
        await DemandDurableCommitsAsync(stopping);
        if (!_options.PlainPostgreSql) await Timescale.TryInstallAsync(this, stopping);
        if (!await WriteAsync(session => Timescale.UseAsync(session, !_options.PlainPostgreSql), stopping)) return;
        _kind = StoreKind.TimescaleDb;
        Chunks = new();
    }

    /// <summary>Whether the schema is there and holds readings or anything registered.</summary>
    public Task<bool> HasDataAsync(CancellationToken stopping) => ReadAsync(
        async session =>
            await session.NumberAsync("SELECT count(*) FROM pg_class WHERE oid = to_regclass('reading')") == 1
            && await session.NumberAsync(Contents.AnyText) == 1,
        stopping);

    public override async Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping)
    {
        try
        {
            await using var connection = await ConnectAsync(stopping);
            return await work(new(connection, null, Dialect, stopping));
        }
        catch (Exception fault) when (Outside(fault) is { } outside)
        {
            throw outside;
        }
    }

    public override Task<T> SnapshotAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping) =>
        TransactAsync(work, IsolationLevel.RepeatableRead, stopping);

    public override Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping) =>
        TransactAsync(work, IsolationLevel.ReadCommitted, stopping);

    public override async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, Func<SqlRow, T> map, object?[] args, [EnumeratorCancellation] CancellationToken stopping)
    {
        await using var connection = await ConnectAsync(stopping);
        var session = new SqlSession(connection, null, Dialect, stopping);
        await foreach (var item in RowsAsync(session, sql, map, args, stopping)) yield return item;
    }

    public override IShardStore Shard(int shard, long epoch) => new PostgresShardStore(this, shard, epoch);

    /// <exception cref="StoreUnavailableException">The server cannot be reached.</exception>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken stopping)
    {
        try
        {
            return await _source.OpenConnectionAsync(stopping);
        }
        catch (Exception fault) when (Outside(fault) is { } outside)
        {
            throw outside;
        }
    }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override StoreUnavailableException? Outside(Exception fault) =>
        PostgresFaults.IsOutside(fault) ? Unavailable(fault) : null;

    /// <summary>
    /// What to throw for a fault of the outside. After a lost connection all idle ones are dropped too.
    /// </summary>
    public StoreUnavailableException Unavailable(Exception fault)
    {
        if (PostgresFaults.IsLostConnection(fault)) _source.Clear();
        return new($"The store cannot be used: {fault.Message}", fault);
    }

    /// <summary>
    /// A server or role may be set to answer before a commit is safe; what this program confirms must be.
    /// </summary>
    private async Task DemandDurableCommitsAsync(CancellationToken stopping)
    {
        var weak = await ReadAsync(
            session => session.NumberAsync("SELECT 1 WHERE current_setting('synchronous_commit') IN ('off', 'local')"),
            stopping);
        if (weak is null) return;
        await _source.DisposeAsync();

        // As an option of the connection a pooled one keeps it when it is reset; of two equal options the last counts.
        _text.Options = $"{_text.Options} -c synchronous_commit=on";
        _source = new NpgsqlDataSourceBuilder(_text.ToString()).Build();
    }

    private async Task<T> TransactAsync<T>(
        Func<SqlSession, Task<T>> work, IsolationLevel isolation, CancellationToken stopping)
    {
        try
        {
            await using var connection = await ConnectAsync(stopping);
            await using DbTransaction transaction = await connection.BeginTransactionAsync(isolation, stopping);
            var session = new SqlSession(connection, transaction, Dialect, stopping);
            var result = await work(session);

            // Cancelled half-way, the outcome would be unknown.
            if (session.IsDiscarded) await transaction.RollbackAsync(CancellationToken.None);
            else await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        catch (Exception fault) when (Outside(fault) is { } outside)
        {
            throw outside;
        }
    }
}

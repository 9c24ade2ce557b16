using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Meters.Storage.Contract;
using Meters.Storage.Sql;
using Microsoft.Data.Sqlite;

namespace Meters.Storage.Sqlite;

/// <summary>
/// One SQLite file: one connection that writes, a few that read beside it. In memory there is one connection for all,
/// and every call completes before it returns.
/// </summary>
internal sealed class SqliteDatabase : SqlDatabase
{
    private const int ReadersMax = 4;

    /// <summary>How long another program may keep the file locked, in seconds: the store is for one process.</summary>
    private const int BusySeconds = 5;

    private readonly SqliteConnection _writer;
    private readonly string? _readers;
    private readonly SqliteStatements _statements;
    private readonly SqliteCheckpoints? _checkpoints;
    private readonly ConcurrentBag<SqliteConnection> _idle = [];

    // Both let waiters in by order of arrival: a payment waits for the commits before it, not for those after it.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(ReadersMax, ReadersMax);

    private int _disposed;

    private SqliteDatabase(SqliteConnection writer, string? readers, SqliteCheckpoints? checkpoints)
    {
        _writer = writer;
        _readers = readers;
        _checkpoints = checkpoints;
        _statements = new(writer);
    }

    public override StoreKind Kind => StoreKind.Sqlite;

    public override SqlDialect Dialect { get; } = new SqliteDialect();

    /// <summary>Prepared statements of the writing connection; only for use within <see cref="WriteAsync"/>.</summary>
    public SqliteStatements Statements => _statements;

    public static SqliteDatabase OpenFile(string file)
    {
        var connection = ConnectionText(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            var writer = Connect(
                connection,
                $"""
                PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = {SqliteCheckpoints.WriterPagesMax};
                """);
            return new(writer, ConnectionText(file, SqliteOpenMode.ReadWrite), new SqliteCheckpoints(connection));
        }
        catch (SqliteException fault) when (SqliteFaults.IsOutside(fault))
        {
            throw SqliteFaults.Unavailable(fault);
        }
    }

    public static SqliteDatabase OpenMemory() =>
        new(Connect(ConnectionText(":memory:", SqliteOpenMode.Memory), ""), readers: null, checkpoints: null);

    /// <summary>A file that exists, for reading beside whoever writes it.</summary>
    public static SqliteDatabase OpenReadOnly(string file)
    {
        var connection = ConnectionText(file, SqliteOpenMode.ReadWrite); // For the shared memory of the log only.
        try
        {
            return new(Connect(connection, "PRAGMA query_only = 1;"), connection, checkpoints: null);
        }
        catch (SqliteException fault) when (SqliteFaults.IsOutside(fault))
        {
            throw SqliteFaults.Unavailable(fault);
        }
    }

    /// <summary>Whether a file that exists holds readings or anything registered.</summary>
    public static async Task<bool> HasDataAsync(string file, CancellationToken stopping)
    {
        try
        {
            await using var connection = Connect(
                ConnectionText(file, SqliteOpenMode.ReadWrite), "PRAGMA query_only = 1;");
            var session = new SqlSession(connection, null, new SqliteDialect(), stopping);
            return await session.NumberAsync("SELECT count(*) FROM sqlite_master WHERE name = 'reading'") == 1
                && await session.NumberAsync(Contents.AnyText) == 1;
        }
        catch (SqliteException fault) when (SqliteFaults.IsOutside(fault))
        {
            throw SqliteFaults.Unavailable(fault);
        }
    }

    public static string ConnectionText(string file, SqliteOpenMode mode) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = mode,
        Pooling = false,
        DefaultTimeout = BusySeconds,
    }.ToString();

    public override Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping) =>
        SnapshotAsync(work, stopping);

    public override async Task<T> SnapshotAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping)
    {
        if (_readers is null) return await WriteAsync(work, stopping);
        await _reading.WaitAsync(stopping);
        try
        {
            var connection = TakeReader();
            try
            {
                using var transaction = connection.BeginTransaction(deferred: true);
                var result = await work(new(connection, transaction, Dialect, stopping));
                transaction.Commit();
                return result;
            }
            finally
            {
                _idle.Add(connection);
            }
        }
        catch (Exception fault) when (Outside(fault) is { } outside)
        {
            throw outside;
        }
        finally
        {
            _reading.Release();
        }
    }

    public override async Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping)
    {
        await _writing.WaitAsync(stopping);
        try
        {
            using var transaction = _writer.BeginTransaction(deferred: false);
            var session = new SqlSession(_writer, transaction, Dialect, stopping);
            var result = await work(session);
            if (session.IsDiscarded) transaction.Rollback();
            else transaction.Commit();
            _checkpoints?.Committed(_writer);
            return result;
        }
        catch (Exception fault) when (Outside(fault) is { } outside)
        {
            throw outside;
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, Func<SqlRow, T> map, object?[] args, [EnumeratorCancellation] CancellationToken stopping)
    {
        if (_readers is null)
        {
            // One connection for all: nothing may stay open on it while the caller does other work.
            var rows = await WriteAsync(session => session.QueryAsync(sql, map, args), stopping);
            foreach (var row in rows) yield return row;
            yield break;
        }

        await _reading.WaitAsync(stopping);
        try
        {
            var connection = TakeReader();
            try
            {
                var session = new SqlSession(connection, null, Dialect, stopping);
                await foreach (var item in RowsAsync(session, sql, map, args, stopping)) yield return item;
            }
            finally
            {
                _idle.Add(connection);
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    public override IShardStore Shard(int shard, long epoch) => new SqliteShardStore(this, shard, epoch);

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _writing.WaitAsync();
        _checkpoints?.Dispose();
        _statements.Dispose();
        foreach (var connection in _idle) connection.Dispose();
        await _writer.DisposeAsync();
        _writing.Dispose();
        _reading.Dispose();
    }

    protected override StoreUnavailableException? Outside(Exception fault) =>
        fault is SqliteException own && SqliteFaults.IsOutside(own) ? SqliteFaults.Unavailable(own) : null;

    private SqliteConnection TakeReader() =>
        _idle.TryTake(out var connection) ? connection : Connect(_readers!, "PRAGMA query_only = 1;");

    private static SqliteConnection Connect(string connectionText, string pragmas)
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection(connectionText);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA temp_store = MEMORY; {pragmas}";
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

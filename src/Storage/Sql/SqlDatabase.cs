using System.Runtime.CompilerServices;
using Meters.Storage.Contract;

namespace Meters.Storage.Sql;

/// <summary>
/// Connections and transactions of one database. Faults of the outside come out as <see
/// cref="StoreUnavailableException"/>.
/// </summary>
internal abstract class SqlDatabase : IAsyncDisposable
{
    public abstract StoreKind Kind { get; }

    public abstract SqlDialect Dialect { get; }

    /// <summary>Reads committed rows; each statement for itself.</summary>
    public abstract Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping);

    /// <summary>Reads committed rows; all statements see the same state.</summary>
    public abstract Task<T> SnapshotAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping);

    /// <summary>One transaction: all of it or, on any exception or <see cref="SqlSession.Discard"/>, nothing.</summary>
    public abstract Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken stopping);

    /// <summary>Rows of one statement, one after another; all of the same state.</summary>
    public abstract IAsyncEnumerable<T> StreamAsync<T>(
        string sql, Func<SqlRow, T> map, object?[] args, CancellationToken stopping);

    public abstract IShardStore Shard(int shard, long epoch);

    /// <summary>After the migrations: what else the schema needs.</summary>
    public virtual Task PrepareAsync(CancellationToken stopping) => Task.CompletedTask;

    public abstract ValueTask DisposeAsync();

    public Task<List<T>> QueryAsync<T>(
        string sql, Func<SqlRow, T> map, CancellationToken stopping, params object?[] args) =>
        ReadAsync(session => session.QueryAsync(sql, map, args), stopping);

    /// <summary>A fault of the outside, to throw instead of this one; null for our own mistakes.</summary>
    protected abstract StoreUnavailableException? Outside(Exception fault);

    protected async IAsyncEnumerable<T> RowsAsync<T>(
        SqlSession session,
        string sql,
        Func<SqlRow, T> map,
        object?[] args,
        [EnumeratorCancellation] CancellationToken stopping)
    {
        await using var command = session.Command(sql, args);
        await using var reader = await GuardAsync(command.ExecuteReaderAsync(stopping));
        var row = new SqlRow(reader, Dialect);
        while (await GuardAsync(reader.ReadAsync(stopping))) yield return map(row);
    }

    private async Task<T> GuardAsync<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception fault) when (Outside(fault) is { } outside)
        {
            throw outside;
        }
    }
}

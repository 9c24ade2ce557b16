using Microsoft.Data.Sqlite;

namespace Meters.Storage.Sqlite;

/// <summary>
/// Copies the write-ahead log into the file on a thread of its own, so that commits do not wait for it. The writer's
/// own checkpoint remains as a bound on the log: it finds little left to do.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    /// <summary>Pages of 4 KiB in the log at which the writer lends a hand: 128 MiB.</summary>
    public const int WriterPagesMax = 32_000;

    /// <summary>Changed rows that start a checkpoint: of readings about 4 MiB.</summary>
    private const int RowsMin = 50_000;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _wanted = new(0);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private int _rowsAtLast;

    public SqliteCheckpoints(string connectionText)
    {
        _connection = new(connectionText);
        _connection.Open();
        _thread = new(Run) { IsBackground = true, Name = "sqlite checkpoints" };
        _thread.Start();
    }

    /// <summary>After each commit, by the one that writes.</summary>
    /// <param name="writer">Its connection.</param>
    public void Committed(SqliteConnection writer)
    {
        // SQLite's counter of 32 bits goes round: only the difference means anything.
        var rows = SQLitePCL.raw.sqlite3_total_changes(writer.Handle);
        if (unchecked(rows - _rowsAtLast) < RowsMin) return;
        _rowsAtLast = rows;
        if (_wanted.CurrentCount == 0) _wanted.Release();
    }

    public void Dispose()
    {
        _stopping = true;
        _wanted.Release();
        _thread.Join();
        _connection.Dispose();
        _wanted.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _wanted.Wait();
            if (_stopping) return;

            // A checkpoint that fails is no loss: the log stays, and the next one or the writer does it.
            SQLitePCL.raw.sqlite3_wal_checkpoint_v2(
                _connection.Handle, "main", SQLitePCL.raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        }
    }
}

using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Meters.Storage.Sql;

/// <summary>One connection for the length of one call, inside its transaction where there is one.</summary>
internal sealed class SqlSession(
    DbConnection connection, DbTransaction? transaction, SqlDialect dialect, CancellationToken stopping)
{
    /// <summary>Rows in one INSERT: beyond it the gain is small, and all drivers take this many parameters.</summary>
    private const int RowsPerInsertMax = 50;

    public DbConnection Connection => connection;

    public SqlDialect Dialect => dialect;

    /// <summary>
    /// Set by <see cref="Discard"/>: the transaction ends without a trace, though the call returns a value.
    /// </summary>
    public bool IsDiscarded { get; private set; }

    public void Discard() => IsDiscarded = true;

    public async Task<int> ExecuteAsync(string sql, params object?[] args)
    {
        await using var command = Command(sql, args);
        return await command.ExecuteNonQueryAsync(stopping);
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<SqlRow, T> map, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync(stopping);
        var row = new SqlRow(reader, dialect);
        var rows = new List<T>();
        while (await reader.ReadAsync(stopping)) rows.Add(map(row));
        return rows;
    }

    /// <summary>One row after another; until the last is read, the session can do nothing else.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, Func<SqlRow, T> map, [EnumeratorCancellation] CancellationToken token, params object?[] args)
    {
        await using var command = Command(sql, args);
        await using var reader = await command.ExecuteReaderAsync(token);
        var row = new SqlRow(reader, dialect);
        while (await reader.ReadAsync(token)) yield return map(row);
    }

    /// <summary>The first row, or null.</summary>
    public async Task<T?> FindAsync<T>(string sql, Func<SqlRow, T> map, params object?[] args)
        where T : class
    {
        var rows = await QueryAsync(sql, map, args);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>The first column of the first row, or null when there is no row or it is null.</summary>
    public async Task<long?> NumberAsync(string sql, params object?[] args)
    {
        var rows = await QueryAsync(sql, row => row.LongOrNull(0), args);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <param name="head">Up to and without the word VALUES.</param>
    /// <param name="rows">Values of each row, all of the same length.</param>
    /// <param name="tail">What follows the values.</param>
    /// <returns>Rows that the database says it changed.</returns>
    public async Task<int> InsertAsync(string head, IEnumerable<object?[]> rows, string tail = "")
    {
        var changed = 0;
        var all = rows.ToList();
        if (all.Count == 0) return 0;
        foreach (var chunk in all.Chunk(RowsPerStatement(all[0].Length)))
        {
            changed += await ExecuteAsync(
                InsertText(head, chunk.Length, chunk[0].Length, tail), [.. chunk.SelectMany(row => row)]);
        }

        return changed;
    }

    /// <summary>Rows of so many values that one statement takes at best.</summary>
    public int RowsPerStatement(int columns) => Math.Clamp(dialect.ParametersMax / columns, 1, RowsPerInsertMax);

    public DbCommand Command(string sql, object?[] args)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        for (var i = 0; i < args.Length; i++) command.Parameters.Add(dialect.Parameter(i + 1, args[i]));
        return command;
    }

    public static string InsertText(string head, int rows, int columns, string tail)
    {
        var text = new StringBuilder(head).Append(" VALUES ");
        for (int row = 0, parameter = 1; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            for (var column = 0; column < columns; column++, parameter++)
            {
                text.Append(column == 0 ? "$" : ", $").Append(parameter.ToString(CultureInfo.InvariantCulture));
            }

            text.Append(')');
        }

        return text.Append(' ').Append(tail).ToString();
    }
}

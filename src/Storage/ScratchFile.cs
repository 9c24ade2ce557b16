using Meters.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Meters.Storage;

/// <summary>
/// Statements on an SQLite store that no service runs on, as a person with a database tool would run them: for trials
/// of what the audit finds.
/// </summary>
public static class ScratchFile
{
    /// <param name="folder">The store's.</param>
    /// <param name="statements">SQL with parameters $1, $2 ...; each must change one row.</param>
    /// <param name="stopping">Breaks it off; nothing is changed then.</param>
    /// <exception cref="InvalidOperationException">A statement changed no row, or several.</exception>
    public static async Task ExecuteAsync(
        string folder, IEnumerable<(string Sql, object?[] Values)> statements, CancellationToken stopping)
    {
        var file = Path.Combine(folder, Stores.SqliteFileName);
        await using var connection = new SqliteConnection(
            SqliteDatabase.ConnectionText(file, SqliteOpenMode.ReadWrite));
        await connection.OpenAsync(stopping);
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        foreach (var (sql, values) in statements)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
            }

            if (await command.ExecuteNonQueryAsync(stopping) == 1) continue;
            throw new InvalidOperationException($"Not one row: {sql}");
        }

        await transaction.CommitAsync(stopping);
    }
}

using System.Globalization;

namespace Meters.Host.Bench.Tamper;

/// <summary>A step as the SQL that does it.</summary>
internal static class TamperSql
{
    public static (string Sql, object?[] Values) Of(TamperStep step)
    {
        var (table, before, after) = (step.Table, step.Before, step.After);
        if (after is null) return ($"DELETE FROM {table.Name} WHERE {Where(table, 1)}", [.. before!.Take(table.Key)]);
        if (before is null)
        {
            var parameters = string.Join(", ", table.Columns.Select((_, i) => Parameter(i + 1)));
            return ($"INSERT INTO {table.Name} ({string.Join(", ", table.Columns)}) VALUES ({parameters})", after);
        }

        var changes = Enumerable.Range(0, after.Length).Where(i => !Equals(before[i], after[i])).ToList();
        var sets = string.Join(", ", changes.Select((c, i) => $"{table.Columns[c]} = {Parameter(i + 1)}"));
        return (
            $"UPDATE {table.Name} SET {sets} WHERE {Where(table, changes.Count + 1)}",
            [.. changes.Select(c => after[c]), .. before.Take(table.Key)]);
    }

    private static string Where(TamperTable table, int first) => string.Join(
        " AND ", table.Columns.Take(table.Key).Select((column, i) => $"{column} = {Parameter(first + i)}"));

    private static string Parameter(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");
}

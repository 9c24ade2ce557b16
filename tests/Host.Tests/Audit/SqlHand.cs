using Meters.Host.Bench.Tamper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Meters.Host.Tests.Audit;

/// <summary>Somebody with a database tool: statements that both kinds of database take, and what undoes them.</summary>
internal sealed class SqlHand(string connection, bool isSqlite)
{
    public async Task ExecuteAsync(string sql)
    {
        if (isSqlite)
        {
            var file = Path.Combine(connection["sqlite:".Length..], Storage.Stores.SqliteFileName);
            await using var own = new SqliteConnection($"Data Source={file};Pooling=False");
            await own.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = own.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            return;
        }

        await using var source = NpgsqlDataSource.Create(connection["postgres:".Length..] + ";Pooling=false");
        await using var statement = source.CreateCommand(sql);
        await statement.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public static IEnumerable<(string Change, string Undo, string Expected)> Changes(TamperImage image)
    {
        var entry = image.Rows(TamperTable.Ledger)[5];
        var ledger = $"ledger {entry[0]}/{entry[1]}";
        var ofEntry = $"shard = {entry[0]} AND id = {entry[1]}";
        yield return Set("ledger", "amount = amount + 1", "amount = amount - 1", ofEntry, ledger);
        yield return Set("ledger", "group_id = group_id + 1", "group_id = group_id - 1", ofEntry, ledger);
        yield return Set("ledger", "line = 'x'", "line = NULL", ofEntry, ledger);
        yield return Set("ledger", "id = id + 5000", "id = id - 5000", ofEntry, ledger, "id = id + 5000");
        yield return Gone("ledger", ofEntry, ledger);
        var key = (string)image.Rows(TamperTable.Payment)[3][0]!;
        yield return Set("payment", "amount = amount + 1", "amount = amount - 1", $"key = '{key}'", $"payment {key}");
        yield return Gone("payment", $"key = '{key}'", $"payment {key}");
        yield return (
            Copied("payment", $"key = '{key}'", "key = key || '-again'"),
            "DELETE FROM payment WHERE key LIKE '%-again'",
            $"payment {key}-again");
        var line = image.Rows(TamperTable.DayCharge)[4];
        var day = DateTime.UnixEpoch.AddDays((long)line[1]!).ToString("yyyy-MM-dd");
        var lines = $"day_charge account {line[0]} day {day}";
        var ofLine = $"account = {line[0]} AND carry = {line[5]}";
        yield return Set("day_charge", "average_day = average_day + 1", "average_day = average_day - 1", ofLine, lines);
        yield return Gone("day_charge", ofLine, lines);
        var late = image.Rows(TamperTable.Correction)[0];
        var lateDay = DateTime.UnixEpoch.AddDays((long)late[2]!).ToString("yyyy-MM-dd");
        yield return Set(
            "accrual_correction", "delta = delta + 1", "delta = delta - 1", $"seq = {late[0]} AND account = {late[1]}",
            $"accrual_correction account {late[1]} day {lateDay}");
        foreach (var change in OfReadings(image)) yield return change;
        foreach (var change in OfRecords(image, key)) yield return change;
        var link = image.Rows(TamperTable.Journal)[20];
        var ofLink = $"shard = {link[0]} AND seq = {link[1]}";
        yield return Set("journal", "tag = tag + 1", "tag = tag - 1", ofLink, $"journal {link[0]}/{link[1]}");
        yield return Gone("journal", ofLink, $"journal {link[0]}/{link[1]}");
        yield return Set(
            "shard", "journal_seq = journal_seq - 1", "journal_seq = journal_seq + 1", "shard = 0", "shard 0");
    }

    /// <summary>Of a closed day, in the middle of a channel's rows.</summary>
    private static IEnumerable<(string Change, string Undo, string Expected)> OfReadings(TamperImage image)
    {
        var rows = image.Rows(TamperTable.Reading);
        var (before, row) = (rows[9], rows[10]);
        var of = $"channel = {row[0]} AND register = {row[2]} AND charge = {row[3]}";
        yield return Set("reading", "register = register + 1", "register = register - 1", $"channel = {row[0]} AND "
            + $"charge = {row[3]} AND frame_id = {row[5]}", Name(row));
        yield return Set("reading", "charge = charge - 1", "charge = charge + 1", $"channel = {row[0]} AND "
            + $"register = {row[2]} AND frame_id = {row[5]}", Name(row));
        yield return Set("reading", "quality = 1", "quality = 0", of, Name(row));
        yield return Set("reading", "frame_id = frame_id + 1", "frame_id = frame_id - 1", of, Name(row));
        yield return Gone("reading", of, Name(before));
    }

    /// <summary>What no chain covers: raw frames, how a payment was divided, operations.</summary>
    private static IEnumerable<(string Change, string Undo, string Expected)> OfRecords(
        TamperImage image, string payment)
    {
        var rows = image.Rows(TamperTable.Reading);
        var (row, last) = (rows[10], rows.Last(r => r[0]!.Equals(rows[10][0])));
        var frame = $"raw_frame {row[5]}";
        yield return Gone("raw_frame", $"id = {row[5]}", frame);
        yield return Set("raw_frame", "terminal = terminal + 1", "terminal = terminal - 1", $"id = {row[5]}", frame);
        var other = rows.First(r => !r[5]!.Equals(row[5]))[5];
        var swap = $"UPDATE raw_frame SET id = CASE id WHEN {row[5]} THEN -1 ELSE -2 END "
            + $"WHERE id IN ({row[5]}, {other});"
            + $"UPDATE raw_frame SET id = CASE id WHEN -1 THEN {other} ELSE {row[5]} END WHERE id < 0";
        yield return (swap, swap, frame);
        yield return Gone("reading", $"channel = {last[0]} AND frame_id = {last[5]}", Name(last));
        var ofPayment = $"key = '{payment}'";
        var paid = $"payment {payment}";
        yield return Set(
            "payment", "split = replace(split, '1:', '43:')", "split = replace(split, '43:', '1:')", ofPayment, paid);
        yield return Set("payment", "tender = 1", "tender = 0", ofPayment, paid);
        yield return Set("payment", "day = day + 1", "day = day - 1", ofPayment, paid);
        yield return (
            "INSERT INTO operation (key, kind, state, shard, account, amount, currency, note, by_person, requested_at) "
            + "SELECT 'planted', 4, 3, 0, account, 100, currency, 'x', 'y', posted_at FROM payment WHERE " + ofPayment,
            "DELETE FROM operation WHERE key = 'planted'",
            "operation planted");
    }

    private static string Name(object?[] row) =>
        $"reading {(long)row[0]! >> 4}/{(RegisterKind)((long)row[0]! & 15)} at {new Instant((long)row[1]!)}";

    private static (string Change, string Undo, string Expected) Set(
        string table, string change, string undo, string where, string expected, string? moved = null) => (
        $"UPDATE {table} SET {change} WHERE {where}",
        $"UPDATE {table} SET {undo} WHERE "
            + (moved is null ? where : where.Replace("id = ", "id - 5000 = ", StringComparison.Ordinal)),
        expected);

    private static (string Change, string Undo, string Expected) Gone(string table, string where, string expected) => (
        $"CREATE TABLE saved AS SELECT * FROM {table} WHERE {where}; DELETE FROM {table} WHERE {where}",
        $"INSERT INTO {table} SELECT * FROM saved; DROP TABLE saved",
        expected);

    private static string Copied(string table, string where, string change) =>
        $"CREATE TABLE saved AS SELECT * FROM {table} WHERE {where}; UPDATE saved SET {change}; "
        + $"INSERT INTO {table} SELECT * FROM saved; DROP TABLE saved";
}

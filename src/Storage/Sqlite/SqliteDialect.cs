using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Meters.Storage.Sql;
using Meters.Units;
using Microsoft.Data.Sqlite;

namespace Meters.Storage.Sqlite;

/// <summary>
/// SQLite: a writer is always alone, so no row is ever locked; instants are microseconds, days are numbers.
/// </summary>
internal sealed class SqliteDialect : SqlDialect
{
    public override string Name => "Sqlite";

    public override string ForUpdate => "";

    public override string LockSchema => "";

    public override string LockRegistry => "";

    // Each is looked up by its name among all of them.
    public override int ParametersMax => 128;

    public override string AnyOf(int parameter) =>
        string.Create(CultureInfo.InvariantCulture, $"IN (SELECT value FROM json_each(${parameter}))");

    // CROSS JOIN keeps the order of the loops: each channel is one range of the key.
    public override string ReadingsAfterSnapshot(string registers) =>
        $"""
        SELECT r.channel, r.at, r.register, r.charge, r.quality, r.frame_id
        FROM account a
        CROSS JOIN meter m ON m.account = a.id
        CROSS JOIN ({registers}) AS k
        LEFT JOIN account_snapshot p ON p.account = a.id
        LEFT JOIN channel_snapshot s ON s.channel = m.id * 16 + k.kind AND p.account IS NOT NULL
        CROSS JOIN reading r ON r.channel = m.id * 16 + k.kind AND r.at > coalesce(s.last_at, -9223372036854775808)
        WHERE a.shard = $1
        ORDER BY r.channel, r.at
        """;

    public override string ClosedDayReadings(string registers) =>
        $"""
        SELECT a.id, r.channel, r.at, r.register, r.charge, r.quality
        FROM account a
        CROSS JOIN meter m ON m.account = a.id
        CROSS JOIN ({registers}) AS k
        CROSS JOIN reading r ON r.channel = m.id * 16 + k.kind AND r.at > $2 AND r.at <= $3
        WHERE a.shard = $1
        ORDER BY a.id, r.channel, r.at
        """;

    public override DbParameter Parameter(int ordinal, object? value) => new SqliteParameter(
        string.Create(CultureInfo.InvariantCulture, $"${ordinal}"),
        value switch
        {
            null => DBNull.Value,
            Instant at => at.UnixMicros,
            ServiceDay day => day.DaysSinceEpoch,
            long[] or string[] => JsonSerializer.Serialize(value, value.GetType()),
            _ => value,
        });

    public override Instant Instant(DbDataReader reader, int column) => new(reader.GetInt64(column));

    public override long DayNumber(DbDataReader reader, int column) => reader.GetInt64(column);

    public override ServiceDay Day(DbDataReader reader, int column) => new(reader.GetInt32(column));
}

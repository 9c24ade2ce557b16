using System.Data.Common;
using System.Globalization;
using Meters.Storage.Sql;
using Meters.Units;
using Npgsql;
using NpgsqlTypes;

namespace Meters.Storage.Postgres;

internal sealed class PostgresDialect : SqlDialect
{
    /// <summary>PostgreSQL counts microseconds from 2000-01-01.</summary>
    public const long EpochUnixMicros = 946_684_800_000_000;

    public override string Name => "Postgres";

    public override string ForUpdate => " FOR UPDATE";

    // One number for the whole database: a few schemas that start at once take turns, which hurts nobody.
    public override string LockSchema => "SELECT pg_advisory_xact_lock(7310860511)";

    public override string LockRegistry => "LOCK TABLE meter IN SHARE ROW EXCLUSIVE MODE";

    public override int ParametersMax => 1_000;

    public override string AnyOf(int parameter) => string.Create(CultureInfo.InvariantCulture, $"= ANY(${parameter})");

    // LATERAL with an order of its own is never flattened: each channel is one range of the key, whatever the planner
    // believes about the size of the rest.
    public override string ReadingsAfterSnapshot(string registers) =>
        $"""
        SELECT r.channel, r.at, r.register, r.charge, r.quality, r.frame_id
        FROM (
            SELECT m.id * 16 + k.kind AS channel, p.account IS NOT NULL AS has_snapshot
            FROM account a JOIN meter m ON m.account = a.id CROSS JOIN ({registers}) AS k
            LEFT JOIN account_snapshot p ON p.account = a.id
            WHERE a.shard = $1
        ) AS c
        LEFT JOIN channel_snapshot s ON s.channel = c.channel AND c.has_snapshot
        CROSS JOIN LATERAL (
            SELECT * FROM reading x
            WHERE x.channel = c.channel AND x.at > coalesce(s.last_at, '-infinity'::timestamptz) ORDER BY x.at
        ) AS r
        ORDER BY r.channel, r.at
        """;

    // On a hypertable the window is a chunk or two: read whole, and joined by hash. See PlainClosedDayReadings.
    public override string ClosedDayReadings(string registers) =>
        """
        SELECT a.id, r.channel, r.at, r.register, r.charge, r.quality
        FROM reading r JOIN meter m ON m.id = r.channel >> 4 JOIN account a ON a.id = m.account
        WHERE a.shard = $1 AND r.at > $2 AND r.at <= $3
        ORDER BY a.id, r.channel, r.at
        """;

    /// <summary>The same where all days stand in one table: each channel is one range of the key.</summary>
    public static string PlainClosedDayReadings(string registers) =>
        $"""
        SELECT c.account, r.channel, r.at, r.register, r.charge, r.quality
        FROM (
            SELECT a.id AS account, m.id * 16 + k.kind AS channel
            FROM account a JOIN meter m ON m.account = a.id CROSS JOIN ({registers}) AS k
            WHERE a.shard = $1
        ) AS c
        CROSS JOIN LATERAL (
            SELECT * FROM reading x WHERE x.channel = c.channel AND x.at > $2 AND x.at <= $3 ORDER BY x.at
        ) AS r
        ORDER BY c.account, r.channel, r.at
        """;

    public override DbParameter Parameter(int ordinal, object? value) => value switch
    {
        null => new NpgsqlParameter { Value = DBNull.Value },
        Instant at => new NpgsqlParameter<long> { TypedValue = Micros(at), NpgsqlDbType = NpgsqlDbType.TimestampTz },
        ServiceDay day => new NpgsqlParameter<DateOnly> { TypedValue = day.ToDateOnly() },
        _ => new NpgsqlParameter { Value = value },
    };

    public override Instant Instant(DbDataReader reader, int column) =>
        new(reader.GetFieldValue<long>(column) + EpochUnixMicros);

    public override ServiceDay Day(DbDataReader reader, int column) =>
        ServiceDay.Of(reader.GetFieldValue<DateOnly>(column));

    /// <summary>An instant as PostgreSQL keeps it.</summary>
    /// <exception cref="OverflowException">Before all time; not storable.</exception>
    public static long Micros(Instant at) => at.UnixMicros - EpochUnixMicros;
}

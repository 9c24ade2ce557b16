using System.Data.Common;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>The row that a reader stands on, in the program's own quantities.</summary>
internal readonly struct SqlRow(DbDataReader reader, SqlDialect dialect)
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public long Long(int column) => reader.GetInt64(column);

    public long? LongOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public int Int(int column) => reader.GetInt32(column);

    public int? IntOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    public byte Byte(int column) => checked((byte)reader.GetInt16(column));

    public short Short(int column) => reader.GetInt16(column);

    public bool Bool(int column) => reader.GetBoolean(column);

    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : Bytes(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public Money Money(int column) => new(reader.GetInt64(column));

    public Instant Instant(int column) => dialect.Instant(reader, column);

    public Instant? InstantOrNull(int column) => reader.IsDBNull(column) ? null : dialect.Instant(reader, column);

    public ServiceDay Day(int column) => dialect.Day(reader, column);

    /// <summary>A day as it stands, also one that is no day.</summary>
    public long DayNumber(int column) => dialect.DayNumber(reader, column);

    public ServiceDay? DayOrNull(int column) => reader.IsDBNull(column) ? null : dialect.Day(reader, column);
}

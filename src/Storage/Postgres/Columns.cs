using Meters.Units;
using Npgsql;
using NpgsqlTypes;

namespace Meters.Storage.Postgres;

/// <summary>Parameters with their types: single values, and columns of a list as arrays.</summary>
internal static class Columns
{
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
    }

    public static NpgsqlParameter Of(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Of(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Of(byte[] value) => new NpgsqlParameter<byte[]> { TypedValue = value };

    public static NpgsqlParameter Of(ServiceDay day) => new NpgsqlParameter<DateOnly> { TypedValue = day.ToDateOnly() };

    public static NpgsqlParameter Of(Instant at) =>
        new NpgsqlParameter<long> { TypedValue = PostgresDialect.Micros(at), NpgsqlDbType = NpgsqlDbType.TimestampTz };

    public static NpgsqlParameter Longs<T>(IReadOnlyList<T> rows, Func<T, long> value) =>
        Array(rows, value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Longs<T>(IReadOnlyList<T> rows, Func<T, long?> value) =>
        Array(rows, value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter Ints<T>(IReadOnlyList<T> rows, Func<T, int?> value) =>
        Array(rows, value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Shorts<T>(IReadOnlyList<T> rows, Func<T, short> value) =>
        Array(rows, value, NpgsqlDbType.Smallint);

    public static NpgsqlParameter Texts<T>(IReadOnlyList<T> rows, Func<T, string?> value) =>
        Array(rows, value, NpgsqlDbType.Text);

    public static NpgsqlParameter Blobs<T>(IReadOnlyList<T> rows, Func<T, byte[]?> value) =>
        Array(rows, value, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Days<T>(IReadOnlyList<T> rows, Func<T, ServiceDay> value) =>
        Array(rows, row => value(row).ToDateOnly(), NpgsqlDbType.Date);

    public static NpgsqlParameter Days<T>(IReadOnlyList<T> rows, Func<T, ServiceDay?> value) =>
        Array(rows, row => value(row)?.ToDateOnly(), NpgsqlDbType.Date);

    public static NpgsqlParameter Instants<T>(IReadOnlyList<T> rows, Func<T, Instant> value) =>
        Array(rows, row => PostgresDialect.Micros(value(row)), NpgsqlDbType.TimestampTz);

    public static NpgsqlParameter Instants<T>(IReadOnlyList<T> rows, Func<T, Instant?> value) => Array(
        rows, row => value(row) is { } at ? PostgresDialect.Micros(at) : (long?)null, NpgsqlDbType.TimestampTz);

    private static NpgsqlParameter<TValue[]> Array<T, TValue>(
        IReadOnlyList<T> rows, Func<T, TValue> value, NpgsqlDbType type)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
    }
}

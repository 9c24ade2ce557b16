using System.Data.Common;
using Meters.Units;

namespace Meters.Storage.Sql;

/// <summary>
/// Where the two databases differ for statements that are otherwise the same. Parameters are $1, $2 ... in both.
/// </summary>
internal abstract class SqlDialect
{
    /// <summary>Folder of its migrations.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Put behind a SELECT whose rows stay locked until the transaction ends; empty where a writer is alone anyway.
    /// </summary>
    public abstract string ForUpdate { get; }

    /// <summary>
    /// Statement that lets one transaction at a time alter the schema; empty where a writer is alone anyway.
    /// </summary>
    public abstract string LockSchema { get; }

    /// <summary>
    /// Statement that lets one transaction at a time add to the registry; empty where a writer is alone anyway.
    /// </summary>
    public abstract string LockRegistry { get; }

    /// <summary>Parameters of one statement beyond which it becomes slower by the row.</summary>
    public abstract int ParametersMax { get; }

    /// <summary>Condition "is one of the array in this parameter".</summary>
    public abstract string AnyOf(int parameter);

    /// <summary>Readings after their channel's snapshot, of the shard in $1, in order of channel and instant.</summary>
    /// <param name="registers">A SELECT of all kinds of register.</param>
    public abstract string ReadingsAfterSnapshot(string registers);

    /// <summary>
    /// Account and reading of the shard in $1, after the instant in $2 up to that in $3, in order of account, channel
    /// and instant.
    /// </summary>
    /// <param name="registers">A SELECT of all kinds of register.</param>
    public abstract string ClosedDayReadings(string registers);

    public abstract DbParameter Parameter(int ordinal, object? value);

    public abstract Instant Instant(DbDataReader reader, int column);

    public abstract ServiceDay Day(DbDataReader reader, int column);

    /// <summary>Days since 1970, as they stand.</summary>
    public virtual long DayNumber(DbDataReader reader, int column) => Day(reader, column).DaysSinceEpoch;
}

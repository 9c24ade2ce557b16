using Meters.Storage.Contract;
using Microsoft.Data.Sqlite;

namespace Meters.Storage.Sqlite;

/// <summary>
/// Which of SQLite's errors come from outside: disk full, disk fault, file locked by another program.
/// </summary>
internal static class SqliteFaults
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, DiskFault = 10, Full = 13, CannotOpen = 14;

    public static bool IsOutside(SqliteException fault) =>
        fault.SqliteErrorCode is Busy or Locked or ReadOnly or DiskFault or Full or CannotOpen;

    public static StoreUnavailableException Unavailable(SqliteException fault) =>
        new($"The store cannot be used: {fault.Message}", fault);
}

using System.Net.Sockets;
using Npgsql;

namespace Meters.Storage.Postgres;

/// <summary>
/// Which faults come from outside: network, server going down, full disk, deadlock. The rest is our own mistake.
/// </summary>
internal static class PostgresFaults
{
    /// <summary>Unique violation.</summary>
    public const string Duplicate = "23505";

    /// <summary>Insufficient privilege.</summary>
    public const string NotAllowed = "42501";

    /// <summary>
    /// Classes of SQLSTATE: connection (08), credentials while a server is set up (28), no such database (3D), rolled
    /// back by deadlock or conflict (40), resources (53), not in a usable state (55), operator intervention (57),
    /// system error (58); and a server that is read-only, as a standby is (25006).
    /// </summary>
    private static readonly string[] Outside = ["08", "28", "3D", "40", "53", "55", "57", "58", "25006"];

    public static bool IsOutside(Exception fault) => fault switch
    {
        PostgresException own => Outside.Any(code => own.SqlState.StartsWith(code, StringComparison.Ordinal)),
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The connection is gone, and others that stand idle most likely with it.</summary>
    public static bool IsLostConnection(Exception fault) =>
        fault is not PostgresException own
        || own.SqlState.StartsWith("57P", StringComparison.Ordinal)
        || own.SqlState.StartsWith("08", StringComparison.Ordinal);
}

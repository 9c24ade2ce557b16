namespace Meters.Host.Cli;

/// <summary>Exit codes that mean something to a script.</summary>
public static class ExitCodes
{
    public const int Done = 0;

    /// <summary>It ran, and a check did not hold or the service refused a part.</summary>
    public const int CheckFailed = 1;

    /// <summary>Wrong use: unknown option, bad file, a store that must not be overwritten.</summary>
    public const int Usage = 2;

    /// <summary>Something outside is missing or away: store, gateway, file system.</summary>
    public const int Unavailable = 3;

    /// <summary>The running service stopped by a fault of its own.</summary>
    public const int Failed = 4;
}

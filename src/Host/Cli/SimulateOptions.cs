using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Meters.Host.Cli;

/// <summary>A simulated field for a running service.</summary>
public sealed record SimulateOptions
{
    /// <summary>Where concentrators dial in.</summary>
    public required IPEndPoint Terminals { get; init; }

    [Range(1, 100_000)] public int Meters { get; init; } = 300;

    /// <summary>Hours before now that are filled first.</summary>
    [Range(1, 8_760)] public int Hours { get; init; } = 48;

    [Range(0, int.MaxValue)] public long Seed { get; init; } = 1;

    /// <summary>Field seconds per second at most, while filling; 0 is as fast as it goes.</summary>
    [Range(0, 1_000_000_000)] public long Speed { get; init; }

    /// <summary>Go on with every hour as it ends, until stopped.</summary>
    public bool Live { get; init; }

    /// <summary>Post each customer's first purchase.</summary>
    public bool Pays { get; init; } = true;
}

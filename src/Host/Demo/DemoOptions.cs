using System.ComponentModel.DataAnnotations;

namespace Meters.Host.Demo;

/// <summary>What a demonstration runs.</summary>
public sealed record DemoOptions
{
    /// <summary>Simulated homes, one meter and one account each.</summary>
    [Range(1, 100_000)] public int Meters { get; init; } = 300;

    /// <summary>Simulated hours.</summary>
    [Range(1, 24 * 60)] public int Hours { get; init; } = 72;

    /// <summary>
    /// Simulated seconds per second at most; 0 is as fast as it goes. The result does not depend on it.
    /// </summary>
    [Range(0, 1_000_000)] public long Speed { get; init; }

    /// <summary>Same seed, same summary.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// Where to store; null is a new SQLite folder that goes when the demo ends. An existing store is refused.
    /// </summary>
    public string? Store { get; init; }

    /// <summary>Value of <see cref="Consumption"/> that asks for the field's own households.</summary>
    public const string Generated = "generated";

    /// <summary>
    /// Consumption file, or <see cref="Generated"/>; null looks for the reference file beside the checkout and falls
    /// back to generated households.
    /// </summary>
    public string? Consumption { get; init; }

    /// <summary>The last line of the output is one JSON object, and progress goes to the error stream.</summary>
    public bool Json { get; init; }
}

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Meters.Host.Access;

public sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>Keys remembered between requests.</summary>
    [Range(1, 100_000)] public int CachedKeysMax { get; set; } = 1_000;

    /// <summary>
    /// How long a key is believed without asking the store, in milliseconds: a revoked key may work this long.
    /// </summary>
    [Range(0, 10_000)] public int CacheLifeMillis { get; set; } = 2_000;
}

[OptionsValidator]
public sealed partial class AccessOptionsRanges : IValidateOptions<AccessOptions>;

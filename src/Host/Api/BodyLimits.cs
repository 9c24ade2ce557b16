namespace Meters.Host.Api;

/// <summary>Limits of single requests; those of the listener are Kestrel's.</summary>
public static class BodyLimits
{
    /// <summary>Body of a single item, in bytes.</summary>
    public const long SingleBytesMax = 256 * 1024;

    /// <summary>Body of a bulk addition to the registry, in bytes.</summary>
    public const long BulkBytesMax = 8 * 1024 * 1024;
}

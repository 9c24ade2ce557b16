using Meters.Units;

namespace Meters.Control.Cases;

/// <summary>Why nobody in an area is cut for a while. Stored: never renumber.</summary>
public enum MoratoriumKind : byte
{
    Weather = 1,
    Emergency = 2,
    Outage = 3,
    Order = 4,
}

/// <summary>A declared moratorium: nobody in the area is cut from one instant up to another.</summary>
/// <param name="Id">From the store; zero before.</param>
/// <param name="Kind">Why.</param>
/// <param name="Area">A region, with all beneath it: <c>up</c> covers <c>up.lucknow</c>; <c>*</c> covers all.</param>
/// <param name="From">First instant.</param>
/// <param name="Until">Not any more; every moratorium ends.</param>
/// <param name="By">Who declared it.</param>
/// <param name="Note">Why, in plain words.</param>
public sealed record Moratorium(
    long Id, MoratoriumKind Kind, string Area, Instant From, Instant Until, PersonId By, string Note)
{
    /// <summary>Every area.</summary>
    public const string Everywhere = "*";

    /// <summary>Also true of a customer whose region is not known: in doubt, no cut.</summary>
    public bool Covers(string region) => Area == Everywhere || region.Length == 0 || IsWithin(region, Area);

    /// <summary>A region is within itself and within every area that its name begins with, part by part.</summary>
    public static bool IsWithin(string region, string area)
    {
        ArgumentNullException.ThrowIfNull(region);
        ArgumentNullException.ThrowIfNull(area);
        return region.StartsWith(area, StringComparison.Ordinal)
            && (region.Length == area.Length || region[area.Length] == '.');
    }
}

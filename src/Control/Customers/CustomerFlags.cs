namespace Meters.Control.Customers;

/// <summary>
/// What a person has recorded about a customer beside the value class. Stored as bits: never renumber.
/// </summary>
[Flags]
public enum CustomerFlags
{
    None = 0,

    /// <summary>Somebody's life hangs on the supply at home.</summary>
    LifeSupport = 1,
    Hospital = 2,
    WaterWorks = 4,

    /// <summary>Of another kind that must not be dark: never cut.</summary>
    SafetyCritical = 8,

    /// <summary>Aided household.</summary>
    Social = 16,
}

public static class CustomerFlagWords
{
    /// <summary>Any of these is never cut, whatever the balance.</summary>
    public const CustomerFlags NeverCut = CustomerFlags.LifeSupport | CustomerFlags.Hospital
        | CustomerFlags.WaterWorks | CustomerFlags.SafetyCritical;

    private static readonly (CustomerFlags Flag, string Word)[] Words =
    [
        (CustomerFlags.LifeSupport, "life_support"),
        (CustomerFlags.Hospital, "hospital"),
        (CustomerFlags.WaterWorks, "water_works"),
        (CustomerFlags.SafetyCritical, "safety_critical"),
        (CustomerFlags.Social, "social"),
    ];

    public static string All => string.Join(", ", Words.Select(pair => pair.Word));

    public static bool IsNeverCut(this CustomerFlags flags) => (flags & NeverCut) != 0;

    /// <summary>Words in the order of the bits; none for no flag.</summary>
    public static IReadOnlyList<string> Of(CustomerFlags flags) =>
        [.. Words.Where(pair => flags.HasFlag(pair.Flag)).Select(pair => pair.Word)];

    /// <summary>False for an unknown word, and for one that stands twice.</summary>
    public static bool TryParse(IEnumerable<string> words, out CustomerFlags flags)
    {
        ArgumentNullException.ThrowIfNull(words);
        flags = CustomerFlags.None;
        foreach (var word in words)
        {
            var found = Array.Find(Words, pair => pair.Word == word).Flag;
            if (found == CustomerFlags.None || flags.HasFlag(found)) return false;
            flags |= found;
        }

        return true;
    }
}

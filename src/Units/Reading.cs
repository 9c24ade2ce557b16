namespace Meters.Units;

/// <summary>How good a value is: see <see cref="ReadingQualities.Outranks"/>. Stored: never renumber.</summary>
public enum ReadingQuality : byte
{
    Actual = 0,
    Edited = 1,
    Estimated = 2,

    /// <summary>
    /// A person decided what stands there. It outranks all others, so that what comes again changes nothing.
    /// </summary>
    Decided = 3,

    /// <summary>
    /// Two actual values stand against each other: neither is rated until a person or a better value decides. The row
    /// keeps the first; the other is in quarantine.
    /// </summary>
    DisputedActual = 8,

    /// <summary>The same among edited values.</summary>
    DisputedEdited = 9,

    /// <summary>The same among estimates.</summary>
    DisputedEstimated = 10,

    /// <summary>A person took it out: it stays, unrated, so that it is known when it comes again.</summary>
    Removed = 12,
}

public static class ReadingQualities
{
    private const byte DisputedBit = 8;

    /// <summary>Whether a value of this quality is rated at all.</summary>
    public static bool IsRated(this ReadingQuality quality) => quality <= ReadingQuality.Decided;

    /// <summary>
    /// Whether a value counts rather than another at the same instant: a person's word, then actual, edited, estimated.
    /// Values against each other have the rank that each of them has.
    /// </summary>
    public static bool Outranks(this ReadingQuality one, ReadingQuality other) => Order(one) < Order(other);

    private static int Order(ReadingQuality quality) =>
        quality == ReadingQuality.Decided ? -1 : (int)quality.Rank();

    public static bool IsDisputed(this ReadingQuality quality) =>
        quality is >= ReadingQuality.DisputedActual and <= ReadingQuality.DisputedEstimated;

    /// <summary>The quality of the values that stand against each other, or the quality itself.</summary>
    public static ReadingQuality Rank(this ReadingQuality quality) =>
        quality.IsDisputed() ? (ReadingQuality)((byte)quality - DisputedBit) : quality;

    /// <exception cref="ArgumentOutOfRangeException">It is not the quality of a reading.</exception>
    public static ReadingQuality Disputed(this ReadingQuality quality) => quality <= ReadingQuality.Estimated
        ? (ReadingQuality)((byte)quality + DisputedBit)
        : throw new ArgumentOutOfRangeException(nameof(quality), quality, "Only readings can be disputed.");
}

/// <summary>
/// A cumulative register value at an instant, on the meter's own (secondary) side, before CT and PT ratios.
/// </summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="At">End of the interval, UTC.</param>
/// <param name="Register">What the register showed.</param>
/// <param name="Quality">Actual, edited or estimated.</param>
/// <param name="Frame">The raw frame that it came in.</param>
public readonly record struct Reading(
    ChannelId Channel, Instant At, Energy Register, ReadingQuality Quality, FrameId Frame);

/// <summary>A reading with its exact charge: the row that is stored (docs/adr/0001).</summary>
/// <param name="Reading">The register value.</param>
/// <param name="Charge">
/// Exact charge of the interval that ends here and begins at the channel's previous reading, in 10^-10 minor units;
/// zero for the channel's first reading.
/// </param>
public readonly record struct RatedReading(Reading Reading, long Charge);

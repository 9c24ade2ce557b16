namespace Meters.Units;

/// <summary>How good a value is; a lower number outranks a higher one. Stored: never renumber.</summary>
public enum ReadingQuality : byte
{
    Actual = 0,
    Edited = 1,
    Estimated = 2,
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

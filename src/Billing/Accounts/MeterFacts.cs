using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>From an instant on, a meter's register counts with another multiplier.</summary>
/// <param name="From">The first instant of the new multiplier; an interval that contains it is split there.</param>
/// <param name="Multiplier">CT ratio times PT ratio, positive.</param>
/// <param name="Register">
/// What the forward active register showed then; null where nobody read it: then it lies on the straight line between
/// the readings around it, as it does for the meter's other registers.
/// </param>
public sealed record MultiplierChange(Instant From, int Multiplier, Energy? Register = null);

/// <summary>A meter takes the place of another: a hard boundary, with both registers read.</summary>
/// <param name="At">Up to here the old meter counts, from here the new one.</param>
/// <param name="Old">The meter that was taken away.</param>
/// <param name="Closing">Its forward active register at the end.</param>
/// <param name="New">The meter that was put in, of the same account.</param>
/// <param name="Opening">Its forward active register at the beginning.</param>
public sealed record MeterReplacement(Instant At, MeterId Old, Energy Closing, MeterId New, Energy Opening);

/// <summary>A meter of which nothing more is rated until a person looks at it.</summary>
/// <param name="Meter">Which.</param>
/// <param name="Since">Instant of the reading that led to it.</param>
/// <param name="Reason">One plain sentence.</param>
public sealed record MeterHold(MeterId Meter, Instant Since, string Reason);

/// <summary>What a person says about one instant of a channel; it outranks every reading.</summary>
/// <param name="At">The instant.</param>
/// <param name="Register">What the register showed; null: whatever stands there is not to be rated.</param>
/// <param name="Frame">The raw frame of the value chosen, or none.</param>
public sealed record ReadingEdit(Instant At, Energy? Register, FrameId Frame);

/// <summary>
/// What is known of a register beyond its first multiplier: most have nothing of it, so it stands beside the state.
/// </summary>
internal sealed class ChannelFacts
{
    /// <summary>Ascending; before the first, the meter's own multiplier holds.</summary>
    public IReadOnlyList<MultiplierChange> Multipliers { get; set; } = [];

    public Instant? Installed { get; set; }

    public Instant? Removed { get; set; }

    /// <summary>The channel whose place it took, -1 without one.</summary>
    public int Predecessor { get; set; } = -1;

    /// <summary>The channel that took its place, -1 without one.</summary>
    public int Successor { get; set; } = -1;

    /// <summary>Instants at which a value stands that is not rated: disputed or removed.</summary>
    public HashSet<Instant> Unrated { get; } = [];
}

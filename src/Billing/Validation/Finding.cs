using Meters.Units;

namespace Meters.Billing.Validation;

/// <param name="Name">What it is, in snake case.</param>
/// <param name="Value">A whole number.</param>
/// <param name="Unit">Of the number: tenths_wh, percent, times, seconds, hours or days.</param>
public readonly record struct Figure(string Name, long Value, string Unit);

/// <summary>What a check found. It rejects nothing: a person looks at it.</summary>
/// <param name="Check">Which check.</param>
/// <param name="Channel">Meter and register.</param>
/// <param name="From">Where it begins; with check and channel its natural key.</param>
/// <param name="To">Where it ends, or the last instant seen of it.</param>
/// <param name="Figures">The numbers behind the sentence.</param>
/// <param name="Sentence">One plain sentence.</param>
public sealed record Finding(
    CheckKind Check, ChannelId Channel, Instant From, Instant To, IReadOnlyList<Figure> Figures, string Sentence);

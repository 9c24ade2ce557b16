using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>
/// What a channel's readings cost: slow, plain, and the specification. Whatever order, batching or restart the readings
/// went through, the stored charges equal these.
/// </summary>
/// <remarks>
/// The interval between two neighbours is cut at each start of a local accumulation period and at each new tariff
/// version inside it; the register there lies on the straight line between the two readings, rounded down. A piece
/// costs T(after) - T(before), T being <see cref="TariffVersion.CumulativeCharge"/> of the energy since the start of
/// the period (or since the first reading, for a channel that begins inside it). A new version inside a period goes on
/// from the same position. The charge of a reading is the sum of the pieces of the interval that it ends; the first one
/// costs nothing.
/// </remarks>
public static class CanonicalRater
{
    /// <summary>Readings of one channel whose multiplier never changes.</summary>
    public static IReadOnlyList<ExactCharge> Rate(
        IReadOnlyList<Reading> sorted, int multiplier, TariffHistory tariff) => Rate(
        [.. sorted.Select(reading => (reading.At, reading.Register * multiplier))],
        RegisterKind.ForwardActive,
        tariff);

    /// <param name="sorted">
    /// Usage of one metering point and register, ascending, no instant twice, never falling.
    /// </param>
    /// <param name="register">Which register.</param>
    /// <param name="tariff">Versions of the tariff.</param>
    /// <returns>One charge for each reading, in the tariff's own steps.</returns>
    /// <exception cref="ArgumentException">The readings are not in order.</exception>
    public static IReadOnlyList<ExactCharge> Rate(
        IReadOnlyList<(Instant At, Energy Usage)> sorted, RegisterKind register, TariffHistory tariff)
    {
        var charges = new ExactCharge[sorted.Count];
        for (var i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].At <= sorted[i - 1].At || sorted[i].Usage < sorted[i - 1].Usage)
            {
                throw new ArgumentException("Readings ascend in time and never fall.", nameof(sorted));
            }

            var cuts = CutsBetween(sorted[i - 1].At, sorted[i].At, tariff);
            for (var c = 1; c < cuts.Count; c++) charges[i] += Piece(sorted, tariff, cuts[c - 1], cuts[c]);
        }

        return charges;
    }

    private static List<Instant> CutsBetween(Instant from, Instant to, TariffHistory tariff)
    {
        var cuts = new SortedSet<Instant> { from, to };
        foreach (var version in tariff.Versions)
        {
            if (version.EffectiveFrom > from && version.EffectiveFrom < to) cuts.Add(version.EffectiveFrom);
            for (var next = version.NextPeriodStart(from); next < to; next = version.NextPeriodStart(next.Value))
            {
                // Only where this version holds: another may accumulate over other periods.
                if (tariff.VersionAt(next.Value) == version) cuts.Add(next.Value);
            }
        }

        return [.. cuts];
    }

    private static ExactCharge Piece(
        IReadOnlyList<(Instant At, Energy Usage)> sorted, TariffHistory tariff, Instant from, Instant to)
    {
        var version = tariff.VersionAt(from);
        var origin = UsageAt(sorted, version.PeriodStart(from) ?? sorted[0].At);
        return version.CumulativeCharge(UsageAt(sorted, to) - origin)
            - version.CumulativeCharge(UsageAt(sorted, from) - origin);
    }

    private static Energy UsageAt(IReadOnlyList<(Instant At, Energy Usage)> sorted, Instant at)
    {
        var i = 0;
        while (sorted[i].At < at) i++;
        return i == 0
            ? sorted[0].Usage
            : Rater.UsageAt(sorted[i - 1].At, sorted[i - 1].Usage, sorted[i].At, sorted[i].Usage, at);
    }
}

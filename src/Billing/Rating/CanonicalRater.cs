using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>
/// What a metering point's readings cost: slow, plain, and the specification. Whatever order, batching or restart the
/// readings went through, the stored charges equal these.
/// </summary>
/// <remarks>
/// The interval between two neighbours is cut at each start of a local accumulation period, at each new tariff version,
/// season and band inside it; the usage there lies on the straight line between the two readings, rounded down. A piece
/// costs what the lines say for the tier positions that it covers, counted from the start of the period (or from the
/// first reading, for a point that begins inside it). A new version inside a period goes on from the same position. The
/// charge of a reading is the sum of the pieces of the interval that it ends; the first one costs nothing.
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
        var walk = new TariffWalk(sorted, register, tariff);
        var charges = new ExactCharge[sorted.Count];
        for (var i = 1; i < sorted.Count; i++)
        {
            foreach (var piece in walk.PiecesOf(i)) charges[i] += new ExactCharge(walk.ChargeOf(piece));
        }

        return charges;
    }

    /// <summary>Why each reading costs what it costs, one list of pieces for each.</summary>
    /// <param name="sorted">As for Rate.</param>
    /// <param name="register">Which register.</param>
    /// <param name="tariff">Versions of the tariff.</param>
    /// <exception cref="ArgumentException">The readings are not in order.</exception>
    public static IReadOnlyList<IReadOnlyList<RatedPiece>> Explain(
        IReadOnlyList<(Instant At, Energy Usage)> sorted, RegisterKind register, TariffHistory tariff)
    {
        var walk = new TariffWalk(sorted, register, tariff);
        var explained = new IReadOnlyList<RatedPiece>[sorted.Count];
        if (sorted.Count > 0) explained[0] = [];
        for (var i = 1; i < sorted.Count; i++)
        {
            explained[i] = [.. walk.PiecesOf(i).SelectMany(walk.SplitAtEdges)];
        }

        return explained;
    }
}

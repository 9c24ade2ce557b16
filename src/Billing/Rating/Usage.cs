using Meters.Billing.Accounts;
using Meters.Units;

namespace Meters.Billing.Rating;

/// <summary>From a meter's register to the energy that the customer used: multipliers, and their changes.</summary>
internal static class Usage
{
    public static int MultiplierAt(int first, IReadOnlyList<MultiplierChange> changes, Instant at)
    {
        var multiplier = first;
        foreach (var change in changes)
        {
            if (change.From > at) break;
            multiplier = change.Multiplier;
        }

        return multiplier;
    }

    /// <summary>
    /// Energy of (t0, t1], after multipliers, in tenths of a watt-hour. A change inside splits the interval at the
    /// register that was read there, or else at the point on the straight line.
    /// </summary>
    /// <param name="first">The meter's first multiplier.</param>
    /// <param name="changes">Its changes, ascending.</param>
    /// <param name="modulus">Where the register rolls over.</param>
    /// <param name="t0">Start, exclusive.</param>
    /// <param name="r0">The register there.</param>
    /// <param name="t1">End, inclusive.</param>
    /// <param name="r1">The register there; after a roll-over, the modulus added to it.</param>
    public static Int128 Between(
        int first,
        IReadOnlyList<MultiplierChange> changes,
        Energy modulus,
        Instant t0,
        Energy r0,
        Instant t1,
        Energy r1)
    {
        Int128 sum = 0;
        var (from, multiplier) = (r0, MultiplierAt(first, changes, t0));
        foreach (var change in changes)
        {
            if (change.From <= t0 || change.From >= t1) continue;
            var at = ReadAt(change, modulus, from, r1) ?? Rater.UsageAt(t0, r0, t1, r1, change.From);
            if (at < from) at = from;
            sum += (Int128)(at - from).TenthsWh * multiplier;
            (from, multiplier) = (at, change.Multiplier);
        }

        return sum + ((Int128)(r1 - from).TenthsWh * multiplier);
    }

    /// <summary>
    /// What was read at the change, perhaps after the roll-over; null where it does not lie between the two values.
    /// </summary>
    private static Energy? ReadAt(MultiplierChange change, Energy modulus, Energy from, Energy to)
    {
        if (change.Register is not { } read) return null;
        if (read < from) read += modulus;
        return read >= from && read <= to ? read : null;
    }
}

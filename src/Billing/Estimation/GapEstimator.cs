using Meters.Units;

namespace Meters.Billing.Estimation;

/// <summary>
/// Fills the hours of a gap. The energy is exact: it is the difference of the two registers, whatever the method; only
/// its spread over the hours is estimated, for time of use.
/// </summary>
public static class GapEstimator
{
    private const int Percent = 100;

    /// <summary>
    /// Null where there is nothing to do or no answer: no whole hour is missing, the register fell (a roll-over or a
    /// fault is not for an estimate), or the gap is longer than <see cref="EstimationOptions.GapHoursMax"/>.
    /// </summary>
    public static GapEstimate? Estimate(Gap gap, OwnProfile? profile, EstimationOptions options)
    {
        var count = gap.HourCount;
        if (count == 0 || count > options.GapHoursMax || gap.After.Register < gap.Before.Register) return null;
        if ((Int128)gap.After.Register.TenthsWh - gap.Before.Register.TenthsWh > long.MaxValue) return null;
        List<Instant> ends = [.. gap.Hours, gap.After.At];
        var weights = profile is null ? null : Weights(gap.Before.At, ends, profile, options);
        var method = weights is null ? EstimationMethod.StraightLine : EstimationMethod.OwnProfile;
        weights ??= Lengths(gap.Before.At, ends);
        var parts = Spread(gap.After.Register.TenthsWh - gap.Before.Register.TenthsWh, weights);
        var values = new List<EstimatedValue>(ends.Count - 1);
        var register = gap.Before.Register.TenthsWh;
        for (var i = 0; i < ends.Count - 1; i++)
        {
            register += parts[i];
            values.Add(new(ends[i], new(register)));
        }

        return new(gap.Before.Channel, gap.Before.At, gap.After.At, method, values);
    }

    /// <summary>
    /// Hours after the last reading, where no later register is known: its own profile as it stands. Null without a
    /// profile of the very next hour, and where the option is off; it ends at the first hour without a profile.
    /// </summary>
    /// <param name="last">The channel's last reading that is not an estimate.</param>
    /// <param name="until">Hours up to and including this instant.</param>
    /// <param name="profile">The channel's own.</param>
    /// <param name="options">Parameters.</param>
    public static GapEstimate? EstimateOpenEnd(
        Reading last, Instant until, OwnProfile profile, EstimationOptions options)
    {
        var values = new List<EstimatedValue>();
        var register = last.Register.TenthsWh;
        foreach (var hour in Gap.HoursBetween(last.At, new(until.UnixMicros + 1)).Take(options.OpenEndHoursMax))
        {
            if (profile.Of(hour) is not { } used || used > long.MaxValue - register) break;
            register += used;
            values.Add(new(hour, new(register)));
        }

        return values.Count == 0
            ? null
            : new(last.Channel, last.At, values[^1].At, EstimationMethod.OpenEnd, values);
    }

    /// <summary>
    /// A total in proportion to weights, in whole steps: each part rounded down, what remains on the last. The parts
    /// sum to the total.
    /// </summary>
    /// <param name="total">Not negative.</param>
    /// <param name="weights">Not negative, not all zero.</param>
    public static long[] Spread(long total, IReadOnlyList<long> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        var sum = weights.Aggregate((Int128)0, (so, weight) =>
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
            return so + weight;
        });
        ArgumentOutOfRangeException.ThrowIfZero(sum, nameof(weights));
        var parts = new long[weights.Count];
        var left = total;
        for (var i = 0; i < parts.Length - 1; i++)
        {
            parts[i] = (long)((Int128)total * weights[i] / sum);
            left -= parts[i];
        }

        parts[^1] = left;
        return parts;
    }

    /// <summary>The profile of each piece; null where too few hours have one, or where it says nothing.</summary>
    private static List<long>? Weights(
        Instant from, List<Instant> ends, OwnProfile profile, EstimationOptions options)
    {
        var own = ends.ConvertAll(end => profile.Of(HourEndOf(end)));
        var known = own.OfType<long>().ToList();
        if (known.Count * (long)Percent < ends.Count * (long)options.ProfilePercentMin || known.Count == 0) return null;
        var average = (long)(known.Aggregate((Int128)0, (so, one) => so + one) / known.Count);
        var lengths = Lengths(from, ends);
        var weights = new List<long>(ends.Count);
        for (var i = 0; i < ends.Count; i++)
        {
            // A piece of an hour takes its part of the hour's weight.
            weights.Add((long)((Int128)(own[i] ?? average) * lengths[i] / Instant.MicrosPerHour));
        }

        return weights.TrueForAll(weight => weight == 0) ? null : weights;
    }

    private static Instant HourEndOf(Instant at)
    {
        var into = ((at.UnixMicros % Instant.MicrosPerHour) + Instant.MicrosPerHour) % Instant.MicrosPerHour;
        return into == 0 ? at : new(at.UnixMicros - into + Instant.MicrosPerHour);
    }

    /// <summary>How long each piece is, microseconds.</summary>
    private static List<long> Lengths(Instant from, List<Instant> ends)
    {
        var lengths = new List<long>(ends.Count);
        foreach (var end in ends)
        {
            lengths.Add(end.UnixMicros - from.UnixMicros);
            from = end;
        }

        return lengths;
    }
}

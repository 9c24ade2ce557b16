using System.Numerics;
using Meters.Billing.Accounts;
using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Accounts;

/// <summary>
/// The same facts by other means: big integers, no tier sums kept, no state from reading to reading. Energy is walked
/// tier slice by tier slice; instants are compared as local calendar days.
/// </summary>
internal static class Oracle
{
    /// <summary>Charge of reading i of a channel, 10^-10 minor units.</summary>
    public static BigInteger ChargeOf(List<Reading> sorted, int i, int multiplier, TariffHistory tariff)
    {
        if (i == 0) return 0;
        var (from, to) = (sorted[i - 1].At, sorted[i].At);
        var edges = new List<Instant> { from };
        edges.AddRange(EdgesOf(tariff, from, to).Where(edge => edge > from && edge < to).Distinct().Order());
        edges.Add(to);
        BigInteger sum = 0;
        for (var e = 1; e < edges.Count; e++)
        {
            var version = tariff.Versions.LastOrDefault(v => v.EffectiveFrom <= edges[e - 1]) ?? tariff.Versions[0];
            var origin = OriginOf(sorted, multiplier, version, edges[e - 1]);
            var low = Register(sorted, multiplier, edges[e - 1]) - origin;
            var high = Register(sorted, multiplier, edges[e]) - origin;
            sum += Slice(version, low, high);
        }

        return sum;
    }

    /// <summary>Rounds half up, by floor division of twice the amount plus one.</summary>
    public static BigInteger Round(BigInteger exact)
    {
        BigInteger unit = 10_000_000_000;
        var twice = (2 * exact) + unit;
        var quotient = BigInteger.DivRem(twice, 2 * unit, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Thresholds looked at one by one, without bounds; gives what crosses now.</summary>
    public static List<Crossing> Cross(
        AccountPosition position, IEnumerable<Threshold> thresholds, Instant at, ref byte mask, ref int arm)
    {
        var crossings = new List<Crossing>();
        foreach (var threshold in thresholds)
        {
            BigInteger level = threshold.Kind switch
            {
                ThresholdKind.Amount => threshold.Value,
                ThresholdKind.PercentOfLastPurchase => (BigInteger)position.LastPurchase.Minor * threshold.Value / 100,
                _ => (BigInteger)position.AverageDay.Minor * threshold.Value / 10,
            };
            var balance = position.Journal.Minor - Round(position.Accrued);
            var crossed = (mask >> threshold.Number & 1) == 1;
            var fell = !crossed && balance < level;
            var recovered = crossed && balance >= level + threshold.Hysteresis.Minor;
            if (!fell && !recovered) continue;
            var direction = fell ? CrossingDirection.Fell : CrossingDirection.Recovered;
            crossings.Add(new(
                position.Account, threshold.Number, arm, at, new((long)balance), new((long)level), direction));
            mask = (byte)(mask ^ (1 << threshold.Number));
            if (recovered) arm++;
        }

        return crossings;
    }

    private static IEnumerable<Instant> EdgesOf(TariffHistory tariff, Instant from, Instant to)
    {
        foreach (var version in tariff.Versions.Skip(1)) yield return version.EffectiveFrom;
        var day = tariff.Zone.ServiceDayOfIntervalEnd(from);
        for (; tariff.Zone.StartOf(day) <= to; day = day.AddDays(1))
        {
            var (date, start) = (day.ToDateOnly(), tariff.Zone.StartOf(day));
            var version = tariff.Versions.LastOrDefault(v => v.EffectiveFrom <= start) ?? tariff.Versions[0];
            var begins = version.Accumulation switch
            {
                Accumulation.Month => date.Day == 1,
                Accumulation.Year => date.DayOfYear == 1,
                _ => false,
            };
            if (begins) yield return start;
        }
    }

    private static BigInteger OriginOf(List<Reading> sorted, int multiplier, TariffVersion version, Instant at)
    {
        if (version.Accumulation == Accumulation.None) return 0;
        var date = DateOnly.FromDateTime(version.Zone.ToLocal(at));
        var first = new DateOnly(date.Year, version.Accumulation == Accumulation.Year ? 1 : date.Month, 1);
        return Register(sorted, multiplier, version.Zone.StartOf(ServiceDay.Of(first)));
    }

    private static BigInteger Register(List<Reading> sorted, int multiplier, Instant at)
    {
        var after = sorted.FindIndex(reading => reading.At >= at);
        if (after <= 0 || sorted[after].At == at) return (BigInteger)sorted[after].Register.TenthsWh * multiplier;
        var (left, right) = (sorted[after - 1], sorted[after]);
        var rise = (BigInteger)(right.Register.TenthsWh - left.Register.TenthsWh) * multiplier;
        return ((BigInteger)left.Register.TenthsWh * multiplier)
            + (rise * (at.UnixMicros - left.At.UnixMicros) / (right.At.UnixMicros - left.At.UnixMicros));
    }

    /// <summary>The part of (low, high] inside each tier, times its price.</summary>
    private static BigInteger Slice(TariffVersion version, BigInteger low, BigInteger high)
    {
        BigInteger sum = 0, start = 0;
        foreach (var tier in version.Tiers)
        {
            var end = tier.UpTo?.TenthsWh ?? BigInteger.Max(high, start);
            var inside = BigInteger.Min(high, end) - BigInteger.Max(low, start);
            if (inside > 0) sum += inside * tier.Price.MicroMinor;
            start = end;
        }

        return sum;
    }
}

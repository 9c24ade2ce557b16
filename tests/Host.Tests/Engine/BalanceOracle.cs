using System.Numerics;

namespace Meters.Host.Tests.Engine;

/// <summary>
/// Recomputes balances from what the field sent and what the customers paid, by code that shares nothing with the
/// engine: whole months or years at once, big rationals instead of running sums, no store, no book.
/// </summary>
public sealed class BalanceOracle
{
    private readonly OracleTariff _tariff;
    private readonly SortedDictionary<DateTime, BigInteger> _registers = [];
    private readonly List<(DateTime Utc, BigInteger Minor)> _payments = [];

    public BalanceOracle(OracleTariff tariff) => _tariff = tariff;

    /// <param name="utc">Instant of the reading.</param>
    /// <param name="hundredthsKwh">The register as sent in format A.11: hundredths of a kWh.</param>
    public void Sent(DateTime utc, long hundredthsKwh) => _registers[utc] = hundredthsKwh;

    /// <param name="utc">Program's clock when the receipt was given.</param>
    /// <param name="minor">Minor units.</param>
    public void Paid(DateTime utc, long minor) => _payments.Add((utc, minor));

    /// <summary>Balance in minor units from readings and payments up to and including an instant.</summary>
    public BigInteger BalanceAt(DateTime utc)
    {
        var paid = _payments.Where(p => p.Utc <= utc).Aggregate(BigInteger.Zero, (sum, p) => sum + p.Minor);
        return paid - RoundHalfUp(CostUpTo(utc));
    }

    /// <summary>The latest instant at which anything happened; for "now".</summary>
    public BigInteger Balance() => BalanceAt(DateTime.MaxValue);

    public int Readings => _registers.Count;

    /// <summary>Period by period: energy of each calendar period, priced through the tiers from zero.</summary>
    private Ratio CostUpTo(DateTime utc)
    {
        var points = _registers.Where(r => r.Key <= utc).ToList();
        var total = Ratio.Zero;
        if (points.Count < 2) return total;
        var from = points[0].Key;
        while (from < points[^1].Key)
        {
            var to = _tariff.PeriodEndAfter(from);
            if (to > points[^1].Key) to = points[^1].Key;
            total += _tariff.Price(RegisterAt(points, to) - RegisterAt(points, from));
            from = to;
        }

        return total;
    }

    /// <summary>
    /// The register at any instant between two readings: on the straight line, down to a tenth of a watt-hour.
    /// </summary>
    private static BigInteger RegisterAt(List<KeyValuePair<DateTime, BigInteger>> points, DateTime utc)
    {
        const int TenthsWhPerHundredthKwh = 100;
        var after = points.FindIndex(p => p.Key >= utc);
        if (points[after].Key == utc) return points[after].Value * TenthsWhPerHundredthKwh;
        var (t0, r0) = (points[after - 1].Key, points[after - 1].Value * TenthsWhPerHundredthKwh);
        var (t1, r1) = (points[after].Key, points[after].Value * TenthsWhPerHundredthKwh);
        return r0 + ((r1 - r0) * (utc - t0).Ticks / (t1 - t0).Ticks);
    }

    private static BigInteger RoundHalfUp(Ratio cost)
    {
        var doubled = (2 * cost.Numerator) + cost.Denominator;
        var quotient = BigInteger.DivRem(doubled, 2 * cost.Denominator, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }
}

/// <summary>An exact fraction of a minor unit.</summary>
public readonly record struct Ratio(BigInteger Numerator, BigInteger Denominator)
{
    public static readonly Ratio Zero = new(0, 1);

    public static Ratio operator +(Ratio a, Ratio b) =>
        new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);
}

/// <summary>A tariff as the oracle understands it: from the published prices, not from the engine's form.</summary>
/// <param name="PriceTenThousandths">Price per kWh of each tier, in ten-thousandths of a major unit.</param>
/// <param name="LimitsKwh">Upper limit of each tier but the last, in kWh per period.</param>
/// <param name="Period">'m' month, 'y' year, '-' none.</param>
/// <param name="ZoneHours">Hours ahead of UTC.</param>
public sealed record OracleTariff(int[] PriceTenThousandths, int[] LimitsKwh, char Period, int ZoneHours)
{
    private const int TenthsWhPerKwh = 10_000;

    /// <summary>The demonstration's prices, written down a second time.</summary>
    public static readonly IReadOnlyDictionary<string, OracleTariff> OfDemo =
        new Dictionary<string, OracleTariff>(StringComparer.Ordinal)
        {
            ["zj-year"] = new([5380, 5880, 8380], [2760, 4800], 'y', 8),
            ["bj-month"] = new([4883, 5383, 7883], [240, 400], 'm', 8),
            ["flat"] = new([5573], [], '-', 8),
        };

    public DateTime PeriodEndAfter(DateTime utc)
    {
        var local = utc.AddHours(ZoneHours);
        return Period switch
        {
            'm' => new DateTime(local.Year, local.Month, 1).AddMonths(1).AddHours(-ZoneHours),
            'y' => new DateTime(local.Year, 1, 1).AddYears(1).AddHours(-ZoneHours),
            _ => DateTime.MaxValue,
        };
    }

    /// <summary>
    /// What an amount of energy within one period costs, in minor units (hundredths of a major unit).
    /// </summary>
    public Ratio Price(BigInteger tenthsWh)
    {
        var cost = BigInteger.Zero;
        var below = BigInteger.Zero;
        for (var tier = 0; tier < PriceTenThousandths.Length; tier++)
        {
            var limit = tier < LimitsKwh.Length ? (BigInteger)LimitsKwh[tier] * TenthsWhPerKwh : tenthsWh;
            var upTo = BigInteger.Min(tenthsWh, limit);
            if (upTo > below) cost += (upTo - below) * PriceTenThousandths[tier];
            below = BigInteger.Max(below, limit);
        }

        // Ten-thousandths of a major unit are hundredths of a minor one.
        return new(cost, (BigInteger)TenthsWhPerKwh * 100);
    }
}

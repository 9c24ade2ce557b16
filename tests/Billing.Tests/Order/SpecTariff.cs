using System.Numerics;
using Meters.Billing.Tariffs;

namespace Meters.Billing.Tests.Order;

/// <summary>
/// What a tariff says, asked anew at every quarter of an hour: prices by tier and band, shares of other lines, days.
/// </summary>
internal sealed class SpecTariff(TariffHistory tariff)
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    public TariffVersion VersionAt(Instant at) =>
        tariff.Versions.LastOrDefault(version => version.EffectiveFrom <= at) ?? tariff.Versions[0];

    /// <summary>First instant of the month or year that an instant lies in; null where nothing accumulates.</summary>
    public Instant? PeriodStart(Instant at)
    {
        var version = VersionAt(at);
        if (version.Period.Months == 0) return null;
        var date = DateOnly.FromDateTime(version.Zone.ToLocal(at));
        var first = new DateOnly(date.Year, version.Period.Months == 12 ? 1 : date.Month, 1);
        return version.Zone.StartOf(ServiceDay.Of(first));
    }

    /// <summary>Every quarter of an hour inside, and every new version: all that can change is among them.</summary>
    public List<Instant> CutsBetween(Instant from, Instant to)
    {
        var cuts = new List<Instant> { from, to };
        var quarter = Instant.MicrosPerHour / 4;
        var next = new Instant(((from.UnixMicros / quarter) + 1) * quarter);
        for (; next < to; next += Quarter) cuts.Add(next);
        cuts.AddRange(tariff.Versions.Select(version => version.EffectiveFrom).Where(at => at > from && at < to));
        return [.. cuts.Distinct().Order()];
    }

    /// <summary>Minor units on each line for energy between two positions, in force at an instant.</summary>
    public Dictionary<string, Fraction> Energy(Instant at, BigInteger from, BigInteger to)
    {
        var version = VersionAt(at);
        var band = BandAt(version, at);
        var charges = new Dictionary<string, Fraction>(StringComparer.Ordinal);
        foreach (var line in version.Lines)
        {
            charges[line.Name] = line switch
            {
                EnergyLine energy => OfTiers(energy.Seasons[0].Tables[0].Tiers, band, from, to),
                PercentLine percent => Share(percent, charges),
                _ => Fraction.Zero,
            };
        }

        return charges;
    }

    /// <summary>Minor units on each line for a day itself.</summary>
    public Dictionary<string, Fraction> Day(ServiceDay day)
    {
        var charges = new Dictionary<string, Fraction>(StringComparer.Ordinal);
        foreach (var line in VersionAt(tariff.Zone.StartOf(day)).Lines)
        {
            charges[line.Name] = line switch
            {
                StandingLine standing => new(standing.Slabs[0].Amount.Numerator, standing.Slabs[0].Amount.Denominator),
                PercentLine percent => Share(percent, charges),
                _ => Fraction.Zero,
            };
        }

        return charges;
    }

    private static Fraction Share(PercentLine line, Dictionary<string, Fraction> charges) =>
        line.Of.Aggregate(Fraction.Zero, (sum, of) => sum + charges[of.Line])
        * new Fraction(line.Steps[0].Share.Numerator, line.Steps[0].Share.Denominator);

    private static Fraction OfTiers(IReadOnlyList<PriceTier> tiers, int band, BigInteger from, BigInteger to)
    {
        var (sum, start) = (Fraction.Zero, BigInteger.Zero);
        foreach (var tier in tiers)
        {
            var end = tier.UpTo?.TenthsWh ?? BigInteger.Max(start, to);
            var inside = BigInteger.Min(end, to) - BigInteger.Max(start, from);
            var price = tier.Prices[band];
            if (inside > 0) sum += new Fraction(inside * price.Numerator, 10_000 * price.Denominator);
            start = end;
        }

        return sum;
    }

    private static int BandAt(TariffVersion version, Instant at)
    {
        var local = version.Zone.ToLocal(at);
        var isWeekend = local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
        var minute = (local.Hour * 60) + local.Minute;
        var bands = version.Calendar.Bands;
        for (var b = 0; b < bands.Count; b++)
        {
            foreach (var rule in bands[b].When)
            {
                if (rule.Days.Contains("weekday") && isWeekend) continue;
                foreach (var (from, to) in rule.Windows)
                {
                    var (start, end) = (from * 15, to * 15);
                    if (start < end ? minute >= start && minute < end : minute >= start || minute < end) return b;
                }
            }
        }

        return bands.Count - 1;
    }
}

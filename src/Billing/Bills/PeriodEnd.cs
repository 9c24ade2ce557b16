using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>What is known only when a bill period ends.</summary>
internal static class PeriodEnd
{
    /// <param name="Months">Length of the period.</param>
    /// <param name="SanctionedWatts">Sanctioned load.</param>
    /// <param name="Demand">Highest demand in watts, of all bands or of those named.</param>
    /// <param name="Active">Active energy.</param>
    /// <param name="Reactive">Reactive energy.</param>
    internal sealed record Facts(
        int Months, int SanctionedWatts, Func<IReadOnlyList<string>, long> Demand, Energy Active, Energy Reactive);

    /// <summary>What each line gets at the end, in minor units.</summary>
    /// <param name="version">The version.</param>
    /// <param name="accrued">What each line has so far, in minor units.</param>
    /// <param name="facts">Of the period.</param>
    public static Ratio[] Of(TariffVersion version, IReadOnlyList<Ratio> accrued, Facts facts)
    {
        var added = new Ratio[version.Lines.Count];
        foreach (var line in LineOrder.Of(version))
        {
            added[line] = version.Lines[line] switch
            {
                DemandLine demand => DemandOf(demand, facts),
                PowerFactorLine factor => SumOf(factor.Of) * ShareOf(factor, facts),
                MinimumLine minimum => Ratio.Max(0, MinimumOf(minimum, facts) - SumOf(minimum.Of)),
                PercentLine { Steps: [var step] } percent => percent.Of.Where(of => !of.IsPart).Aggregate(
                    default(Ratio), (sum, of) => sum + (added[version.IndexOf(of.Line)] * step.Share)),
                _ => default,
            };
        }

        return added;

        Ratio SumOf(IEnumerable<string> names) => names.Select(version.IndexOf).Aggregate(
            default(Ratio), (sum, of) => sum + accrued[of] + added[of]);
    }

    /// <summary>Power factor in hundredths, a half up; one where there was no energy.</summary>
    public static int PowerFactor(Energy active, Energy reactive)
    {
        var (p, q) = ((System.Numerics.BigInteger)active.TenthsWh, (System.Numerics.BigInteger)reactive.TenthsWh);
        var (p2, s2) = (p * p, (p * p) + (q * q));
        for (var h = 100; h > 0; h--)
        {
            if (((2 * h) - 1) * ((2 * h) - 1) * s2 <= 40_000 * p2) return h;
        }

        return 0;
    }

    private static Ratio DemandOf(DemandLine line, Facts facts)
    {
        var measured = new Ratio(facts.Demand(line.Bands), 1_000);
        var load = new Ratio(facts.SanctionedWatts, 1_000);
        var billed = Ratio.Max(measured, load * line.ShareOfLoadMin);
        if (line.ExcessPerKw is not { } excess || billed <= load) return line.PerKw * billed;
        return (line.PerKw * load) + (excess * (billed - load));
    }

    private static Ratio ShareOf(PowerFactorLine line, Facts facts)
    {
        var factor = PowerFactor(facts.Active, facts.Reactive);
        return line.Rows.Last(row => row.From <= factor).Share;
    }

    private static Ratio MinimumOf(MinimumLine line, Facts facts) =>
        (line.PerMonth + (line.PerKwMonth * new Ratio(facts.SanctionedWatts, 1_000))) * facts.Months;
}

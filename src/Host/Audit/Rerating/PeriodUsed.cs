using System.Numerics;

namespace Meters.Host.Audit.Rerating;

/// <summary>What was used in a bill period.</summary>
/// <param name="WattsByBand">Highest mean power over a window of demand, by the band it begins in.</param>
/// <param name="EarlierWattsByBand">The same of the months before that a ratchet looks at.</param>
/// <param name="Active">Tenths of a watt-hour.</param>
/// <param name="ByBand">Active energy by band.</param>
/// <param name="Reactive">Tenths of a var-hour.</param>
internal sealed record PeriodUsed(
    BigInteger[] WattsByBand, BigInteger[] EarlierWattsByBand, BigInteger Active, BigInteger[] ByBand,
    BigInteger Reactive)
{
    private const int TenthsWhPerKwh = 10_000;

    /// <summary>Days of the period.</summary>
    public required int Days { get; init; }

    /// <summary>Month in which it ends.</summary>
    public required int Month { get; init; }

    /// <summary>What limits of tiers count times.</summary>
    public required Fraction Scale { get; init; }

    public Fraction Kwh(PlainTariff tariff, IReadOnlyList<string> bands) => new(
        bands.Count == 0
            ? Active
            : ByBand.Where((_, band) => bands.Contains(tariff.Calendar.Bands[band].Name))
                .Aggregate(BigInteger.Zero, BigInteger.Add),
        TenthsWhPerKwh);

    public Fraction Kvarh => new(Reactive, TenthsWhPerKwh);

    public static Fraction Kw(PlainTariff tariff, IReadOnlyList<string> bands, BigInteger[] watts) => new(
        watts.Where((_, band) => bands.Count == 0 || bands.Contains(tariff.Calendar.Bands[band].Name))
            .Append(BigInteger.Zero).Max(),
        1000);

    /// <summary>Kilovolt-amperes at the power factor of the period.</summary>
    public Fraction Kva(Fraction kw)
    {
        var factor = FactorHundredths();
        return factor == 0 ? Fraction.Zero : kw * 100 / factor;
    }

    /// <summary>
    /// Active over apparent energy, a half up: the largest n for which (n - 1/2)/100 is at most that; one without any
    /// energy.
    /// </summary>
    public int FactorHundredths()
    {
        var apparentSquared = (Active * Active) + (Reactive * Reactive);
        var n = 100;
        while (n > 0 && ((2 * n) - 1) * ((2 * n) - 1) * apparentSquared > 40_000 * Active * Active) n--;
        return n;
    }
}

using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>What a bill period came to, as far as its end looks at it.</summary>
internal sealed record PeriodTotals
{
    /// <summary>Length in months.</summary>
    public required int Months { get; init; }

    /// <summary>Length in days.</summary>
    public required Ratio Days { get; init; }

    /// <summary>Month in which it ends, 1 to 12.</summary>
    public required int Month { get; init; }

    public required int SanctionedWatts { get; init; }

    /// <summary>Highest demand in watts, of all bands or of those named.</summary>
    public required Func<IReadOnlyList<string>, long> Demand { get; init; }

    /// <summary>Highest demand of earlier months, in the same way.</summary>
    public Func<IReadOnlyList<string>, long> EarlierDemand { get; init; } = _ => 0;

    public required Energy Active { get; init; }

    /// <summary>By the index of the band; empty where nobody asked for it.</summary>
    public IReadOnlyList<Energy> ActiveByBand { get; init; } = [];

    public required Energy Reactive { get; init; }

    /// <summary>What the limits of tiers are multiplied with.</summary>
    public required Ratio Scale { get; init; }

    public Ratio LoadKw => new(SanctionedWatts, 1_000);

    /// <summary>Kilowatt hours, of all bands or of those named.</summary>
    public Ratio Kwh(TariffCalendar calendar, IReadOnlyList<string> bands) => new(
        bands.Count == 0
            ? Active.TenthsWh
            : ActiveByBand.Where((_, b) => bands.Contains(calendar.Bands[b].Name)).Sum(used => used.TenthsWh),
        Energy.PerKwh);

    /// <summary>Demand over the power factor of the period; zero without active energy.</summary>
    public Ratio Kva(IReadOnlyList<string> bands)
    {
        var factor = PowerFactor;
        return factor == 0 ? 0 : new Ratio(Demand(bands), 10 * factor);
    }

    /// <summary>In hundredths, a half up; one where there was no energy.</summary>
    public int PowerFactor
    {
        get
        {
            var (p, q) = ((System.Numerics.BigInteger)Active.TenthsWh, (System.Numerics.BigInteger)Reactive.TenthsWh);
            var (p2, s2) = (p * p, (p * p) + (q * q));
            for (var h = 100; h > 0; h--)
            {
                if (((2 * h) - 1) * ((2 * h) - 1) * s2 <= 40_000 * p2) return h;
            }

            return 0;
        }
    }
}

using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>
/// The bill computed once, from totals, in exact fractions: for explanations, dry runs, audits and published examples.
/// It shares the definition of prices with the rater, and none of its compiled plans.
/// </summary>
public static class BillCalculator
{
    /// <exception cref="ArgumentException">The input names a band that the tariff does not have.</exception>
    /// <exception cref="OverflowException">An amount does not fit 64 bits of minor units.</exception>
    public static Bill Compute(TariffVersion version, BillInput input)
    {
        var span = new BillSpan(version, input);
        var energy = new BillEnergy(version, input, span);
        var amounts = OthersOf(version, input, span);
        for (var line = 0; line < amounts.Length; line++) amounts[line] += energy.Amounts[line];
        var added = PeriodEnd.Of(version, amounts, TotalsOf(version, input, span));
        var lines = new List<BillLine>();
        for (var line = 0; line < amounts.Length; line++)
        {
            var exact = amounts[line] + added[line];
            if (exact.IsZero) continue;
            var of = version.Lines[line];
            lines.Add(new(of.Name, of.Account, exact, version.LineRoundingOf(of).Round(exact), energy.PartsOf(line)));
        }

        var sum = lines.Aggregate(Money.Zero, (all, line) => all + line.Amount);
        var bill = new Bill(lines, Money.Zero, sum);
        if (!version.Rounding.PerBill) return bill;
        // A line with a unit of its own enters as it is printed, any other as it is.
        var all = lines.Aggregate(default(Ratio), (of, line) => of
            + (version.Lines[version.IndexOf(line.Name)].Rounding is null ? line.Exact : line.Amount.Minor));
        var total = version.Rounding.Round(all);
        return bill with { Rounding = total - sum, Total = total };
    }

    /// <summary>What is not by this bill's energy: standing charges, spread surcharges, shares of them.</summary>
    private static Ratio[] OthersOf(TariffVersion version, BillInput input, BillSpan span)
    {
        var amounts = new Ratio[version.Lines.Count];
        for (var line = 0; line < amounts.Length; line++)
        {
            amounts[line] = version.Lines[line] switch
            {
                StandingLine { OnPurchase: true } standing =>
                    StandingTerm.AmountOf(standing, input.SanctionedWatts) * (input.PurchaseMonths ?? span.WholeMonths),
                StandingLine standing => StandingTerm.AmountOf(standing, input.SanctionedWatts)
                    * (standing.PerDay ? span.DaysIn(standing.Months) : span.MonthsIn(standing.Months)),
                SpreadLine spread => SpreadOf(spread, input, span),
                _ => default,
            };
        }

        LineOrder.AddShares(version, LineOrder.Of(version), amounts);
        return amounts;
    }

    private static Ratio SpreadOf(SpreadLine line, BillInput input, BillSpan span)
    {
        var term = new SpreadTerm(0, line, 1);
        var terms = new AccountTerms(input.SanctionedWatts) { Usage = input.Usage };
        const long Steps = 10_000_000_000;
        return span.Days.Aggregate(
            default(Ratio), (sum, day) => sum + new Ratio(term.OnDay(day, terms, Steps), Steps));
    }

    private static PeriodTotals TotalsOf(TariffVersion version, BillInput input, BillSpan span)
    {
        long Demand(IReadOnlyList<string> bands) => bands.Count == 0
            ? input.MaxDemandWatts
            : bands.Max(band => input.DemandWattsByBand.GetValueOrDefault(band, input.MaxDemandWatts));
        var byBand = new Energy[version.Calendar.Bands.Count];
        foreach (var use in input.Uses) byBand[version.Calendar.IndexOf(use.Band, version.Id)] += use.Used;
        return new()
        {
            Months = span.WholeMonths,
            Days = span.DaysIn(BandRule.AllMonths),
            Month = span.LastMonth,
            SanctionedWatts = input.SanctionedWatts,
            Demand = Demand,
            EarlierDemand = _ => input.EarlierDemandWatts,
            Active = byBand.Aggregate(Energy.Zero, (sum, used) => sum + used),
            ActiveByBand = byBand,
            Reactive = input.Reactive,
            Scale = span.ScaleOf(version.Limits),
        };
    }
}

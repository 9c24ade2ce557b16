using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>Charges that come with days and bill periods and not with energy. Pure.</summary>
public static class DayLines
{
    /// <summary>Adds each day-based line's exact charge of the service day, percent lines on them included.</summary>
    /// <param name="tariff">The account's tariff; the version in force at the start of the day counts.</param>
    /// <param name="day">The day.</param>
    /// <param name="terms">The account's.</param>
    /// <param name="lines">Exact charges, by the index of the line in the tariff.</param>
    /// <exception cref="OverflowException">A sum does not fit 64 bits.</exception>
    public static void AddDay(TariffHistory tariff, ServiceDay day, AccountTerms terms, Span<long> lines)
    {
        var plans = tariff.PlansOn(day);
        if (plans.Standing.Count > 0)
        {
            var date = day.ToDateOnly();
            foreach (var term in plans.Standing)
            {
                if (term.IsCharged(date)) lines[term.Line] += term.OnDay(date, terms.SanctionedWatts);
            }
        }

        foreach (var term in plans.Spread) lines[term.Line] += term.OnDay(day, terms, tariff.PerMinor);
    }

    /// <summary>True where days of this version cost something by themselves.</summary>
    public static bool HasDayLines(TariffHistory tariff, ServiceDay day)
    {
        var plans = tariff.PlansOn(day);
        return plans.Standing.Count > 0 || plans.Spread.Count > 0;
    }

    /// <summary>
    /// True where the end of a bill period adds something: demand, power factor, a minimum, a table, what is settled.
    /// </summary>
    public static bool HasPeriodEnd(TariffHistory tariff, ServiceDay day)
    {
        var version = tariff.VersionOn(day);
        return version.Lines.Any(line => line.IsSettled || version.IsSettledByTotal(line));
    }

    /// <summary>True where the end of a bill period looks at what was measured: energy or demand.</summary>
    public static bool NeedsUse(TariffHistory tariff, ServiceDay day) => PeriodEnd.NeedsUse(tariff.VersionOn(day));

    /// <summary>True where it looks at the energy of each band: <see cref="PeriodFacts.ActiveByBand"/>.</summary>
    public static bool NeedsBands(TariffHistory tariff, ServiceDay day) =>
        PeriodEnd.NeedsBands(tariff.VersionOn(day));

    /// <summary>First day of the earlier months whose demand counts too; null where none does.</summary>
    public static ServiceDay? EarlierDemandFrom(TariffHistory tariff, ServiceDay day)
    {
        var months = tariff.VersionOn(day).Lines.OfType<DemandLine>().Max(line => line.Ratchet?.Months) ?? 0;
        return months == 0
            ? null
            : ServiceDay.Of(BillPeriodStart(tariff, day).ToDateOnly().AddMonths(-months));
    }

    /// <summary>
    /// First days of the months whose energy the day's charges are on: <see cref="AccountTerms.Usage"/>.
    /// </summary>
    public static IReadOnlyList<ServiceDay> UsageMonths(TariffHistory tariff, ServiceDay day) =>
    [
        .. tariff.PlansOn(day).Spread.SelectMany(term => SpreadTerm.Recoveries(term.Source, day))
            .Select(recovery => recovery.Month).Distinct().Order(),
    ];

    /// <summary>True on the last day of a bill period.</summary>
    public static bool EndsBillPeriod(TariffHistory tariff, ServiceDay day) =>
        BillPeriodStart(tariff, day) != BillPeriodStart(tariff, day.AddDays(1));

    /// <summary>First day of the bill period that the day lies in.</summary>
    public static ServiceDay BillPeriodStart(TariffHistory tariff, ServiceDay day) =>
        ServiceDay.Of(tariff.VersionOn(day).BillPeriod.StartOf(day.ToDateOnly()));

    /// <summary>
    /// Adds what is known at the end of a bill period only: minimum charge, demand, power factor, and percent lines on
    /// them. Rounded half up to an exact step.
    /// </summary>
    /// <param name="tariff">The account's tariff; the version in force on the last day counts.</param>
    /// <param name="lastDay">Last day of the period.</param>
    /// <param name="terms">The account's.</param>
    /// <param name="facts">What the period came to.</param>
    /// <param name="lines">Exact charges, by the index of the line in the tariff.</param>
    /// <exception cref="OverflowException">A sum does not fit 64 bits.</exception>
    public static void AddPeriodEnd(
        TariffHistory tariff, ServiceDay lastDay, AccountTerms terms, PeriodFacts facts, Span<long> lines)
    {
        var plans = tariff.PlansOn(lastDay);
        var version = plans.Version;
        var accrued = new Ratio[version.Lines.Count];
        for (var line = 0; line < accrued.Length; line++)
        {
            var index = plans.LineOf[line];
            if (index >= 0 && index < facts.Lines.Length) accrued[line] = new(facts.Lines[index], tariff.PerMinor);
        }

        var added = PeriodEnd.Of(version, accrued, TotalsOf(tariff, version, lastDay, terms, facts));
        for (var line = 0; line < added.Length; line++)
        {
            if (!added[line].IsZero) lines[plans.LineOf[line]] += (long)(added[line] * tariff.PerMinor).RoundHalfUp();
        }
    }

    private static PeriodTotals TotalsOf(
        TariffHistory tariff, TariffVersion version, ServiceDay lastDay, AccountTerms terms, PeriodFacts facts) => new()
        {
            Months = version.BillPeriod.Months,
            Days = lastDay.AddDays(1).DaysSinceEpoch - BillPeriodStart(tariff, lastDay).DaysSinceEpoch,
            Month = lastDay.ToDateOnly().Month,
            SanctionedWatts = terms.SanctionedWatts,
            Demand = HighestOf(version, facts.MaxDemandWatts, facts.DemandWattsByBand.ToArray()),
            EarlierDemand = HighestOf(
                version, MostOf(facts.EarlierDemandWattsByBand), facts.EarlierDemandWattsByBand.ToArray()),
            Active = facts.Active,
            ActiveByBand = facts.ActiveByBand.ToArray(),
            Reactive = facts.Reactive,
            Scale = version.ScaleAt(version.Zone.StartOf(lastDay)),
        };

    private static Func<IReadOnlyList<string>, long> HighestOf(TariffVersion version, long most, long[] byBand) =>
        bands => bands.Count == 0 || byBand.Length == 0
            ? most
            : version.Calendar.Bands.Select((band, b) => bands.Contains(band.Name) ? byBand[b] : 0).Max();

    private static long MostOf(ReadOnlySpan<long> watts)
    {
        long most = 0;
        foreach (var one in watts) most = Math.Max(most, one);
        return most;
    }

    /// <summary>How charges are rounded at the close: for each line or for the bill, to how many minor units.</summary>
    public static (bool PerBill, long UnitMinor) RoundingOn(TariffHistory tariff, ServiceDay day)
    {
        var rule = tariff.VersionOn(day).Rounding;
        return (rule.PerBill, rule.UnitMinor);
    }

    /// <summary>How one line is rounded: a rule of its own, or that of the tariff.</summary>
    /// <param name="tariff">The account's tariff.</param>
    /// <param name="day">The version in force at its start counts.</param>
    /// <param name="line">Name of the line.</param>
    public static RoundingRule RoundingRuleOn(TariffHistory tariff, ServiceDay day, string line)
    {
        var version = tariff.VersionOn(day);
        if (version.Has(line)) return version.LineRoundingOf(version.Lines[version.IndexOf(line)]);
        return version.Rounding.PerBill ? RoundingRule.Plain : version.Rounding;
    }

    /// <summary>
    /// A bill that is rounded as a whole adds up what its lines show, where any of them has a rule of its own.
    /// </summary>
    public static bool AddsRoundedLines(TariffHistory tariff, ServiceDay day) =>
        tariff.VersionOn(day).Lines.Any(line => line.Rounding is not null);

    /// <summary>The same, with the way that a charge between two units goes.</summary>
    public static RoundingRule RoundingRuleOn(TariffHistory tariff, ServiceDay day) => tariff.VersionOn(day).Rounding;
}

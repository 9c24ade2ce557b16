using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>
/// What is known only when a bill period ends. A line that was charged by the hour provisionally gets what is missing
/// to what it must come to.
/// </summary>
internal sealed class PeriodEnd
{
    private readonly TariffVersion _version;
    private readonly IReadOnlyList<Ratio> _accrued;
    private readonly PeriodTotals _totals;
    private readonly Ratio[] _added;

    private PeriodEnd(TariffVersion version, IReadOnlyList<Ratio> accrued, PeriodTotals totals)
    {
        (_version, _accrued, _totals) = (version, accrued, totals);
        _added = new Ratio[version.Lines.Count];
    }

    /// <summary>What each line gets at the end, in minor units.</summary>
    /// <param name="version">The version.</param>
    /// <param name="accrued">What each line has so far, in minor units.</param>
    /// <param name="totals">Of the period.</param>
    public static Ratio[] Of(TariffVersion version, IReadOnlyList<Ratio> accrued, PeriodTotals totals)
    {
        var end = new PeriodEnd(version, accrued, totals);
        foreach (var line in LineOrder.Of(version))
        {
            end._added[line] = end.AddedTo(line);
            if (version.Lines[line].Bounds is { } bounds) end._added[line] += end.Within(bounds, end.AmountOf(line));
        }

        return end._added;
    }

    /// <summary>True where a line of the version needs the energy of each band.</summary>
    public static bool NeedsBands(TariffVersion version) =>
        version.Lines.Any(line => version.IsSettledByTotal(line)
            || line is TableLine { By: TableMeasure.Kwh, Bands.Count: > 0 });

    /// <summary>True where a line of the version needs anything that was measured.</summary>
    public static bool NeedsUse(TariffVersion version) =>
        version.Lines.Any(line => version.IsSettledByTotal(line) || line is DemandLine or PowerFactorLine
            || line is TableLine { By: not (TableMeasure.Load or TableMeasure.Amount) }
            || line is TableLine { Scale: TableScale.PerKwDemand });

    private Ratio AddedTo(int line) => _version.Lines[line] switch
    {
        DemandLine demand => DemandOf(demand),
        PowerFactorLine factor => SumOf(factor.Of) * ShareOf(factor),
        MinimumLine minimum => Ratio.Max(0, MinimumOf(minimum) - SumOf(minimum.Of)),
        TableLine table => TableEnd.Of(table, _version.Calendar, _totals, SumOf),
        PercentLine { SettlesShare: true } percent => SettledShare(percent) - _accrued[line],
        PercentLine { Steps: [var step] } percent => percent.Of.Where(of => !of.IsPart).Aggregate(
            default(Ratio), (sum, of) => sum + (_added[_version.IndexOf(of.Line)] * step.Share)),
        EnergyLine energy when _version.IsSettledByTotal(energy) => ByTotal(energy) - _accrued[line],
        _ => default,
    };

    private Ratio AmountOf(int line) => _accrued[line] + _added[line];

    private Ratio SumOf(IEnumerable<string> names) =>
        names.Select(_version.IndexOf).Aggregate(default(Ratio), (sum, of) => sum + AmountOf(of));

    /// <summary>What must be added to an amount that is not within its bounds.</summary>
    private Ratio Within(LineBounds bounds, Ratio amount)
    {
        var kept = amount;
        if (bounds.CreditUpTo.Count > 0) kept = Ratio.Max(kept, -Ratio.Max(0, SumOf(bounds.CreditUpTo)));
        if (bounds.Max is { } max) kept = Ratio.Min(kept, max * _totals.Months);
        if (bounds.Min is { } min) kept = Ratio.Max(kept, min * _totals.Months);
        return kept - amount;
    }

    private Ratio SettledShare(PercentLine line)
    {
        var share = line.ExactShare ?? line.Steps[0].Share;
        var sum = default(Ratio);
        foreach (var of in line.Of.Select(of => _version.IndexOf(of.Line)))
        {
            var amount = AmountOf(of);
            sum += line.OfRounded ? _version.LineRoundingOf(_version.Lines[of]).Round(amount).Minor : amount;
        }

        return sum * share;
    }

    /// <summary>The table of the whole period's energy, with the energy of each band.</summary>
    private Ratio ByTotal(EnergyLine line)
    {
        var total = _totals.ActiveByBand.Sum(used => used.TenthsWh);
        var math = new EnergyMath(_version, _totals.Month, _totals.Scale, export: false, total);
        var index = _version.IndexOf(line.Name);
        var sum = math.Fixed(index, total, total);
        for (var band = 0; band < _totals.ActiveByBand.Count; band++)
        {
            sum += math.Integral(index, total, band, 0, _totals.ActiveByBand[band].TenthsWh);
        }

        return sum;
    }

    private Ratio DemandOf(DemandLine line)
    {
        var measured = line.InKva ? _totals.Kva(line.Bands) : new(_totals.Demand(line.Bands), 1_000);
        var load = _totals.LoadKw;
        var billed = Ratio.Max(measured, load * line.ShareOfLoadMin);
        if (line.Ratchet is { } ratchet)
        {
            billed = Ratio.Max(billed, new Ratio(_totals.EarlierDemand(line.Bands), 1_000) * ratchet.Share);
        }
        if (line.StepWatts > 1)
        {
            var step = new Ratio(line.StepWatts, 1_000);
            billed = step * new Ratio((billed / step).RoundHalfUp(), 1);
        }

        var days = line.PerDay ? _totals.Days : 1;
        if (line.ExcessPerKw is not { } excess || billed <= load) return line.PerKw * billed * days;
        return ((line.PerKw * load) + (excess * (billed - load))) * days;
    }

    private Ratio ShareOf(PowerFactorLine line)
    {
        var factor = _totals.PowerFactor;
        return line.Rows.Last(row => row.From <= factor).Share;
    }

    private Ratio MinimumOf(MinimumLine line) =>
        ((line.PerMonth + (line.PerKwMonth * _totals.LoadKw)) * _totals.Months) + (line.PerDay * _totals.Days);
}

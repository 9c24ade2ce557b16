using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>What a table comes to at the end of a bill period, in minor units.</summary>
internal static class TableEnd
{
    /// <param name="line">The table.</param>
    /// <param name="calendar">The version's bands.</param>
    /// <param name="totals">Of the period.</param>
    /// <param name="sumOf">What some lines come to in the period.</param>
    public static Ratio Of(
        TableLine line, TariffCalendar calendar, PeriodTotals totals, Func<IEnumerable<string>, Ratio> sumOf)
    {
        if ((line.Months >> totals.Month & 1) == 0) return default;
        var measure = MeasureOf(line, calendar, totals, sumOf);
        var scale = ScaleOf(line.Scale, totals);
        var times = line.Per switch
        {
            TablePer.Month => totals.Months,
            TablePer.Day => totals.Days,
            _ => 1,
        };
        if (line.InParts) return InParts(line, measure, scale, times);
        var row = line.Rows.First(row => row.UpTo is not { } end || measure <= end * scale);
        return (row.Amount * times) + (row.PerUnit * measure) + (row.Share * sumOf(line.Of));
    }

    /// <summary>A row's amount is due once the measure is inside it.</summary>
    private static Ratio InParts(TableLine line, Ratio measure, Ratio scale, Ratio times)
    {
        var (sum, start) = (default(Ratio), default(Ratio));
        foreach (var row in line.Rows)
        {
            if (measure <= start) break;
            var end = row.UpTo is { } upTo ? Ratio.Min(upTo * scale, measure) : measure;
            sum += ((row.PerUnit + row.Share) * (end - start)) + (row.Amount * times);
            start = end;
        }

        return sum;
    }

    private static Ratio MeasureOf(
        TableLine line, TariffCalendar calendar, PeriodTotals totals, Func<IEnumerable<string>, Ratio> sumOf) =>
        line.By switch
        {
            TableMeasure.Kwh => totals.Kwh(calendar, line.Bands),
            TableMeasure.Load => totals.LoadKw,
            TableMeasure.Demand => new(totals.Demand(line.Bands), 1_000),
            TableMeasure.Kva => totals.Kva(line.Bands),
            TableMeasure.Kvarh => Ratio.Max(0, new Ratio(totals.Reactive.TenthsWh, Energy.PerKwh)
                - (line.FreeShare * totals.Kwh(calendar, []))),
            _ => sumOf(line.Sum),
        };

    private static Ratio ScaleOf(TableScale scale, PeriodTotals totals) => scale switch
    {
        TableScale.PerMonth => totals.Months,
        TableScale.Per30Days => totals.Days * new Ratio(1, 30),
        TableScale.PerKw => totals.LoadKw,
        TableScale.PerKwDemand => new(totals.Demand([]), 1_000),
        _ => 1,
    };
}

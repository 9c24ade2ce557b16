using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>What a spread surcharge puts on one line, itself or a percent line on it.</summary>
/// <param name="Line">Index in the history.</param>
/// <param name="Source">The surcharge.</param>
/// <param name="Share">How much of it reaches the line.</param>
internal sealed record SpreadTerm(int Line, SpreadLine Source, Ratio Share)
{
    /// <summary>The months whose energy a day recovers, each with the first and the last day of its recovery.</summary>
    public static IEnumerable<(ServiceDay Month, ServiceDay First, int Days)> Recoveries(
        SpreadLine line, ServiceDay day)
    {
        if (line.UsageMonth is { } only)
        {
            if (day >= line.From && day < line.From.AddDays(line.Days)) yield return (only, line.From, line.Days);
            yield break;
        }

        var date = day.ToDateOnly();
        var month = new DateOnly(date.Year, date.Month, 1);
        for (var late = line.LagMonths; late < line.LagMonths + line.OverMonths; late++)
        {
            var used = month.AddMonths(-late);
            var first = used.AddMonths(line.LagMonths);
            var days = first.AddMonths(line.OverMonths).DayNumber - first.DayNumber;
            yield return (ServiceDay.Of(used), ServiceDay.Of(first), days);
        }
    }

    /// <summary>Equal instalments of whole minor units; the last day takes the rest. In exact steps.</summary>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public long OnDay(ServiceDay day, AccountTerms terms, long perMinor)
    {
        long sum = 0;
        foreach (var (month, first, days) in Recoveries(Source, day))
        {
            var minor = Source.PerKwh * Share * new Ratio(terms.UsedIn(month).TenthsWh, Energy.PerKwh);
            var whole = (minor * perMinor).RoundHalfUp();
            var instalment = (minor * new Ratio(1, days)).Floor() * perMinor;
            var isLast = day == first.AddDays(days - 1);
            sum += (long)(isLast ? whole - (instalment * (days - 1)) : instalment);
        }

        return sum;
    }
}

using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>How long a bill is: in whole months, or in days with the part of each month that they are.</summary>
internal sealed class BillSpan
{
    private const int DaysPerMonth = 30; // Of a bill that gives no days.
    private const int DaysMax = 4_000; // A bill over ten years is a mistake.

    private readonly int _months;
    private readonly bool _isMonths;
    private readonly DateOnly? _from;
    private readonly DateOnly _to;

    /// <exception cref="ArgumentException">The days are not in order, or too many.</exception>
    public BillSpan(TariffVersion version, BillInput input)
    {
        _months = input.Months ?? version.BillPeriod.Months;
        _isMonths = input.Months is not null || input.From is null || input.To is null;
        if (input.From is not { } from || input.To is not { } to) return;
        (_from, _to) = (from.ToDateOnly(), to.ToDateOnly());
        if (to < from || to.DaysSinceEpoch - from.DaysSinceEpoch >= DaysMax)
        {
            throw new ArgumentException($"A bill from {from} to {to} has no days or too many.", nameof(input));
        }
    }

    /// <summary>The first month, 1 to 12; January where no days are given.</summary>
    public int FirstMonth => _from?.Month ?? 1;

    /// <summary>The last month, 1 to 12; January where no days are given.</summary>
    public int LastMonth => _from is null ? 1 : _to.Month;

    /// <summary>To the nearest, one at least; 15 January to 14 March is two.</summary>
    public int WholeMonths => _isMonths ? _months : Math.Max(1, (int)MonthsIn(BandRule.AllMonths).RoundHalfUp());

    /// <summary>None where only months are given.</summary>
    public IEnumerable<ServiceDay> Days
    {
        get
        {
            if (_from is not { } from) yield break;
            for (var day = from; day <= _to; day = day.AddDays(1)) yield return ServiceDay.Of(day);
        }
    }

    /// <summary>Days in the months of a mask.</summary>
    public Ratio DaysIn(int months) => _from is null
        ? _months * DaysPerMonth
        : Days.Count(day => (months >> day.ToDateOnly().Month & 1) == 1);

    /// <summary>Months of a mask, each by its days used over its days.</summary>
    public Ratio MonthsIn(int months)
    {
        if (_from is null) return _months;
        var sum = default(Ratio);
        foreach (var month in Days.Select(day => day.ToDateOnly()).GroupBy(day => (day.Year, day.Month)))
        {
            if ((months >> month.Key.Month & 1) == 0) continue;
            sum += new Ratio(month.Count(), DateTime.DaysInMonth(month.Key.Year, month.Key.Month));
        }

        return sum;
    }

    /// <summary>What the limits of tiers are multiplied with.</summary>
    public Ratio ScaleOf(LimitScale limits) => limits switch
    {
        LimitScale.PerMonth => WholeMonths,
        LimitScale.Per30Days => DaysIn(BandRule.AllMonths) * new Ratio(1, DaysPerMonth),
        LimitScale.ByDays => MonthsIn(BandRule.AllMonths),
        _ => 1,
    };
}

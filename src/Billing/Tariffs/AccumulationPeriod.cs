using System.Globalization;

namespace Meters.Billing.Tariffs;

/// <summary>A cycle of whole local months.</summary>
/// <param name="Months">Length; zero for no cycle at all.</param>
/// <param name="Anchor">
/// Which months begin one: those whose number since the year 0 leaves this remainder. From 0 to Months - 1.
/// </param>
public readonly record struct AccumulationPeriod(int Months, int Anchor)
{
    public static readonly AccumulationPeriod None;

    public static readonly AccumulationPeriod Month = new(1, 0);

    public static readonly AccumulationPeriod Year = new(12, 0);

    /// <summary>Cycles of n months, one of which begins with the given month.</summary>
    public static AccumulationPeriod Of(int months, int year, int month) =>
        new(months, ((year * 12) + month - 1) % months);

    /// <summary>First day of the cycle that the day lies in.</summary>
    /// <exception cref="InvalidOperationException">There is no cycle.</exception>
    public DateOnly StartOf(DateOnly day)
    {
        var number = NumberOf(day);
        return DayOf(number - ((number - Anchor) % Cycle));
    }

    /// <summary>First day of the cycle after that.</summary>
    /// <exception cref="InvalidOperationException">There is no cycle.</exception>
    public DateOnly NextStart(DateOnly day) => DayOf(NumberOf(StartOf(day)) + Cycle);

    public override string ToString() => Months switch
    {
        0 => "none",
        1 => "month",
        12 when Anchor == 0 => "year",
        _ => string.Create(CultureInfo.InvariantCulture, $"{Months} months from month {Anchor + 1}"),
    };

    private int Cycle => Months > 0 ? Months : throw new InvalidOperationException("There is no cycle.");

    private static int NumberOf(DateOnly day) => (day.Year * 12) + day.Month - 1;

    private static DateOnly DayOf(int number) => new(number / 12, (number % 12) + 1, 1);
}

/// <summary>What the limits of tiers are written for.</summary>
public enum LimitScale
{
    /// <summary>For the whole accumulation period.</summary>
    PerPeriod,

    /// <summary>For one month: a cycle of two months has them doubled.</summary>
    PerMonth,

    /// <summary>For thirty days: times the days of the period, over thirty.</summary>
    Per30Days,

    /// <summary>For one month; a bill over part of a month takes the days of it over the days of the month.</summary>
    ByDays,
}

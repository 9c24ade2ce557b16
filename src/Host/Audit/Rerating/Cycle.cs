namespace Meters.Host.Audit.Rerating;

/// <summary>Whole local months after which something begins anew; none at all for zero months.</summary>
/// <param name="Months">Its length.</param>
/// <param name="Anchor">Any month, counted from the year 0, with which one begins.</param>
public readonly record struct Cycle(int Months, int Anchor = 0)
{
    public static readonly Cycle Never = new(0);

    public static readonly Cycle Monthly = new(1);

    public static int NumberOf(int year, int month) => (year * 12) + month - 1;

    /// <summary>First day of the cycle that a day lies in.</summary>
    public DateOnly StartOf(DateOnly day)
    {
        var number = NumberOf(day.Year, day.Month);
        return DayOf(number - ((((number - Anchor) % Months) + Months) % Months));
    }

    public DateOnly EndOf(DateOnly day) => StartOf(day).AddMonths(Months);

    private static DateOnly DayOf(int number) => new(number / 12, (number % 12) + 1, 1);
}

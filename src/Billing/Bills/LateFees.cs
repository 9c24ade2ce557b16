using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>What paying late costs. Pure.</summary>
public static class LateFees
{
    /// <summary>The whole fee due so far, one line for each late fee of the tariff; none within the grace.</summary>
    /// <param name="tariff">The account's tariff.</param>
    /// <param name="day">The day on which the fee is looked at; its month stands on the line.</param>
    /// <param name="overdue">The overdue amount; nothing is due on none.</param>
    /// <param name="daysOverdue">Days since it was due.</param>
    public static IReadOnlyList<PurchaseLine> Of(TariffHistory tariff, ServiceDay day, Money overdue, int daysOverdue)
    {
        var fees = new List<PurchaseLine>();
        var date = day.ToDateOnly();
        foreach (var line in LinesOn(tariff, day))
        {
            var days = daysOverdue - line.GraceDays;
            if (days <= 0 || overdue <= Money.Zero) continue;
            var amount = Of(line, overdue.Minor * days, overdue);
            if (amount > Money.Zero)
            {
                fees.Add(new(line.Name, line.Account, amount, ServiceDay.Of(new(date.Year, date.Month, 1))));
            }
        }

        return fees;
    }

    /// <summary>The late fees of the version in force at the start of a day; none for most tariffs.</summary>
    public static IReadOnlyList<LateFeeLine> LinesOn(TariffHistory tariff, ServiceDay day) =>
        [.. tariff.VersionOn(day).Lines.OfType<LateFeeLine>()];

    /// <summary>The whole fee of one line, where what is overdue changed from day to day.</summary>
    /// <param name="line">The line.</param>
    /// <param name="overdueDays">Sum of what was overdue on each day that costs something, minor units.</param>
    /// <param name="most">The largest amount that was overdue: a cap by share is a share of it.</param>
    public static Money Of(LateFeeLine line, long overdueDays, Money most)
    {
        if (overdueDays <= 0) return Money.Zero;
        var fee = Ratio.Max(line.Minimum, line.SharePerDay * overdueDays);
        if (line.Cap is { } cap) fee = Ratio.Min(fee, cap);
        if (line.CapShare is { } share) fee = Ratio.Min(fee, share * most.Minor);
        return RoundingRule.Plain.Round(fee);
    }
}

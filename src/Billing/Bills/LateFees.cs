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
        foreach (var line in tariff.VersionOn(day).Lines.OfType<LateFeeLine>())
        {
            var days = daysOverdue - line.GraceDays;
            if (days <= 0 || overdue <= Money.Zero) continue;
            var fee = Ratio.Max(line.Minimum, line.SharePerDay * overdue.Minor * days);
            if (line.Cap is { } cap) fee = Ratio.Min(fee, cap);
            if (line.CapShare is { } share) fee = Ratio.Min(fee, share * overdue.Minor);
            var amount = RoundingRule.Plain.Round(fee);
            if (amount > Money.Zero)
            {
                fees.Add(new(line.Name, line.Account, amount, ServiceDay.Of(new(date.Year, date.Month, 1))));
            }
        }

        return fees;
    }
}

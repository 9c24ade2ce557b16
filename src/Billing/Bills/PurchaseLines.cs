using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>Charges and rebates that come with a purchase. Pure.</summary>
public static class PurchaseLines
{
    /// <summary>Months of arrears at most: older ones are for a person.</summary>
    public const int ArrearsMonthsMax = 120;

    /// <summary>
    /// Monthly charges that are taken with the first purchase of a month, those of skipped months included and oldest
    /// first, with the percent lines on them; then the rebate of the purchase.
    /// </summary>
    /// <param name="tariff">The account's tariff. A skipped month is charged by the version at its beginning.</param>
    /// <param name="day">The day of the purchase.</param>
    /// <param name="lastMonthCharged">Any day of the last month already charged; null for none ever.</param>
    /// <param name="terms">The account's.</param>
    /// <param name="purchase">What the customer pays.</param>
    public static IReadOnlyList<PurchaseLine> Of(
        TariffHistory tariff, ServiceDay day, ServiceDay? lastMonthCharged, AccountTerms terms, Money purchase)
    {
        var lines = new List<PurchaseLine>();
        var current = MonthOf(day);
        var first = lastMonthCharged is { } last ? MonthOf(last).AddMonths(1) : current;
        var oldest = current.AddMonths(1 - ArrearsMonthsMax);
        for (var month = first < oldest ? oldest : first; month <= current; month = month.AddMonths(1))
        {
            var start = ServiceDay.Of(month);
            AddMonth(tariff.VersionOn(month == current ? day : start), start, terms, lines);
        }

        AddRebates(tariff.VersionOn(day), ServiceDay.Of(current), purchase, lines);
        return lines;
    }

    private static DateOnly MonthOf(ServiceDay day)
    {
        var date = day.ToDateOnly();
        return new(date.Year, date.Month, 1);
    }

    private static void AddMonth(TariffVersion version, ServiceDay month, AccountTerms terms, List<PurchaseLine> lines)
    {
        var amounts = AmountsOf(version, month.ToDateOnly().Month, terms.SanctionedWatts);
        for (var line = 0; line < amounts.Length; line++)
        {
            var amount = version.LineRoundingOf(version.Lines[line]).Round(amounts[line]);
            if (amount == Money.Zero) continue;
            lines.Add(new(version.Lines[line].Name, version.Lines[line].Account, amount, month));
        }
    }

    /// <summary>One month's charges at a purchase and the percent lines on them, in minor units by line.</summary>
    internal static Ratio[] AmountsOf(TariffVersion version, int month, int watts)
    {
        var amounts = new Ratio[version.Lines.Count];
        for (var line = 0; line < amounts.Length; line++)
        {
            if (version.Lines[line] is not StandingLine { OnPurchase: true } standing) continue;
            if ((standing.Months >> month & 1) == 1) amounts[line] = StandingTerm.AmountOf(standing, watts);
        }

        LineOrder.AddShares(version, LineOrder.Of(version), amounts, isFinal: true);
        return amounts;
    }

    private static void AddRebates(TariffVersion version, ServiceDay month, Money purchase, List<PurchaseLine> lines)
    {
        var taken = lines.Aggregate(Money.Zero, (sum, line) => sum + line.Amount);
        foreach (var line in version.Lines.OfType<PurchaseRebateLine>())
        {
            var of = line.OfNet ? purchase - taken : purchase;
            var amount = version.LineRoundingOf(line).Round(line.Share * of.Minor);
            if (amount > Money.Zero) lines.Add(new(line.Name, line.Account, -amount, month));
        }
    }
}

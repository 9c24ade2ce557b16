using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>Charges and rebates that come with a purchase. Pure.</summary>
public static class PurchaseLines
{
    /// <summary>
    /// Monthly charges that are taken with the first purchase of a month, those of skipped months included, and the
    /// rebate of the purchase.
    /// </summary>
    /// <param name="tariff">The account's tariff.</param>
    /// <param name="day">The day of the purchase.</param>
    /// <param name="lastMonthCharged">Any day of the last month already charged; null for none ever.</param>
    /// <param name="terms">The account's.</param>
    /// <param name="purchase">What the customer pays.</param>
    public static IReadOnlyList<PurchaseLine> Of(
        TariffHistory tariff, ServiceDay day, ServiceDay? lastMonthCharged, AccountTerms terms, Money purchase) => [];
}

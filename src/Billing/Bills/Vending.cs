using Meters.Billing.Tariffs;
using Meters.Units;

namespace Meters.Billing.Bills;

/// <summary>A token bought: how much energy, and what the money went to.</summary>
/// <param name="Energy">As printed.</param>
/// <param name="Exact">The most that the money buys, to a tenth of a watt-hour.</param>
/// <param name="Bill">The bill of the printed energy.</param>
/// <param name="Rest">What of the money the bill leaves; negative where energy was rounded up.</param>
public sealed record Token(Energy Energy, Energy Exact, Bill Bill, Money Rest);

/// <summary>How much energy a purchase buys: the inverse of a bill.</summary>
public static class Vending
{
    /// <summary>More is refused: 100 GWh.</summary>
    private const long TenthsMax = 1_000_000_000_000;

    /// <summary>
    /// False where the money does not pay the charges that come with it, or buys energy without end (a price of zero).
    /// </summary>
    /// <param name="version">The tariff.</param>
    /// <param name="purchase">What the customer pays.</param>
    /// <param name="terms">
    /// Everything but the energy: position before, months charged with the purchase, load. Its energy is not looked at.
    /// </param>
    /// <param name="step">The energy is a multiple of this; 0.1 kWh is usual.</param>
    /// <param name="mode">How it gets there; down never gives more than was paid for.</param>
    /// <param name="token">What was bought.</param>
    public static bool TryBuy(
        TariffVersion version, Money purchase, BillInput terms, Energy step, RoundingMode mode, out Token? token)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(step.TenthsWh);
        token = null;
        if (CostOf(0) > purchase.Minor || CostOf(TenthsMax) <= purchase.Minor) return false;
        var (low, high) = (0L, TenthsMax);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (CostOf(middle) <= purchase.Minor) low = middle;
            else high = middle;
        }

        var steps = new RoundingRule(false, step.TenthsWh, mode).Round(low).Minor;
        var bill = BillCalculator.Compute(version, With(steps));
        token = new(new(steps), new(low), bill, purchase - bill.Total);
        return true;

        BillInput With(long tenths) => terms with
        {
            Uses = [new(new Energy(tenths), terms.Uses is [var use, ..] ? use.Band : null)],
        };

        Ratio CostOf(long tenths) => BillCalculator.Compute(version, With(tenths)).Exact;
    }
}

using Meters.Units;

namespace Meters.Billing.Payments;

/// <summary>What is owed and what a payment would do; nothing is booked by asking.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Currency">Of all amounts.</param>
/// <param name="Balance">The prepaid balance, minor units.</param>
/// <param name="Owed">What is owed beside it.</param>
/// <param name="Due">Charges that come due with the next purchase.</param>
/// <param name="Arrears">All that is owed: sub-accounts, charges due, and what the balance is below zero.</param>
/// <param name="Split">How the amount asked about would be divided; null when none was named.</param>
/// <param name="Reconnects">
/// The least payment that lifts the balance to the level that reconnects; zero when it is there, null when no payment
/// does.
/// </param>
/// <param name="Clears">
/// The least payment after which nothing is owed; zero when nothing is, null when caps let no single payment do it.
/// </param>
public sealed record Quote(
    AccountId Account,
    Currency Currency,
    Money Balance,
    SubAccounts Owed,
    IReadOnlyList<DueCharge> Due,
    Money Arrears,
    PaymentSplit? Split,
    Money? Reconnects,
    Money? Clears);

/// <summary>Finds the least payment with an effect: a larger one never has less of it.</summary>
public static class LeastPayment
{
    /// <param name="isEnough">Rises from false to true with the amount.</param>
    /// <param name="most">The largest payment thought of, minor units.</param>
    /// <returns>Zero when nothing is needed; null when not even the largest is enough.</returns>
    public static Money? Of(Func<Money, bool> isEnough, long most)
    {
        if (isEnough(Money.Zero)) return Money.Zero;
        if (!isEnough(new(most))) return null;
        var (low, high) = (0L, most);
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            if (isEnough(new(middle))) high = middle;
            else low = middle;
        }

        return new(high);
    }
}

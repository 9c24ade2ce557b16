using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Units;

namespace Meters.Billing.Accounts;

public sealed partial class ShardBook
{
    /// <summary>Longest idempotency key, characters.</summary>
    public const int PaymentKeyCharsMax = 100;

    /// <summary>Longest reference, characters.</summary>
    public const int PaymentReferenceCharsMax = 200;

    /// <summary>
    /// What a repeated key means. Asked before <see cref="Check"/>: a retry must never see another error.
    /// </summary>
    /// <returns>
    /// AlreadyPosted for the same content, taker and reference included; otherwise KeyReusedWithOtherContent.
    /// </returns>
    public static PaymentStatus CompareWithEarlier(PaymentOrder order, PaymentRecord earlier) =>
        order == earlier.Order ? PaymentStatus.AlreadyPosted : PaymentStatus.KeyReusedWithOtherContent;

    /// <summary>Whether a payment with a new key could be posted. Changes nothing.</summary>
    /// <param name="order">The payment.</param>
    /// <param name="mayWait">An unknown account is no fault: the money goes to suspense.</param>
    /// <returns>Posted when it could, otherwise the first fault in order of precedence.</returns>
    public PaymentStatus Check(PaymentOrder order, bool mayWait = false)
    {
        if (!IsWellFormed(order)) return PaymentStatus.KeyMalformed;
        if (order.Amount <= Money.Zero) return PaymentStatus.AmountNotPositive;
        if (order.Amount.Minor > limits.PaymentMinorMax) return PaymentStatus.AmountTooLarge;
        if (!_accountIndex.TryGetValue(order.Account.Value, out var index))
        {
            return mayWait ? PaymentStatus.Posted : PaymentStatus.AccountUnknown;
        }

        if (CurrencyOf(index) != order.Currency) return PaymentStatus.CurrencyMismatch;
        return PaymentStatus.Posted;
    }

    /// <summary>
    /// Posts a payment that <see cref="Check"/> found good and whose key the store does not know: the money itself,
    /// then what its waterfall takes out of it. Of an unknown account, it goes to suspense.
    /// </summary>
    /// <param name="order">The payment.</param>
    /// <param name="at">Program's clock.</param>
    /// <param name="entries">Gets the entries: one group.</param>
    /// <param name="bookedTo">The day that it is booked to; null for that of <paramref name="at"/>.</param>
    /// <exception cref="InvalidOperationException">Check would refuse it.</exception>
    public PaymentRecord Post(
        PaymentOrder order, Instant at, List<LedgerEntry> entries, ServiceDay? bookedTo = null)
    {
        if (Check(order, mayWait: true) is var status and not PaymentStatus.Posted)
        {
            throw new InvalidOperationException($"A payment that is {status} cannot be posted.");
        }

        var known = _accountIndex.TryGetValue(order.Account.Value, out var index);
        var day = bookedTo ?? DayOf(at);
        var group = new EntryGroup(this, at, day, known ? order.Account : LedgerOrder.House, entries);
        var into = known ? LedgerAccount.CustomerPrepayment : LedgerAccount.Suspense;
        if (known) AccountAt(index).LastPurchase = order.Amount; // Before the balance moves: levels depend on it.
        var first = group.Add(CashOf(order), into, order.Amount, EntryKind.Payment, key: order.Key);
        var split = PaymentSplit.Whole(order.Amount, into);
        if (known) split = Divide(group, index, order.Amount);
        var receipt = string.Create(CultureInfo.InvariantCulture, $"{shard}-{first.Id}");
        return new(order, receipt, at, known ? BalanceOf(AccountAt(index)) : Money.Zero) { Split = split, Day = day };
    }

    /// <summary>The day of the books at an instant.</summary>
    public ServiceDay DayOf(Instant at) => ServiceDay.Of(DateOnly.FromDateTime(billingZone.ToLocal(at)));

    private Currency CurrencyOf(int account) => _tariffs[AccountAt(account).Tariff].Currency;

    private static LedgerAccount CashOf(PaymentOrder order) =>
        order.Tender == Tender.Cheque ? LedgerAccount.ChequesInHand : CashOf(order.Channel);

    private static LedgerAccount CashOf(PaymentChannel channel) => channel switch
    {
        PaymentChannel.Counter => LedgerAccount.CashCounter,
        PaymentChannel.Bank => LedgerAccount.CashBank,
        PaymentChannel.Mobile => LedgerAccount.CashMobile,
        PaymentChannel.Agent => LedgerAccount.CashAgent,
        _ => throw new ArgumentOutOfRangeException(nameof(channel)),
    };

    /// <summary>
    /// A key is printable ASCII without spaces, so that it reads the same in a log, a file and a URL.
    /// </summary>
    private static bool IsKey(string? key) =>
        key is { Length: >= 1 and <= PaymentKeyCharsMax } && key.All(c => c is > ' ' and < '\x7f');

    private static bool IsWellFormed(PaymentOrder order) =>
        IsKey(order.Key)
        && (order.Reference?.Length ?? 0) <= PaymentReferenceCharsMax
        && Enum.IsDefined(order.Channel)
        && Enum.IsDefined(order.Tender);
}

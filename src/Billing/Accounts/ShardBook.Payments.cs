using System.Globalization;
using Meters.Billing.Ledger;
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
    /// <returns>Posted when it could, otherwise the first fault in order of precedence.</returns>
    public PaymentStatus Check(PaymentOrder order)
    {
        if (!IsWellFormed(order)) return PaymentStatus.KeyMalformed;
        if (order.Amount <= Money.Zero) return PaymentStatus.AmountNotPositive;
        if (order.Amount.Minor > limits.PaymentMinorMax) return PaymentStatus.AmountTooLarge;
        if (!_accountIndex.TryGetValue(order.Account.Value, out var index)) return PaymentStatus.AccountUnknown;
        if (_tariffs[AccountAt(index).Tariff].Currency != order.Currency) return PaymentStatus.CurrencyMismatch;
        return PaymentStatus.Posted;
    }

    /// <summary>Posts a payment that <see cref="Check"/> found good and whose key the store does not know.</summary>
    /// <exception cref="InvalidOperationException">Check would refuse it.</exception>
    public (LedgerEntry Entry, PaymentRecord Record) Post(PaymentOrder order, Instant at)
    {
        if (Check(order) is var status and not PaymentStatus.Posted)
        {
            throw new InvalidOperationException($"A payment that is {status} cannot be posted.");
        }

        ref var account = ref AccountAt(_accountIndex[order.Account.Value]);
        account.Journal += order.Amount; // The first change, and the only one that could throw.
        account.LastPurchase = order.Amount;
        Watch(ref account);
        var entry = new LedgerEntry(
            ++LastEntryId,
            shard,
            at,
            ServiceDay.Of(DateOnly.FromDateTime(billingZone.ToLocal(at))),
            order.Account,
            CashOf(order.Channel),
            LedgerAccount.CustomerPrepayment,
            order.Amount,
            EntryKind.Payment,
            order.Key);
        var receipt = string.Create(CultureInfo.InvariantCulture, $"{shard}-{entry.Id}");
        return (entry, new(order, receipt, at, BalanceOf(account)));
    }

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
    private static bool IsWellFormed(PaymentOrder order) =>
        order.Key is { Length: >= 1 and <= PaymentKeyCharsMax }
        && order.Key.All(c => c is > ' ' and < '\x7f')
        && (order.Reference?.Length ?? 0) <= PaymentReferenceCharsMax
        && Enum.IsDefined(order.Channel);
}

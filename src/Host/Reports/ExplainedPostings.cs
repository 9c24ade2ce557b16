using Meters.Billing.Ledger;
using Meters.Host.Api;
using Meters.Units;

namespace Meters.Host.Reports;

/// <summary>Entries of the journal as people read them: what was posted together stands together.</summary>
internal sealed class ExplainedPostings(ExplainedAmounts text, IReadOnlyList<PaymentRecord> payments)
{
    private readonly Dictionary<string, PaymentRecord> _payments = payments.ToDictionary(
        payment => payment.Order.Key, StringComparer.Ordinal);

    /// <param name="entries">Of one day, in order of posting.</param>
    public IReadOnlyList<ExplainedPosting> Of(IReadOnlyList<LedgerEntry> entries) =>
    [
        .. entries.GroupBy(entry => (entry.Shard, entry.Group)).Select(group => PostingOf([.. group])),
    ];

    private ExplainedPosting PostingOf(List<LedgerEntry> entries)
    {
        var key = entries.Select(entry => entry.PaymentKey).FirstOrDefault(k => k is not null);
        return new(
            entries[0].PostedAt.ToString(),
            Tags.Of(entries[0].Kind),
            text.Money(entries.Aggregate(Money.Zero, (sum, entry) => sum + entry.ToCustomer)),
            key is not null && _payments.TryGetValue(key, out var payment) ? PaymentOf(payment) : null,
            [.. entries.Select(PartOf)]);
    }

    private ExplainedPayment PaymentOf(PaymentRecord payment) => new(
        payment.Order.Key,
        payment.Receipt,
        text.Money(payment.Order.Amount),
        Tags.Of(payment.Order.Channel),
        payment.Order.TakenBy.Value,
        payment.Order.Reference,
        text.Money(payment.BalanceAfter));

    private ExplainedPart PartOf(LedgerEntry entry) => new(
        $"{entry.Shard}-{entry.Id}",
        Tags.Of(entry.Kind),
        text.Money(entry.Amount),
        Tags.Of(entry.Debit),
        Tags.Of(entry.Credit),
        entry.Line,
        entry.Reverses is { } reversed ? $"{entry.Shard}-{reversed}" : null,
        entry.CorrectsDay?.ToString());
}

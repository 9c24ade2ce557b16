using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Host.Ledger;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Payments: many in one commit.</summary>
public sealed partial class ShardLane
{
    private MoneyState Money => _setup.Money;

    /// <summary>Everything about money that has piled up.</summary>
    private async Task SettleAsync(CancellationToken stopping)
    {
        await PayAsync(stopping);
        await OperateAsync(stopping);
    }

    private async Task PayAsync(CancellationToken stopping)
    {
        if (_payments.Count == 0) return;
        await UntilStoredAsync(StorePaymentsAsync, stopping);
        _payments.Clear();
    }

    private async Task StorePaymentsAsync(CancellationToken stopping)
    {
        var now = _clock.Now();
        var keys = _payments.Select(p => p.Order.Key).Distinct(StringComparer.Ordinal).ToList();
        var found = await _shard!.FindPaymentsAsync(keys, stopping);
        var earlier = found.ToDictionary(p => p.Order.Key, StringComparer.Ordinal);
        var answers = new (PaymentStatus Status, PaymentRecord? Record)[_payments.Count];
        BeginCommit(now);
        for (var i = 0; i < _payments.Count; i++) answers[i] = Take(_payments[i].Order, earlier, now);
        await CommitAsync(stopping);
        for (var i = 0; i < _payments.Count; i++)
        {
            if (answers[i].Record is not null) Money.Agents.Settle(_payments[i].Order.Key);
            _metrics.PaymentAnswered(answers[i].Status);
            _payments[i].Complete(answers[i].Status, answers[i].Record);
        }
    }

    private (PaymentStatus Status, PaymentRecord? Record) Take(
        PaymentOrder order, Dictionary<string, PaymentRecord> earlier, Instant now)
    {
        if (earlier.TryGetValue(order.Key, out var first)) // First: a retry must never see another error.
        {
            var status = ShardBook.CompareWithEarlier(order, first);
            return (status, status == PaymentStatus.AlreadyPosted ? first : null);
        }

        // An account that is known, but not yet to this book, is not unknown: its payer comes again.
        var mayWait = order.MayWait && !_setup.Registry.TryAccount(order.Account, out _);
        var check = Book.Check(order, mayWait);
        if (check != PaymentStatus.Posted) return (check, null);
        var shift = order.Channel == PaymentChannel.Counter ? Money.Shifts.Of(order.TakenBy, order.Currency) : null;
        if (_options.RequireShift == 1 && order.Channel == PaymentChannel.Counter && shift is null)
        {
            return (PaymentStatus.ShiftNotOpen, null);
        }

        if (AgentCash.Concerns(order) && !Money.Agents.TryReserve(order))
        {
            return (PaymentStatus.AgentCeilingReached, null);
        }

        var day = Money.Locks.OpenDay(order.Channel, Book.DayOf(now));
        var record = Book.Post(order, now, _commit.Entries, day) with { Shift = shift };
        earlier.Add(order.Key, record);
        _commit.Payments.Add(record);
        return (PaymentStatus.Posted, record);
    }
}

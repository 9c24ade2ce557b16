using System.Globalization;
using Meters.Billing.Accounts;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Host.Access;
using Meters.Host.Ledger;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Reversals, transfers, refunds and the like: key first, then validity in declared order.</summary>
public sealed partial class ShardLane
{
    private readonly List<OperationRequest> _operations = [];

    /// <summary>Operations of the batch and those stored, by key.</summary>
    private readonly Dictionary<string, OperationRecord> _knownOperations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PaymentRecord> _targets = new(StringComparer.Ordinal);

    /// <summary>Payments that an operation is about, and its key.</summary>
    private readonly Dictionary<string, string> _takenBy = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<LedgerEntry>> _groups = new(StringComparer.Ordinal);

    private async Task OperateAsync(CancellationToken stopping)
    {
        if (_operations.Count == 0) return;
        await UntilStoredAsync(StoreOperationsAsync, stopping);
        _operations.Clear();
    }

    private async Task StoreOperationsAsync(CancellationToken stopping)
    {
        var now = _clock.Now();
        await FindOperationsAsync(stopping);
        var retried = _outcomeUnknown;
        var answers = new (OperationStatus Status, OperationRecord? Record)[_operations.Count];
        BeginCommit(now);
        for (var i = 0; i < _operations.Count; i++)
        {
            answers[i] = Take(_operations[i], now);
            if (answers[i].Record is { } record) _knownOperations[record.Order.Key] = record;
        }

        await CommitAsync(stopping);
        for (var i = 0; i < _operations.Count; i++)
        {
            var (status, record) = answers[i];
            var isNew = status == OperationStatus.Done || (retried && status == OperationStatus.AlreadyDone);
            if (isNew && record is not null) LowerAgentCash(record.Order);
            _operations[i].Complete(status, record);
        }
    }

    private async Task FindOperationsAsync(CancellationToken stopping)
    {
        _knownOperations.Clear();
        _targets.Clear();
        _takenBy.Clear();
        _groups.Clear();
        var keys = _operations.Select(o => o.Order.Key).Distinct(StringComparer.Ordinal).ToList();
        foreach (var found in await _shard!.FindOperationsAsync(keys, stopping))
        {
            _knownOperations.Add(found.Order.Key, found);
        }

        var payments = _operations.Select(o => o.Order.Target)
            .Concat(_knownOperations.Values.Select(o => o.Order.Target))
            .OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        foreach (var payment in await _shard.FindPaymentsAsync(payments, stopping))
        {
            _targets.Add(payment.Order.Key, payment);
            if (GroupOf(payment) is { } group)
            {
                _groups.Add(payment.Order.Key, await _shard.FindGroupAsync(group, stopping));
            }
        }

        foreach (var about in await _shard.FindOperationsOnAsync(payments, stopping))
        {
            _takenBy[about.Order.Target!] = about.Order.Key;
        }
    }

    /// <summary>First entry of a payment, if this shard posted it: its receipt says both.</summary>
    private long? GroupOf(PaymentRecord payment)
    {
        var parts = payment.Receipt.Split('-');
        return parts.Length == 2 && parts[0] == Shard.ToString(CultureInfo.InvariantCulture)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var group)
            ? group
            : null;
    }

    private (OperationStatus Status, OperationRecord? Record) Take(OperationRequest request, Instant now)
    {
        var known = _knownOperations.GetValueOrDefault(request.Order.Key);
        return request.Step switch
        {
            OperationStep.Post when known is null => TakeNew(request.Order, now),
            OperationStep.Post => Repeated(request.Order, known),
            _ when known is null => (OperationStatus.OperationUnknown, null),
            OperationStep.SecondHalf => TakeSecondHalf(known, now),
            _ => Decide(known, request.Step == OperationStep.Approve, request.By!.Value, now),
        };
    }

    private static (OperationStatus Status, OperationRecord? Record) Repeated(
        LedgerOrder order, OperationRecord known) =>
        order != known.Order
            ? (OperationStatus.KeyReusedWithOtherContent, null)
            : known.State switch
            {
                OperationState.Pending => (OperationStatus.AwaitsApproval, known),
                OperationState.Declined => (OperationStatus.Declined, known),
                _ => (OperationStatus.AlreadyDone, known),
            };

    private (OperationStatus Status, OperationRecord? Record) TakeNew(LedgerOrder order, Instant now)
    {
        var target = TargetOf(order);
        if (Check(order, target, now) is var check and not OperationStatus.Done) return (check, null);
        var needsTwo = ShardBook.NeedsSecondPerson(order, target?.Payment, Book.DayOf(now));
        if (!needsTwo && order.Kind == OperationKind.Reversal
            && !Approvals.AreDifferentPersons(order.By, target!.Payment.Order.TakenBy))
        {
            return (OperationStatus.SamePerson, null);
        }

        if (order.Target is { } payment) _takenBy[payment] = order.Key;
        var record = new OperationRecord(order, OperationState.Pending, Shard, now);
        if (!needsTwo) record = Post(record, target, now);
        _commit.Operations.Add(record);
        return (needsTwo ? OperationStatus.AwaitsApproval : OperationStatus.Done, record);
    }

    private (OperationStatus Status, OperationRecord? Record) Decide(
        OperationRecord known, bool approve, PersonId by, Instant now)
    {
        var wanted = approve ? OperationStatus.AlreadyDone : OperationStatus.Declined;
        if (known.State != OperationState.Pending)
        {
            var isSame = known.ApprovedBy == by && known.State == OperationState.Declined == !approve;
            return isSame ? (wanted, known) : (OperationStatus.NotPending, null);
        }

        if (!approve)
        {
            var declined = known with { State = OperationState.Declined, ApprovedBy = by, DoneAt = now };
            _commit.OperationMoves.Add(declined);
            return (OperationStatus.Declined, declined);
        }

        var target = TargetOf(known.Order);
        if (Check(known.Order, target, now) is var check and not OperationStatus.Done) return (check, null);
        if (!Approvals.AreDifferentPersons(known.Order.By, by)) return (OperationStatus.SamePerson, null);
        var posted = Post(known with { ApprovedBy = by }, target, now);
        _commit.OperationMoves.Add(posted);
        return (OperationStatus.Done, posted);
    }

    private (OperationStatus Status, OperationRecord? Record) TakeSecondHalf(OperationRecord known, Instant now)
    {
        if (known.State != OperationState.InTransit) return (OperationStatus.AlreadyDone, known);
        var posted = PostSecondHalf(known, now) with { BalanceAfter = known.BalanceAfter };
        _commit.OperationMoves.Add(posted);
        return (OperationStatus.Done, posted);
    }

    private OperationStatus Check(LedgerOrder order, OperationTarget? target, Instant now)
    {
        Currency? receiver = order.Other is { } other && _setup.Registry.TryAccount(other, out var account)
            ? Currency.Parse(account.Currency)
            : null;
        var check = Book.Check(order, target, receiver);
        if (check != OperationStatus.Done) return check;
        return order.Kind != OperationKind.CreditLent || IsOffered(order, now)
            ? OperationStatus.Done
            : OperationStatus.CreditNotOffered;
    }

    private bool IsOffered(LedgerOrder order, Instant now)
    {
        if (!_setup.Registry.TryAccount(order.Account, out var account)) return false;
        var policy = _setup.Registry.PolicyOf(account, now);
        var terms = order.Sub == LedgerAccount.EmergencyCredit ? policy.Emergency : policy.Friendly;
        return terms is not null && terms.Amount == order.Amount
            && Book.TryPosition(order.Account, out var position) && position.Balance <= terms.OfferedAt;
    }

    private OperationTarget? TargetOf(LedgerOrder order) =>
        order.Target is { } key && _targets.TryGetValue(key, out var payment)
            ? new(
                payment,
                _takenBy.TryGetValue(key, out var taker) && taker != order.Key,
                _groups.GetValueOrDefault(key) ?? [])
            : null;

    private OperationRecord Post(OperationRecord record, OperationTarget? target, Instant now)
    {
        var order = record.Order;
        var today = Book.DayOf(now);
        var day = target is null ? today : Money.Locks.OpenDay(target.Payment.Order.Channel, today);
        var group = Book.Post(order, target, now, day, _commit.Entries);
        Tell(order);
        var posted = record with
        {
            State = order.HasTwoHalves ? OperationState.InTransit : OperationState.Posted,
            DoneAt = now,
            Group = group,
            BalanceAfter = BalanceOf(order.Account),
        };
        return order.HasTwoHalves && ShardOf(order.Other!.Value) == Shard ? PostSecondHalf(posted, now) : posted;
    }

    private OperationRecord PostSecondHalf(OperationRecord record, Instant now)
    {
        Book.PostSecondHalf(record.Order, now, Book.DayOf(now), _commit.Entries);
        _commit.Credited.Add(record.Order.Other!.Value);
        return record with { State = OperationState.Posted, DoneAt = now };
    }

    /// <summary>
    /// Money that came in voids queued cuts, as a payment does. Whatever else moved, the case is looked at: its ladder
    /// goes on with its delays, nothing is cut at once.
    /// </summary>
    private void Tell(LedgerOrder order)
    {
        if (order.Account == LedgerOrder.House) return;
        var came = order.Kind == OperationKind.CreditLent
            || (order.Kind == OperationKind.OpeningBalance && order.Sub == LedgerAccount.CustomerPrepayment
                && order.Amount > Units.Money.Zero);
        (came ? _commit.Credited : _commit.Wake).Add(order.Account);
    }

    private Money? BalanceOf(AccountId account) =>
        Book.TryPosition(account, out var position) ? position.Balance : null;

    private int ShardOf(AccountId account) =>
        _setup.Registry.TryAccount(account, out var record) ? record.Shard : 0;

    /// <summary>Cash that an agent handed over, or gave back to the payer, is no longer with him.</summary>
    private void LowerAgentCash(LedgerOrder order)
    {
        if (order.Kind == OperationKind.AgentSettlement)
        {
            Money.Agents.Lower(new(order.Party ?? ""), order.Currency, order.Amount);
        }
        else if (order.Kind == OperationKind.Reversal && _targets.TryGetValue(order.Target!, out var payment)
            && AgentCash.Concerns(payment.Order))
        {
            Money.Agents.Lower(payment.Order.TakenBy, payment.Order.Currency, payment.Order.Amount);
        }
    }

    /// <summary>
    /// Emergency credit that a policy lends by itself, at the crossing that finds the balance where it is offered.
    /// </summary>
    private void LendByPolicy()
    {
        var fell = _commit.Crossings.Count;
        for (var i = 0; i < fell; i++)
        {
            var crossing = _commit.Crossings[i];
            if (crossing.Direction != CrossingDirection.Fell) continue;
            if (!_setup.Registry.TryAccount(crossing.Account, out var account)) continue;
            if (EmergencyOf(account) is not { } order) continue;
            // No caller's key has a blank.
            var key = string.Create(
                CultureInfo.InvariantCulture, $"emergency {crossing.Account} {crossing.Threshold} {crossing.Arm}");
            if (Check(order, null, _commit.At) != OperationStatus.Done) continue;
            var record = new OperationRecord(order with { Key = key }, OperationState.Pending, Shard, _commit.At);
            _commit.Operations.Add(Post(record, null, _commit.At));
        }

        if (_commit.Operations.Count > 0) Book.TakeCrossings(_commit.At, _commit.Crossings, _commit.Thresholds);
    }
}

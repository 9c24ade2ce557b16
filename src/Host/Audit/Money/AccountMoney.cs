using System.Numerics;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;

namespace Meters.Host.Audit.Money;

/// <summary>One account's money on its way through the check.</summary>
/// <param name="account">Its rows.</param>
/// <param name="halves">Operations whose second half it has.</param>
internal sealed class AccountMoney(AuditAccount account, IReadOnlyList<AuditOperation> halves)
{
    private readonly Dictionary<string, AuditPayment> _payments = account.Payments
        .ToDictionary(payment => payment.Key, StringComparer.Ordinal);

    private readonly Dictionary<(int, long), AuditOperation> _operations = account.Operations
        .Where(operation => operation.Group is not null)
        .GroupBy(operation => (operation.Shard, operation.Group!.Value))
        .ToDictionary(group => group.Key, group => group.First());

    private readonly List<AuditOperation> _halves = [.. halves];
    private readonly HashSet<string> _booked = new(StringComparer.Ordinal);

    public AuditAccount Account => account;

    public PlainOwed Owed { get; } = new();

    /// <summary>What payments and operations brought to the balance, computed anew.</summary>
    public BigInteger Came { get; private set; }

    /// <summary>Entries that were posted together.</summary>
    public IReadOnlyList<List<AuditEntry>> Groups { get; } =
    [
        .. account.Entries.GroupBy(entry => (entry.Shard, entry.Group)).Select(group => group.ToList()),
    ];

    public AuditPayment? PaymentOf(string key) => _payments.GetValueOrDefault(key);

    public List<AuditEntry>? GroupOfPayment(string? key) =>
        Groups.FirstOrDefault(group => key is not null && group[0].PaymentKey == key);

    public AuditOperation? OperationOf(AuditEntry first)
    {
        if (!_operations.TryGetValue((first.Shard, first.Group), out var operation)) return null;
        _booked.Add(operation.Key);
        return operation;
    }

    /// <summary>The first of those that fit; each once.</summary>
    public AuditOperation? TakeHalf(AuditEntry first)
    {
        var at = _halves.FindIndex(half => OperationSides.SecondHalfOf(half) is var entry
            && entry.Kind == first.Kind && entry.Amount == first.Amount);
        if (at < 0) at = _halves.FindIndex(half => OperationSides.SecondHalfOf(half).Kind == first.Kind);
        if (at < 0) return null;
        var found = _halves[at];
        _halves.RemoveAt(at);
        return found;
    }

    public void Take(List<AuditEntry> group)
    {
        foreach (var entry in group) Came += BalanceCheck.ToCustomer(entry);
    }

    public void Take(IEnumerable<PlainEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Credit == (long)LedgerAccount.CustomerPrepayment) Came += entry.Amount;
            if (entry.Debit == (long)LedgerAccount.CustomerPrepayment) Came -= entry.Amount;
        }
    }

    /// <summary>What should stand in the ledger and does not.</summary>
    public IEnumerable<(string Where, string What)> Missing()
    {
        foreach (var operation in account.Operations)
        {
            if (operation.State is not ((long)OperationState.Posted or (long)OperationState.InTransit)) continue;
            if (_booked.Contains(operation.Key)) continue;
            yield return (Places.Operation(operation.Key), "It is posted, and the ledger has nothing of it.");
        }

        foreach (var half in _halves)
        {
            yield return (Places.Operation(half.Key), $"Account {account.Id} never got its {half.Amount}.");
        }
    }
}

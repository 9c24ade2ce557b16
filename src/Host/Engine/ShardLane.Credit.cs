using System.Globalization;
using Meters.Billing.Ledger;
using Meters.Billing.Payments;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Emergency credit that a policy lends by itself, without a crossing.</summary>
public sealed partial class ShardLane
{
    /// <summary>
    /// Lends to whoever is below a threshold and where the credit is offered: after a start and where another version
    /// of a policy came into force. Again is harmless: what is lent is not lent twice.
    /// </summary>
    public async Task LendWhereOfferedAsync(CancellationToken stopping)
    {
        BeginCommit(_clock.Now());
        foreach (var id in Book.Accounts)
        {
            if (!Book.TryPosition(id, out var position) || position.CrossedMask == 0) continue;
            if (!_setup.Registry.TryAccount(id, out var account)) continue;
            if (EmergencyOf(account) is not { } order) continue;
            if (Check(order, null, _commit.At) != OperationStatus.Done) continue;
            // No caller's key has a blank; no two postings have one last entry.
            var key = string.Create(CultureInfo.InvariantCulture, $"emergency {id} after {Book.LastEntryId}");
            var record = new OperationRecord(order with { Key = key }, OperationState.Pending, Shard, _commit.At);
            _commit.Operations.Add(Post(record, null, _commit.At));
        }

        await CommitAsync(stopping);
        BeginCommit(_commit.At);
    }

    /// <summary>Null where the policy lends nothing by itself.</summary>
    private LedgerOrder? EmergencyOf(AccountRecord account) =>
        _setup.Registry.PolicyOf(account, _commit.At).Emergency is { IsAutomatic: true } terms
            ? new("policy", OperationKind.CreditLent, account.Id, terms.Amount, Currency.Parse(account.Currency),
                PersonId.System)
            {
                Sub = LedgerAccount.EmergencyCredit,
                Note = "Lent by the policy.",
            }
            : null;
}

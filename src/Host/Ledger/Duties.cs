using Meters.Billing.Payments;
using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

/// <summary>
/// Duties kept apart: one person does not both take back a payment of an account and lift a hold of it, in either
/// order, for so many days.
/// </summary>
public static class Duties
{
    /// <summary>Days between the two in which they are one person's work on one matter.</summary>
    public const int ApartDays = 30;

    private const int OperationsLookedAt = 1_000;

    /// <summary>Whether this person asked for or approved a reversal of the account's payments.</summary>
    public static async Task<bool> HasReversedAsync(
        IStore store, AccountId account, PersonId by, Instant now, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(store);
        var operations = await store.Ledger.OperationsAsync(account, null, OperationsLookedAt, stopping);
        return operations.Any(one => one.Order.Kind == OperationKind.Reversal
            && one.State != OperationState.Declined && one.RequestedAt >= Since(now)
            && (IsSame(one.Order.By, by) || (one.ApprovedBy is { } second && IsSame(second, by))));
    }

    /// <summary>Whether this person lifted a hold of the account.</summary>
    public static async Task<bool> HasLiftedAsync(
        IStore store, AccountId account, PersonId by, Instant now, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(store);
        return (await store.Control.LiftersAsync(account, Since(now), stopping)).Any(one => IsSame(one, by));
    }

    private static bool IsSame(PersonId a, PersonId b) => !Approvals.AreDifferentPersons(a, b);

    private static Instant Since(Instant now) => new(now.UnixMicros - (ApartDays * Instant.MicrosPerDay));
}

using Meters.Billing.Ledger;
using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

public enum ReconciliationStatus
{
    Done,

    /// <summary>The same file again: the first answer again.</summary>
    AlreadyDone,

    /// <summary>A file of this name says something else.</summary>
    NameReused,
    Unknown,

    /// <summary>There is no such difference, or it is resolved.</summary>
    ItemNotOpen,

    /// <summary>Who imports does not sign.</summary>
    SamePerson,

    /// <summary>Differences are still open.</summary>
    NotResolved,

    /// <summary>The ledger's day has moved since the comparison: compare again.</summary>
    DayMoved,

    /// <summary>Already signed off.</summary>
    Signed,
}

/// <summary>A channel's day against the file of who else counted it; its sign-off locks the day.</summary>
public sealed class ReconciliationDesk(DeskSetup setup)
{
    private ILedgerStore Rows => setup.Store.Ledger;

    /// <param name="name">Of the file, unique for ever.</param>
    /// <param name="channel">Which channel.</param>
    /// <param name="day">Day of the books.</param>
    /// <param name="currency">Of the file.</param>
    /// <param name="there">Lines of the file; keys stand once.</param>
    /// <param name="by">Who imports it.</param>
    /// <param name="stopping">Breaks it off.</param>
    public async Task<(ReconciliationStatus Status, Reconciliation? Result)> CompareAsync(
        string name,
        PaymentChannel channel,
        ServiceDay day,
        Currency currency,
        IReadOnlyList<PaymentOrder> there,
        PersonId by,
        CancellationToken stopping)
    {
        foreach (var lane in setup.Lanes) await lane.CallAsync((_, _) => Task.CompletedTask, stopping);
        if (await Rows.FindReconciliationAsync(name, stopping) is { } earlier)
        {
            var isSame = earlier.Channel == channel && earlier.Day == day && earlier.By == by;
            return isSame ? (ReconciliationStatus.AlreadyDone, earlier) : (ReconciliationStatus.NameReused, null);
        }

        var here = await Rows.PaymentsOfDayAsync(channel, day, currency, stopping);
        var items = Differences(here, there);
        var theirs = there.ToDictionary(line => line.Key, line => line.Amount, StringComparer.Ordinal);
        var matched = here
            .Where(payment => theirs.TryGetValue(payment.Order.Key, out var said) && said == payment.Order.Amount)
            .ToList();
        var result = new Reconciliation(
            name, channel, day, currency, by, setup.Clock.Now(), matched.Count, Sum(matched), here.Count, Sum(here),
            items, null, null);
        return (ReconciliationStatus.Done, await Rows.AddReconciliationAsync(result, stopping));
    }

    public async Task<ReconciliationStatus> ResolveAsync(
        string name, string key, string note, PersonId by, CancellationToken stopping)
    {
        if (await Rows.FindReconciliationAsync(name, stopping) is null) return ReconciliationStatus.Unknown;
        return await Rows.ResolveAsync(name, key, note, by, setup.Clock.Now(), stopping)
            ? ReconciliationStatus.Done
            : ReconciliationStatus.ItemNotOpen;
    }

    /// <summary>
    /// Locks the day in every shard first, then sees that nothing was added, then signs: what comes in between is
    /// booked to the next day, so that what is signed is what was compared.
    /// </summary>
    public async Task<(ReconciliationStatus Status, Reconciliation? Result)> SignAsync(
        string name, PersonId by, CancellationToken stopping)
    {
        if (await Rows.FindReconciliationAsync(name, stopping) is not { } found)
        {
            return (ReconciliationStatus.Unknown, null);
        }

        if (found.SignedBy is not null) return (ReconciliationStatus.Signed, null);
        if (!Approvals.AreDifferentPersons(found.By, by)) return (ReconciliationStatus.SamePerson, null);
        if (found.Items.Any(item => item.ResolvedAt is null)) return (ReconciliationStatus.NotResolved, null);
        setup.Money.Locks.Lock(found.Channel, found.Day);
        var isSigned = false;
        try
        {
            foreach (var lane in setup.Lanes) await lane.CallAsync((_, _) => Task.CompletedTask, stopping);
            var here = await Rows.PaymentsOfDayAsync(found.Channel, found.Day, found.Currency, stopping);
            if (!IsAsCompared(found, here)) return (ReconciliationStatus.DayMoved, null);
            isSigned = await Rows.SignAsync(found, by, setup.Clock.Now(), stopping);
            return isSigned
                ? (ReconciliationStatus.Done, await Rows.FindReconciliationAsync(name, stopping))
                : (ReconciliationStatus.NotResolved, null);
        }
        finally
        {
            // Unless another file of the same day holds it locked.
            if (!isSigned && !await IsLockedAsync(found)) setup.Money.Locks.Unlock(found.Channel, found.Day);
        }
    }

    private async Task<bool> IsLockedAsync(Reconciliation found)
    {
        try
        {
            var locks = await Rows.LocksAsync(found.Day, CancellationToken.None);
            return locks.Contains((found.Channel, found.Day));
        }
        catch (StoreUnavailableException)
        {
            return true; // It may have been signed: the next start knows.
        }
    }

    /// <summary>Nothing was added since; payments that were taken back to resolve a difference are fine.</summary>
    private static bool IsAsCompared(Reconciliation found, IReadOnlyList<PaymentRecord> here)
    {
        var open = found.Items.Where(item => item.Here is not null).Select(item => item.Key)
            .ToHashSet(StringComparer.Ordinal);
        var matched = here.Count(payment => !open.Contains(payment.Order.Key));
        return matched == found.Matched && here.Count <= found.HereCount;
    }

    private static List<MatchItem> Differences(
        IReadOnlyList<PaymentRecord> here, IReadOnlyList<PaymentOrder> there)
    {
        var items = new List<MatchItem>();
        var ours = here.ToDictionary(payment => payment.Order.Key, payment => payment.Order, StringComparer.Ordinal);
        foreach (var line in there)
        {
            if (!ours.Remove(line.Key, out var known))
            {
                items.Add(Item(line.Key, MatchOutcome.OnlyThere, null, line.Amount, line.Account));
            }
            else if (known.Amount != line.Amount)
            {
                items.Add(Item(line.Key, MatchOutcome.AmountDiffers, known.Amount, line.Amount, known.Account));
            }
        }

        items.AddRange(ours.Values.Select(
            order => Item(order.Key, MatchOutcome.OnlyHere, order.Amount, null, order.Account)));
        return [.. items.OrderBy(item => item.Key, StringComparer.Ordinal)];
    }

    private static MatchItem Item(string key, MatchOutcome outcome, Money? here, Money? there, AccountId account) =>
        new(key, outcome, here, there, account, null, null, null);

    private static Money Sum(IEnumerable<PaymentRecord> payments) =>
        new(payments.Sum(payment => payment.Order.Amount.Minor));
}

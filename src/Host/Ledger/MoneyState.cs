using System.Collections.Concurrent;
using Meters.Billing.Ledger;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Ledger;

/// <summary>What all lanes ask before they take money; loaded from the store at start.</summary>
public sealed class MoneyState
{
    /// <summary>Locks of older days concern nothing that is still booked.</summary>
    private const int LockedDaysKept = 40;

    public AgentCash Agents { get; } = new();

    public OpenShifts Shifts { get; } = new();

    public DayLocks Locks { get; } = new();

    public async Task LoadAsync(ILedgerStore store, ServiceDay today, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var agent in await store.AgentsAsync(stopping)) Agents.Set(agent);
        foreach (var shift in await store.ShiftsAsync(openOnly: true, int.MaxValue, stopping)) Shifts.Open(shift);
        foreach (var (channel, day) in await store.LocksAsync(today.AddDays(-LockedDaysKept), stopping))
        {
            Locks.Lock(channel, day);
        }
    }
}

/// <summary>The open shift of each cashier.</summary>
public sealed class OpenShifts
{
    private readonly ConcurrentDictionary<(string Person, Currency Currency), long> _open = [];

    /// <summary>Null when the cashier has none in this currency.</summary>
    public long? Of(PersonId person, Currency currency) =>
        _open.TryGetValue((person.Value, currency), out var shift) ? shift : null;

    public void Open(ShiftRecord shift)
    {
        ArgumentNullException.ThrowIfNull(shift);
        _open[(shift.Person.Value, shift.Currency)] = shift.Id;
    }

    /// <summary>From now on no payment belongs to it.</summary>
    public void Close(ShiftRecord shift)
    {
        ArgumentNullException.ThrowIfNull(shift);
        _open.TryRemove((shift.Person.Value, shift.Currency), out _);
    }
}

/// <summary>Days of a channel that are signed off: what comes later is booked to the next open day.</summary>
public sealed class DayLocks
{
    private readonly ConcurrentDictionary<(PaymentChannel Channel, ServiceDay Day), bool> _locked = [];

    public void Lock(PaymentChannel channel, ServiceDay day) => _locked[(channel, day)] = true;

    public void Unlock(PaymentChannel channel, ServiceDay day) => _locked.TryRemove((channel, day), out _);

    /// <summary>The day itself, or the first after it that is not locked.</summary>
    public ServiceDay OpenDay(PaymentChannel channel, ServiceDay day)
    {
        while (_locked.ContainsKey((channel, day))) day = day.AddDays(1);
        return day;
    }
}

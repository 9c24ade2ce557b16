using Meters.Control.Customers;
using Meters.Host.Notices;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Standings;

/// <summary>
/// What people and reports change about customers: flags, contact, marks of wrong numbers, value classes. Stored first,
/// then known to the running engine.
/// </summary>
public sealed class StandingDesk(
    IStore store, LiveRegistry registry, NoticeOptions options, LocalZone zone, TimeProvider clock)
{
    /// <summary>Months of purchases that a class is made from.</summary>
    public const int ClassMonths = 12;

    /// <summary>Called when a case was woken: the control work may have to look at it.</summary>
    public Action? Woken { get; init; }

    public async Task LoadAsync(CancellationToken stopping)
    {
        foreach (var record in await store.Standings.LoadAsync(stopping)) registry.SetStanding(record);
    }

    /// <summary>The number is marked wrong.</summary>
    public bool IsWrong(AccountId account, string phone) =>
        registry.StandingOf(account).PhoneWrongSince(phone) is not null;

    /// <summary>Null for an unknown account.</summary>
    public async Task<CustomerStanding?> SetFlagsAsync(
        AccountId account, CustomerFlags flags, PersonId by, string reason, CancellationToken stopping) =>
        Known(await store.Standings.SetFlagsAsync(new(account, by, clock.Now(), reason), flags, stopping));

    /// <summary>
    /// Null leaves a part as it is. A mark on another number is taken away. Null for an unknown account.
    /// </summary>
    public async Task<CustomerStanding?> SetContactAsync(
        AccountId account, string? phone, string? email, PersonId by, string reason, CancellationToken stopping)
    {
        var change = new StandingChange(account, by, clock.Now(), reason);
        var record = await store.Standings.SetContactAsync(change, phone, email, stopping);
        if (record is not null && phone is not null) registry.SetPhone(account, phone);
        return Known(record);
    }

    /// <summary>What a gateway says about a number. Deliveries matter only after failures.</summary>
    public async Task ReportPhoneAsync(
        AccountId account, string phone, bool delivered, string detail, CancellationToken stopping)
    {
        if (phone.Length == 0 || (delivered && registry.StandingOf(account).WrongPhone != phone)) return;
        Known(await store.Standings.ReportPhoneAsync(
            new(account, phone, delivered, clock.Now(), detail), options.WrongNumberReportsMax, stopping));
    }

    /// <summary>
    /// Makes the classes of this month from the purchases of the twelve months before it, once. Returns how many
    /// customers changed their class; null when the month was made before.
    /// </summary>
    public async Task<int?> MakeClassesAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var local = zone.ToLocal(now);
        var first = new DateTime(local.Year, local.Month, 1);
        var month = (local.Year * 12) + local.Month;
        if (await store.Standings.HasClassesAsync(month, stopping)) return null;
        var volumes = await store.Standings.VolumesAsync(
            zone.ToInstant(first.AddMonths(-ClassMonths)), zone.ToInstant(first), stopping);
        var byAccount = volumes.ToDictionary(one => one.Account, one => one.Volume);
        var classes = ValueClasses.Of(volumes)
            .Select(one => (one.Account, one.Class, byAccount[one.Account])).ToList();
        var reason = $"Purchases of the {ClassMonths} months before {first:yyyy-MM}.";
        var changed = await store.Standings.SetClassesAsync(new(month, now, reason, classes), stopping);
        await LoadAsync(stopping);
        return changed;
    }

    private CustomerStanding? Known(CustomerStanding? record)
    {
        if (record is null) return null;
        registry.SetStanding(record);
        Woken?.Invoke();
        return record;
    }
}

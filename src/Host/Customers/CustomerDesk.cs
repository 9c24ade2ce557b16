using Meters.Control.Policies;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Customers;

/// <summary>
/// Takes changes of customers' terms and calendars: stored, then known to the registry, then to the books that watch
/// the thresholds of the policy that holds.
/// </summary>
public sealed class CustomerDesk(
    IStore store, LiveRegistry registry, IReadOnlyList<ShardLane> lanes, TimeProvider clock)
{
    /// <summary>False when the terms are these already.</summary>
    public async Task<bool> SetAsync(CustomerChange change, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (!await store.Customers.SetAsync(change, stopping)) return false;
        registry.SetCustomer(change.Account, change.Terms);

        // It is stored: a caller who goes away must not leave it half known.
        foreach (var lane in lanes)
        {
            await lane.CallAsync(
                (one, _) =>
                {
                    registry.MoveInBook(one.Book, change.Account, clock.Now());
                    return Task.CompletedTask;
                },
                CancellationToken.None);
        }

        return true;
    }

    public CustomerTerms Of(AccountId account) => registry.CustomerOf(account);

    /// <summary>Faults; empty when it is registered.</summary>
    public async Task<IReadOnlyList<string>> AddCalendarAsync(
        string json, PersonId by, Instant at, CancellationToken stopping)
    {
        if (!CalendarJson.TryParse(json, out var calendar, out var faults)) return faults;
        var document = new VersionedDocument(calendar.Id, calendar.Version, Instant.Epoch, json, by, at);
        if (!await store.Customers.AddCalendarAsync(document, stopping))
        {
            return [$"Calendar {document.Id}/{document.Version} exists already with other content."];
        }

        registry.AddCalendar(calendar);
        return [];
    }
}

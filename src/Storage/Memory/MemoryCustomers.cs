using Meters.Control.Cases;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>What policies ask about customers, in memory; of changes the latest are kept.</summary>
internal sealed class MemoryCustomers(MemoryState state) : ICustomerStore
{
    private const int KeptMax = 100_000;

    private readonly List<CustomerChangeRow> _changes = [];
    private readonly SortedDictionary<(string Id, int Version), VersionedDocument> _calendars = [];
    private long _lastMoratorium;

    public Task<IReadOnlyList<(AccountId Account, CustomerTerms Terms)>> LoadAsync(CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var known = state.Accounts.Where(pair => !pair.Value.Customer.IsSame(CustomerTerms.None));
            return Task.FromResult<IReadOnlyList<(AccountId, CustomerTerms)>>(
                [.. known.Select(pair => (pair.Key, pair.Value.Customer))]);
        }
    }

    public Task<bool> SetAsync(CustomerChange change, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var rows = state.Accounts[change.Account];
            if (rows.Customer.IsSame(change.Terms)) return Task.FromResult(false);
            state.Wake(change.Account, change.At);
            _changes.Add(new(change.Account, rows.Customer, change.Terms, change.By, change.At, change.Note));
            if (_changes.Count > KeptMax) _changes.RemoveAt(0);
            rows.Customer = change.Terms;
            return Task.FromResult(true);
        }
    }

    public Task<IReadOnlyList<CustomerChangeRow>> ChangesAsync(
        AccountId account, int max, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var own = Enumerable.Reverse(_changes).Where(change => change.Account == account);
            return Task.FromResult<IReadOnlyList<CustomerChangeRow>>([.. own.Take(max)]);
        }
    }

    public Task AddContactAsync(Contact contact, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            state.Wake(contact.Account, contact.At);
            state.Accounts[contact.Account].Contacts.Add(contact);
            return Task.CompletedTask;
        }
    }

    public Task<IReadOnlyList<Contact>> ContactsAsync(AccountId account, int max, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var own = state.Accounts.TryGetValue(account, out var rows) ? rows.Contacts : [];
            return Task.FromResult<IReadOnlyList<Contact>>(
                [.. Enumerable.Reverse(own).OrderByDescending(contact => contact.At).Take(max)]);
        }
    }

    public Task AddApprovalAsync(CutApproval approval, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            state.Wake(approval.Account, approval.At);
            state.Accounts[approval.Account].Approvals.Add(approval);
            return Task.CompletedTask;
        }
    }

    public Task<long> DeclareAsync(Moratorium moratorium, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            WakeAll(moratorium.From);
            state.Moratoria.Add(moratorium with { Id = ++_lastMoratorium });
            return Task.FromResult(_lastMoratorium);
        }
    }

    public Task<bool> EndAsync(long moratorium, PersonId by, Instant at, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var ended = state.Moratoria.RemoveAll(one => one.Id == moratorium && one.Until > at) > 0;
            if (ended) WakeAll(at);
            return Task.FromResult(ended);
        }
    }

    public Task<IReadOnlyList<Moratorium>> MoratoriaAsync(Instant at, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            return Task.FromResult<IReadOnlyList<Moratorium>>(state.Moratoria.FindAll(one => one.Until > at));
        }
    }

    public Task<IReadOnlyList<VersionedDocument>> CalendarsAsync(CancellationToken stopping)
    {
        lock (state.Gate) return Task.FromResult<IReadOnlyList<VersionedDocument>>([.. _calendars.Values]);
    }

    public Task<bool> AddCalendarAsync(VersionedDocument calendar, CancellationToken stopping)
    {
        lock (state.Gate)
        {
            var key = (calendar.Id, calendar.Version);
            if (_calendars.TryGetValue(key, out var there) && there.Json != calendar.Json)
            {
                return Task.FromResult(false);
            }

            _calendars.TryAdd(key, calendar);
            WakeAll(calendar.At);
            return Task.FromResult(true);
        }
    }

    /// <summary>Cases on the ladder: nobody else has a cut to lose.</summary>
    private void WakeAll(Instant at)
    {
        foreach (var (account, rows) in state.Accounts)
        {
            if (rows.Case.Rung > 0) state.Wake(account, at);
        }
    }
}

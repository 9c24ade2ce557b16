using Meters.Control.Cases;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>Knows nothing of any customer, and forgets what it is told.</summary>
internal sealed class MemoryCustomers : ICustomerStore
{
    public Task<IReadOnlyList<(AccountId Account, CustomerTerms Terms)>> LoadAsync(CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<(AccountId Account, CustomerTerms Terms)>>([]);

    public Task<bool> SetAsync(CustomerChange change, CancellationToken stopping) => Task.FromResult(true);

    public Task<IReadOnlyList<CustomerChangeRow>> ChangesAsync(
        AccountId account, int max, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<CustomerChangeRow>>([]);

    public Task AddContactAsync(Contact contact, CancellationToken stopping) => Task.CompletedTask;

    public Task<IReadOnlyList<Contact>> ContactsAsync(AccountId account, int max, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<Contact>>([]);

    public Task AddApprovalAsync(CutApproval approval, CancellationToken stopping) => Task.CompletedTask;

    public Task<long> DeclareAsync(Moratorium moratorium, CancellationToken stopping) => Task.FromResult(1L);

    public Task<bool> EndAsync(long moratorium, PersonId by, Instant at, CancellationToken stopping) =>
        Task.FromResult(false);

    public Task<IReadOnlyList<Moratorium>> MoratoriaAsync(Instant at, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<Moratorium>>([]);

    public Task<IReadOnlyList<VersionedDocument>> CalendarsAsync(CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<VersionedDocument>>([]);

    public Task<bool> AddCalendarAsync(VersionedDocument calendar, CancellationToken stopping) =>
        Task.FromResult(true);
}

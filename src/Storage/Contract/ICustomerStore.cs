using System.Collections.Frozen;
using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// What policies ask about customers beside their money: classes, region, contacts, approvals; and what is declared for
/// whole areas. A change wakes the cases that it concerns, in the same transaction.
/// </summary>
public interface ICustomerStore
{
    /// <summary>All customers that something is known of, by account.</summary>
    Task<IReadOnlyList<(AccountId Account, CustomerTerms Terms)>> LoadAsync(CancellationToken stopping);

    /// <summary>
    /// Replaces a customer's terms and keeps what was before, by whom and why. False, and nothing kept, when they are
    /// these already.
    /// </summary>
    Task<bool> SetAsync(CustomerChange change, CancellationToken stopping);

    /// <summary>Changes of an account's terms, newest first.</summary>
    Task<IReadOnlyList<CustomerChangeRow>> ChangesAsync(AccountId account, int max, CancellationToken stopping);

    Task AddContactAsync(Contact contact, CancellationToken stopping);

    /// <summary>An account's contacts, newest first.</summary>
    Task<IReadOnlyList<Contact>> ContactsAsync(AccountId account, int max, CancellationToken stopping);

    Task AddApprovalAsync(CutApproval approval, CancellationToken stopping);

    /// <summary>Every case is looked at again: a cut that waits in the area is withdrawn. Returns its number.</summary>
    Task<long> DeclareAsync(Moratorium moratorium, CancellationToken stopping);

    /// <summary>Ends a moratorium now; false when there is none of that number that has not ended.</summary>
    Task<bool> EndAsync(long moratorium, PersonId by, Instant at, CancellationToken stopping);

    /// <summary>Moratoria that were not over at an instant, by number.</summary>
    Task<IReadOnlyList<Moratorium>> MoratoriaAsync(Instant at, CancellationToken stopping);

    /// <summary>All versions of all calendars of holidays, by id and version.</summary>
    Task<IReadOnlyList<VersionedDocument>> CalendarsAsync(CancellationToken stopping);

    /// <summary>
    /// False when the version is there with other content; the same again is fine. Every case is looked at again.
    /// </summary>
    Task<bool> AddCalendarAsync(VersionedDocument calendar, CancellationToken stopping);
}

/// <param name="Classes">Words that policies speak of.</param>
/// <param name="Region">Parts from large to small; empty when not known.</param>
/// <param name="ConvertedAt">When the account became prepaid; null when it always was.</param>
public sealed record CustomerTerms(IReadOnlySet<string> Classes, string Region, Instant? ConvertedAt)
{
    public static readonly CustomerTerms None = new(FrozenSet<string>.Empty, "", null);

    public bool IsSame(CustomerTerms other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Classes.SetEquals(other.Classes) && Region == other.Region && ConvertedAt == other.ConvertedAt;
    }
}

/// <summary>A person's change of a customer's terms.</summary>
public sealed record CustomerChange(AccountId Account, CustomerTerms Terms, PersonId By, Instant At, string Note);

/// <summary>A change as it is kept.</summary>
public sealed record CustomerChangeRow(
    AccountId Account, CustomerTerms Before, CustomerTerms After, PersonId By, Instant At, string Note);

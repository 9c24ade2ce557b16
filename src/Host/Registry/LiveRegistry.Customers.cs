using System.Collections.Concurrent;
using System.Collections.Frozen;
using Meters.Billing.Accounts;
using Meters.Control.Policies;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Registry;

/// <summary>Which policy holds for which customer, and the holidays that policies name.</summary>
public sealed partial class LiveRegistry
{
    private readonly ConcurrentDictionary<AccountId, CustomerTerms> _customers = [];
    private FrozenDictionary<string, HolidayCalendar> _calendars =
        FrozenDictionary<string, HolidayCalendar>.Empty;

    /// <summary>The newest version of each calendar.</summary>
    public IReadOnlyDictionary<string, HolidayCalendar> Calendars => _calendars;

    public CustomerTerms CustomerOf(AccountId account) => _customers.GetValueOrDefault(account, CustomerTerms.None);

    public void SetCustomer(AccountId account, CustomerTerms terms) => _customers[account] = terms;

    /// <summary>All that is stored, at start, before accounts and policies.</summary>
    public void Load(
        IEnumerable<(AccountId Account, CustomerTerms Terms)> customers, IEnumerable<VersionedDocument> calendars)
    {
        ArgumentNullException.ThrowIfNull(customers);
        ArgumentNullException.ThrowIfNull(calendars);
        foreach (var (account, terms) in customers) SetCustomer(account, terms);
        foreach (var document in calendars)
        {
            if (CalendarJson.TryParse(document.Json, out var calendar, out _)) AddCalendar(calendar);
        }
    }

    /// <summary>Known to every policy that names it, if no newer version is.</summary>
    public void AddCalendar(HolidayCalendar calendar)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        lock (_publishing)
        {
            if (_calendars.TryGetValue(calendar.Id, out var known) && known.Version >= calendar.Version) return;
            var all = new Dictionary<string, HolidayCalendar>(_calendars, StringComparer.Ordinal)
            {
                [calendar.Id] = calendar,
            };
            _calendars = all.ToFrozenDictionary(StringComparer.Ordinal);
            foreach (var (id, versions) in _policies)
            {
                _policies[id] =
                    [.. versions.Select(one => one with { Policy = one.Policy.WithCalendars(_calendars) })];
            }
        }
    }

    /// <summary>The policy that holds for an account by its customer's class and region.</summary>
    public string PolicyIdOf(AccountRecord account, CustomerTerms terms, Instant at)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(terms);
        foreach (var selection in PolicyAt(account.Policy, at).Selection)
        {
            if (selection.Fits(terms.Classes, terms.Region)
                && HasPolicy(selection.Policy)
                && PolicyAt(selection.Policy, at).Currency.Code == account.Currency)
            {
                return selection.Policy;
            }
        }

        return account.Policy;
    }

    public Policy PolicyOf(AccountRecord account, Instant at) => PolicyOf(account, CustomerOf(account.Id), at);

    public Policy PolicyOf(AccountRecord account, CustomerTerms terms, Instant at) =>
        PolicyAt(PolicyIdOf(account, terms, at), at);

    /// <summary>Has the book watch the thresholds of the policy that holds for an account now.</summary>
    public void MoveInBook(ShardBook book, AccountId account, Instant now)
    {
        ArgumentNullException.ThrowIfNull(book);
        if (TryAccount(account, out var record) && record.Shard == book.Shard)
        {
            book.MoveToPolicy(account, PolicyIdOf(record, CustomerOf(account), now));
        }
    }

    /// <summary>The same for all accounts of a shard, where any policy selects.</summary>
    private void MoveAllInBook(ShardBook book, Instant now)
    {
        if (!_policies.Keys.Any(id => PolicyAt(id, now).Selection.Count > 0)) return;
        foreach (var account in _accounts.Keys) MoveInBook(book, account, now);
    }

    private bool IsSelected(string policy) =>
        _policies.Values.Any(versions => versions.Any(one => one.Policy.Selection.Any(s => s.Policy == policy)));
}

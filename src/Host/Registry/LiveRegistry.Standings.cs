using System.Collections.Concurrent;
using Meters.Control.Customers;
using Meters.Control.Notices;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Registry;

/// <summary>What is known of customers beside their account, whose phone it is, and the texts that they get.</summary>
public sealed partial class LiveRegistry
{
    private readonly ConcurrentDictionary<AccountId, CustomerStanding> _standings = [];
    private readonly Dictionary<string, AccountId[]> _phones = new(StringComparer.Ordinal);
    private readonly Lock _phoneBook = new();
    private NoticeBook _texts = NoticeBook.Shipped;

    /// <summary>All texts with the instants from which they hold.</summary>
    public NoticeBook Texts => Volatile.Read(ref _texts);

    /// <summary>Without content where nothing is known.</summary>
    public CustomerStanding StandingOf(AccountId account) =>
        _standings.TryGetValue(account, out var record) ? record : new(account);

    /// <summary>Registered as never cut, or flagged as safety-critical since.</summary>
    public bool IsNeverCut(AccountRecord account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.NeverCut || StandingOf(account.Id).Flags.IsNeverCut();
    }

    /// <summary>
    /// Classes and marks that policies speak of: those given, the value class (<c>a</c>) and the flags
    /// (<c>life-support</c>).
    /// </summary>
    public IReadOnlySet<string> ClassWords(AccountId account, IReadOnlySet<string> given)
    {
        var standing = StandingOf(account);
        if (standing is { Class: null, Flags: CustomerFlags.None }) return given;
        var words = given.ToHashSet(StringComparer.Ordinal);
        if (standing.Class is { } one) words.Add(one.ToString().ToLowerInvariant());
        words.UnionWith(CustomerFlagWords.Of(standing.Flags).Select(word => word.Replace('_', '-')));
        return words;
    }

    /// <summary>Quiet hours of the policy in force for an account; null where it says nothing.</summary>
    public QuietHours? QuietHoursOf(AccountId account, Instant at) =>
        TryAccount(account, out var record) && HasPolicy(record.Policy)
            && PolicyAt(record.Policy, at) is { QuietHours: { } hours } policy
            ? new(policy.Zone, hours.FromMinute, hours.ToMinute)
            : null;

    public void SetStanding(CustomerStanding record)
    {
        ArgumentNullException.ThrowIfNull(record);
        _standings[record.Account] = record;
    }

    public void SetPhone(AccountId account, string phone)
    {
        if (_accounts.TryGetValue(account, out var record)) Keep(record with { Phone = phone });
    }

    /// <summary>Whether a concentrator reads meters of this account and of no other.</summary>
    public bool ServesOnly(TerminalAddress terminal, AccountId account)
    {
        lock (_publishing)
        {
            var meters = (_metersOf.GetValueOrDefault(terminal) ?? []).FindAll(meter => !IsReplaced(meter.Id));
            return meters.Count > 0 && meters.TrueForAll(meter => meter.Account == account);
        }
    }

    /// <summary>Accounts with any of these numbers, each normalised; in order.</summary>
    public IReadOnlyList<AccountId> AccountsOfPhone(IEnumerable<string> numbers)
    {
        lock (_phoneBook)
        {
            return
            [
                .. numbers.Distinct(StringComparer.Ordinal)
                    .SelectMany(number => _phones.GetValueOrDefault(number) ?? []).Distinct().Order(),
            ];
        }
    }

    private void Keep(AccountRecord account)
    {
        lock (_phoneBook)
        {
            if (_accounts.TryGetValue(account.Id, out var former) && former.Phone != account.Phone
                && PhoneNumbers.TryNormalise(former.Phone, out var old) && _phones.TryGetValue(old, out var rest))
            {
                _phones[old] = [.. rest.Where(one => one != account.Id)];
            }

            if (PhoneNumbers.TryNormalise(account.Phone, out var phone))
            {
                var known = _phones.GetValueOrDefault(phone) ?? [];
                if (!known.Contains(account.Id)) _phones[phone] = [.. known, account.Id];
            }

            _accounts[account.Id] = account;
        }
    }

    /// <summary>Approved texts are good: they were checked before they were stored.</summary>
    private void AddTexts(IReadOnlyList<VersionedDocument> documents)
    {
        if (documents.Count == 0) return;
        var approved = Texts.All.Where(one => one.From > Instant.MinValue).ToList();
        foreach (var document in documents)
        {
            if (!NoticeTemplateJson.TryParse(document.Json, out var template, out _)) continue;
            if (approved.Exists(one => one.Template == template)) continue;
            approved.Add((document.EffectiveFrom, template));
        }

        Volatile.Write(ref _texts, new(approved));
    }
}

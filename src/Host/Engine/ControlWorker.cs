using Meters.Control.Cases;
using Meters.Control.Policies;
using Meters.Host.Notices;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Looks at every case that is due, with the facts of its account as of now, and stores what the ladder decides.
/// Nothing is kept in memory between two rounds: after a restart the same cases are due.
/// </summary>
public sealed class ControlWorker(
    IStore store,
    LiveRegistry registry,
    Func<IReadOnlyList<AccountId>, CancellationToken, Task<AccountFacts?[]>> accounts,
    Func<HealthFacts> health,
    Func<AccountId, bool> reachesOtherwise,
    EngineOptions options,
    TimeProvider clock)
{
    /// <summary>Decides until nothing is due. Returns how many cases were decided.</summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        var total = 0;
        while (true)
        {
            var now = clock.Now();
            var due = await store.Control.TakeDueAsync(now, options.CasesPerRoundMax, stopping);
            if (due.Count == 0) return total;
            var facts = await accounts([.. due.Select(d => d.Case.Account)], stopping);
            var decisions = new List<CaseDecision>(due.Count);
            for (var i = 0; i < due.Count; i++) decisions.Add(Decide(due[i], facts[i], now));
            total += await store.Control.CommitAsync(decisions, stopping);
        }
    }

    /// <summary>The case of one account with its facts, for the gates at dispatch and for people who ask why.</summary>
    public async Task<CaseFacts?> FactsAsync(AccountId account, CancellationToken stopping)
    {
        var image = await store.Control.FindCaseAsync(account, stopping);
        if (image is null || !registry.TryAccount(account, out var record)) return null;
        var facts = await accounts([account], stopping);
        return facts[0] is { } found ? FactsOf(image, record, found, clock.Now()) : null;
    }

    /// <summary>The same for many accounts at once; one that is not known is left out.</summary>
    public async Task<IReadOnlyDictionary<AccountId, CaseFacts>> FactsAsync(
        IReadOnlyList<AccountId> of, CancellationToken stopping)
    {
        var images = await store.Control.FindCasesAsync(of, stopping);
        var facts = await accounts([.. images.Select(image => image.Case.Account)], stopping);
        var found = new Dictionary<AccountId, CaseFacts>();
        var now = clock.Now();
        for (var i = 0; i < images.Count; i++)
        {
            var account = images[i].Case.Account;
            if (facts[i] is not { } known || !registry.TryAccount(account, out var record)) continue;
            found.Add(account, FactsOf(images[i], record, known, now));
        }

        return found;
    }

    private CaseDecision Decide(CaseImage image, AccountFacts? account, Instant now)
    {
        if (account is null || !registry.TryAccount(image.Case.Account, out var record))
        {
            // Registered in the store but not yet in this process: look again shortly.
            var later = image.Case with { DueAt = now + TimeSpan.FromMinutes(1) };
            return new(image.Case.Revision, later, [], [], [], null);
        }

        var outcome = Ladder.Decide(FactsOf(image, record, account, now));
        return new(image.Case.Revision, outcome.After, outcome.Commands, outcome.Cancelled, outcome.Notices,
            outcome.Decision);
    }

    private CaseFacts FactsOf(CaseImage image, AccountRecord record, AccountFacts account, Instant now)
    {
        var relay = registry.TryRelay(record.Id, out var meter)
            ? new RelayFacts(meter.Id, meter.Address, meter.Terminal)
            : null;
        var neverCut = registry.IsNeverCut(record);
        var customer = new CustomerFacts(record.Name, record.Phone, record.Language, neverCut, relay)
        {
            Classes = registry.ClassWords(record.Id, image.Customer.Classes),
            PhoneWrongSince = registry.StandingOf(record.Id).PhoneWrongSince(record.Phone),
            ReachableOtherwise = reachesOtherwise(record.Id),
            Region = image.Customer.Region,
            ConvertedAt = image.Customer.ConvertedAt,
        };
        return new(
            image.Case,
            image.Active,
            image.LastFinal,
            image.Notices,
            image.Holds,
            account,
            customer,
            registry.PolicyOf(record, image.Customer, now),
            now,
            health())
        {
            Texts = registry.Texts,
            Contacts = image.Contacts,
            Approvals = image.Approvals,
            Payments = image.Payments,
            Moratoria = image.Moratoria,
        };
    }
}

using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Control.Limits;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Guard;

/// <summary>
/// What the guard asks of a cut, from the registry: where its account stands, how many others stand there, and what is
/// usual at this hour. Not thread-safe: the dispatcher is one loop.
/// </summary>
public sealed class GuardTermsSource(LiveRegistry registry, IGuardStore store, GuardOptions options)
{
    /// <summary>Days of the history that an hour is compared with.</summary>
    private const int HistoryDaysMax = 28;

    private Dictionary<GuardKey, TripLoad> _population = [];
    private (int Accounts, int Meters) _counted = (-1, -1);
    private Instant _historyOf = Instant.MinValue;
    private GuardJump? _jump;

    /// <summary>Before cuts are tried: counts who is there, and once an hour what is usual.</summary>
    public async Task RefreshAsync(Instant now, CancellationToken stopping)
    {
        var counted = (registry.AccountCount, registry.MeterCount);
        if (counted != _counted)
        {
            _population = Count();
            _counted = counted;
        }

        const long MicrosPerHour = 3_600_000_000;
        var hour = new Instant(now.UnixMicros / MicrosPerHour * MicrosPerHour);
        if (hour == _historyOf) return;
        _jump = await HistoryAsync(hour, stopping);
        _historyOf = hour;
    }

    public GuardTerms TermsOf(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        var asked = command.Origin == CommandOrigin.Manual ? command.RequestedBy.Value : null;
        var place = registry.TryAccount(command.Account, out var account)
            ? new TripPlace(account.Region, FeederOf(account, command.Terminal), asked, WattsOf(account))
            : new TripPlace("", "", asked, 0);
        return GuardPlan.TermsOf(options, place, key => _population.GetValueOrDefault(key), _jump);
    }

    /// <summary>The account's own feeder, or the one of its concentrator; empty when neither is known.</summary>
    public string FeederOf(AccountId account, TerminalAddress terminal) =>
        registry.TryAccount(account, out var record) ? FeederOf(record, terminal) : FeederOf(terminal);

    private string FeederOf(AccountRecord account, TerminalAddress terminal) =>
        account.Feeder.Length > 0 ? account.Feeder : FeederOf(terminal);

    private string FeederOf(TerminalAddress terminal) =>
        registry.TryTerminal(terminal, out var record) ? record.Feeder : "";

    private static long WattsOf(AccountRecord account) =>
        account.LoadWatts > 0 ? account.LoadWatts : account.SanctionedWatts;

    private Dictionary<GuardKey, TripLoad> Count()
    {
        var population = new Dictionary<GuardKey, TripLoad>();
        foreach (var account in registry.Accounts)
        {
            var feeder = registry.TryRelay(account.Id, out var meter) ? FeederOf(account, meter.Terminal)
                : account.Feeder;
            var load = new TripLoad(1, WattsOf(account));
            Add(GuardKey.System, load);
            Add(new(GuardScope.Region, account.Region), load);
            Add(new(GuardScope.Feeder, feeder), load);
        }

        return population;

        void Add(GuardKey key, TripLoad load) => population[key] = population.GetValueOrDefault(key) + load;
    }

    private async Task<GuardJump?> HistoryAsync(Instant hour, CancellationToken stopping)
    {
        if (await store.FirstProposedAsync(stopping) is not { } first) return null;
        var sameHour = new List<long>();
        for (var days = 1; days <= HistoryDaysMax; days++)
        {
            var from = hour - TimeSpan.FromDays(days);
            if (from < first) break;
            sameHour.Add(await store.ProposedAsync(from, from + TimeSpan.FromHours(1), stopping));
        }

        return GuardPlan.JumpOf(options, sameHour);
    }
}

using Meters.Control.Commands;
using Meters.Control.Guard;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>What people see and decide of the guard, over rows in memory.</summary>
internal sealed class MemoryGuardStore(MemoryState state) : IGuardStore
{
    private MemoryGuard Guard => state.Guard;

    public Task<GuardSwitch?> SwitchAsync(CancellationToken stopping) =>
        Locked(() => Guard.Switches is [.., var latest] ? latest : null);

    public Task<bool> TurnAsync(GuardSwitch to, CancellationToken stopping) => Locked(() =>
    {
        if ((Guard.Switches is [.., { Stopped: true }]) == to.Stopped) return false;
        Guard.Switches.Add(to);
        return true;
    });

    public Task<IReadOnlyList<GuardSwitch>> SwitchesAsync(int max, CancellationToken stopping) =>
        Locked(() => Newest(Guard.Switches, max));

    public Task<IReadOnlyList<GuardAlarm>> AlarmsAsync(bool openOnly, int max, CancellationToken stopping) =>
        Locked<IReadOnlyList<GuardAlarm>>(() =>
        [
            .. Guard.Alarms.Where(alarm => !openOnly || alarm.SeenAt is null)
                .OrderByDescending(alarm => alarm.LastAt).ThenByDescending(alarm => alarm.Id).Take(max),
        ]);

    public Task<bool> SeenAsync(long alarm, PersonId by, Instant at, CancellationToken stopping) => Locked(() =>
    {
        var open = Guard.Alarms.FindIndex(one => one.Id == alarm && one.SeenAt is null);
        if (open < 0) return false;
        Guard.Alarms[open] = Guard.Alarms[open] with { SeenBy = by, SeenAt = at };
        return true;
    });

    public Task<IReadOnlyList<Command>> QuarantinedAsync(int max, CancellationToken stopping) =>
        Locked(() => Newest([.. state.Quarantined], max));

    public Task<long> QuarantinedCountAsync(CancellationToken stopping) =>
        Locked(() => (long)state.Quarantined.Count());

    public Task<GuardRelease?> AskAsync(GuardAsk ask, CancellationToken stopping) => Locked<GuardRelease?>(() =>
    {
        var named = ask.Commands?.ToHashSet();
        var cuts = state.Quarantined
            .Where(cut => named?.Contains(cut.Id) ?? true)
            .Where(cut => ask.RequestedBy is not { } by || cut.RequestedBy == by)
            .Select(cut => cut.Id).ToList();
        if (cuts.Count == 0) return null;
        var release = new GuardRelease(
            Guard.Releases.Count + 1, ask.Action, GuardReleaseState.Asked, ask.By, ask.At, ask.Note, cuts.Count, null,
            null, null, 0);
        Guard.Releases.Add((release, cuts));
        return release;
    });

    public Task<GuardRelease?> FindReleaseAsync(long id, CancellationToken stopping) =>
        Locked<GuardRelease?>(() => Guard.Releases.Find(one => one.Release.Id == id).Release);

    public Task<IReadOnlyList<GuardRelease>> ReleasesAsync(int max, CancellationToken stopping) =>
        Locked(() => Newest([.. Guard.Releases.Select(one => one.Release)], max));

    public Task<IReadOnlyList<PersonId>> RequestersAsync(long release, CancellationToken stopping) =>
        Locked<IReadOnlyList<PersonId>>(() =>
        [
            .. Guard.Releases.Where(one => one.Release.Id == release).SelectMany(one => one.Cuts)
                .Select(cut => state.FindCommand(cut)).OfType<Command>().Select(command => command.RequestedBy)
                .Distinct().OrderBy(person => person.Value, StringComparer.Ordinal),
        ]);

    public Task<GuardRelease?> DecideAsync(GuardDecision decision, CancellationToken stopping) =>
        Locked<GuardRelease?>(() =>
        {
            var place = Guard.Releases.FindIndex(one =>
                one.Release.Id == decision.Release && one.Release.State == GuardReleaseState.Asked);
            if (place < 0) return null;
            var (release, cuts) = Guard.Releases[place];
            var decided = release with
            {
                State = decision.Approved ? GuardReleaseState.Done : GuardReleaseState.Rejected,
                DecidedBy = decision.By,
                DecidedAt = decision.At,
                DecidedNote = decision.Note,
                Moved = decision.Approved ? cuts.Count(cut => Move(release.Action, cut, decision.At)) : 0,
            };
            Guard.Releases[place] = (decided, cuts);
            return decided;
        });

    public Task<long> ProposedAsync(Instant from, Instant to, CancellationToken stopping) =>
        Locked(() => state.Trips.Proposed(from, to));

    public Task<Instant?> FirstProposedAsync(CancellationToken stopping) => Locked(() => state.Trips.FirstProposed);

    public Task<IReadOnlyList<(GuardKey Key, Instant At, TripLoad Load)>> TripsSinceAsync(
        Instant after, CancellationToken stopping) =>
        Locked<IReadOnlyList<(GuardKey Key, Instant At, TripLoad Load)>>(() =>
            [.. Guard.Book.Since(after).OrderBy(row => row.At)]);

    public Task<IReadOnlyList<(GuardKey Key, TripLoad Spent)>> SpentAsync(
        Instant now, TimeSpan window, CancellationToken stopping) =>
        Locked<IReadOnlyList<(GuardKey Key, TripLoad Spent)>>(() =>
        [
            .. Guard.Book.Since(now - window).GroupBy(row => row.Key)
                .Select(key => (key.Key, key.Aggregate(default(TripLoad), (sum, row) => sum + row.Load)))
                .OrderBy(one => one.Key.Scope).ThenBy(one => one.Key.Name, StringComparer.Ordinal),
        ]);

    private static IReadOnlyList<T> Newest<T>(List<T> oldestFirst, int max) =>
        [.. Enumerable.Reverse(oldestFirst).Take(max)];

    private bool Move(GuardAction action, CommandId id, Instant at)
    {
        if (state.FindCommand(id) is not { State: CommandState.Quarantined } command) return false;
        if (action == GuardAction.Delete)
        {
            state.Put(command, command with { State = CommandState.Cancelled });
            state.Wake(command.Account, at);
            return true;
        }

        Guard.Released.Add(id);
        state.Put(command, command with { State = CommandState.Queued, DueAt = at });
        return true;
    }

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (state.Gate) return Task.FromResult(work());
    }
}

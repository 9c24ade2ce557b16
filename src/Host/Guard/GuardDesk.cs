using Meters.Host.Access;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Guard;

/// <summary>How work at the guard ended; declared in order of precedence.</summary>
public enum GuardStatus
{
    Done,

    /// <summary>The switch stands so already.</summary>
    SwitchStandsSo,

    /// <summary>Who stopped the cuts does not let them go again alone.</summary>
    SwitchSamePerson,

    /// <summary>None of the cuts asked for is in quarantine.</summary>
    NothingQuarantined,
    ReleaseUnknown,

    /// <summary>It was decided about already.</summary>
    ReleaseClosed,

    /// <summary>Who asked for the release, or for one of the cuts, does not decide about it.</summary>
    SamePerson,
    AlarmUnknown,
}

/// <summary>
/// What people do about the mass-disconnect guard: stop all cuts, look at alarms, and let quarantined cuts go or delete
/// them, which takes two.
/// </summary>
public sealed class GuardDesk(IGuardStore store, TimeProvider clock)
{
    /// <summary>Characters of a note.</summary>
    public const int NoteLengthMax = 500;

    /// <summary>Cuts named one by one in one request.</summary>
    public const int CutsNamedMax = 1_000;

    /// <summary>Called when queued cuts may go again.</summary>
    public Action? Woken { get; set; }

    public IGuardStore Store => store;

    /// <summary>Stops all cuts at once, in every process. Anybody who may command may; reconnects go on.</summary>
    public async Task<GuardStatus> StopAsync(PersonId by, string note, CancellationToken stopping) =>
        await store.TurnAsync(new(true, by, clock.Now(), note), stopping)
            ? GuardStatus.Done
            : GuardStatus.SwitchStandsSo;

    /// <summary>Lets cuts go again, slowly at first. Takes another person than the one who stopped them.</summary>
    public async Task<GuardStatus> ResumeAsync(PersonId by, string note, CancellationToken stopping)
    {
        if (await store.SwitchAsync(stopping) is not { Stopped: true } stopped) return GuardStatus.SwitchStandsSo;
        if (!Approvals.AreDifferentPersons(stopped.By, by)) return GuardStatus.SwitchSamePerson;
        if (!await store.TurnAsync(new(false, by, clock.Now(), note), stopping)) return GuardStatus.SwitchStandsSo;
        Woken?.Invoke();
        return GuardStatus.Done;
    }

    public async Task<(GuardStatus Status, GuardRelease? Release)> AskAsync(GuardAsk ask, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var kept = await store.AskAsync(ask with { At = clock.Now() }, stopping);
        return (kept is null ? GuardStatus.NothingQuarantined : GuardStatus.Done, kept);
    }

    /// <summary>The second person says yes or no.</summary>
    public async Task<(GuardStatus Status, GuardRelease? Release)> DecideAsync(
        long id, bool approved, PersonId by, string note, CancellationToken stopping)
    {
        if (await store.FindReleaseAsync(id, stopping) is not { } release) return (GuardStatus.ReleaseUnknown, null);
        if (release.State != GuardReleaseState.Asked) return (GuardStatus.ReleaseClosed, release);
        if (!await MayDecideAsync(release, approved, by, stopping)) return (GuardStatus.SamePerson, release);
        var decided = await store.DecideAsync(new(id, approved, by, clock.Now(), note), stopping);
        if (decided is null) return (GuardStatus.ReleaseClosed, release);
        if (approved) Woken?.Invoke();
        return (GuardStatus.Done, decided);
    }

    public async Task<GuardStatus> SeenAsync(long alarm, PersonId by, CancellationToken stopping) =>
        await store.SeenAsync(alarm, by, clock.Now(), stopping) ? GuardStatus.Done : GuardStatus.AlarmUnknown;

    /// <summary>
    /// Another person than the one who asks. And where cuts shall go: neither of the two may have asked for one of
    /// them, or one login and a friend would be enough.
    /// </summary>
    private async Task<bool> MayDecideAsync(
        GuardRelease release, bool approved, PersonId by, CancellationToken stopping)
    {
        if (!Approvals.AreDifferentPersons(release.AskedBy, by)) return false;
        if (!approved || release.Action == GuardAction.Delete) return true;
        var requesters = await store.RequestersAsync(release.Id, stopping);
        return requesters.Where(Approvals.IsPerson).All(requester =>
            Approvals.AreDifferentPersons(requester, by)
            && Approvals.AreDifferentPersons(requester, release.AskedBy));
    }
}

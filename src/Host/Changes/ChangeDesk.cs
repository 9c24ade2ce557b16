using Meters.Host.Access;
using Meters.Host.Engine;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Changes;

/// <summary>
/// Changes of tariffs and policies under four eyes: proposed by one person, decided by another, in force from their
/// instant. The store keeps every step.
/// </summary>
public sealed class ChangeDesk(IStore store, LiveRegistry registry, Registrar registrar, TimeProvider clock)
{
    /// <summary>Proposals that may wait for a decision.</summary>
    public const int OpenMax = 1_000;

    /// <summary>Characters of a reason or a note.</summary>
    public const int NoteLengthMax = 500;

    // Below it nothing is due: no store is asked.
    private long _nextDue = Instant.Never.UnixMicros;

    /// <summary>What rates anew for versions that begin in the past; without one they are not approved.</summary>
    public ITariffCorrection? Correction { get; set; }

    /// <summary>Called when something was approved: the control work may have to look at it.</summary>
    public Action? Woken { get; set; }

    /// <summary>When the next approved change begins; earlier than now when it failed; null when none waits.</summary>
    public Instant? NextDue => new Instant(Volatile.Read(ref _nextDue)) is var due && due < Instant.Never ? due : null;

    /// <summary>At the start: what was approved before goes on.</summary>
    public async Task LoadAsync(CancellationToken stopping)
    {
        var scheduled = await store.Changes.ScheduledAsync(stopping);
        if (scheduled.Count > 0) Volatile.Write(ref _nextDue, scheduled[0].Proposal.Version.EffectiveFrom.UnixMicros);
    }

    /// <summary>An account's move to another tariff, as what is proposed and approved.</summary>
    public VersionedDocument MoveOf(AccountId account, string tariff, Instant from, PersonId by) =>
        new AccountTariffRecord(account, registry.MovesOf(account).Count + 1, from, tariff, by, clock.Now(), "")
            .ToDocument();

    /// <summary>What a proposal would be refused for; plain sentences.</summary>
    public IReadOnlyList<string> FaultsOf(ChangeProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        return VersionFit.FaultsOf(proposal.Kind, proposal.Version, registry);
    }

    public async Task<ChangeOutcome> ProposeAsync(ChangeProposal proposal, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var faults = VersionFit.FaultsOf(proposal.Kind, proposal.Version, registry);
        if (faults.Count > 0) return new(ChangeStatus.VersionRefused, null, faults);
        if (proposal.Version.EffectiveFrom < clock.Now() && proposal.Reason.Trim().Length == 0)
        {
            return ChangeOutcome.Of(ChangeStatus.ReasonMissing);
        }

        var kept = await store.Changes.ProposeAsync(proposal, OpenMax, stopping);
        return ChangeOutcome.Of(kept is null ? ChangeStatus.TooManyOpen : ChangeStatus.Done, kept);
    }

    /// <summary>The second person says yes: the version is registered, and holds from its instant.</summary>
    public async Task<ChangeOutcome> ApproveAsync(long id, PersonId by, string note, CancellationToken stopping)
    {
        var (refusal, change) = await OpenAsync(id, by, stopping);
        if (refusal is not null) return refusal;
        var version = change!.Proposal.Version with { At = clock.Now() };
        if (IsCorrection(change.Proposal, version.At))
        {
            // Proposed for a day that passed meanwhile: whoever approves it says why it shall act backwards.
            if ((change.Proposal.Reason + note).Trim().Length == 0) return ChangeOutcome.Of(ChangeStatus.ReasonMissing);
            if (NeedsRating(change.Proposal) && Correction is null)
            {
                return ChangeOutcome.Of(ChangeStatus.CorrectionUnavailable);
            }
        }

        var (status, faults) = await registrar.ApproveAsync(change, version, by, note, stopping);
        switch (status)
        {
            case ApprovalStatus.Scheduled:
                Volatile.Write(ref _nextDue, Math.Min(Volatile.Read(ref _nextDue), version.EffectiveFrom.UnixMicros));
                Woken?.Invoke();
                return ChangeOutcome.Of(ChangeStatus.Done, change with { State = ChangeState.Scheduled });
            case ApprovalStatus.NotProposed:
                return ChangeOutcome.Of(ChangeStatus.ChangeNotOpen);
            default:
                var why = string.Join(' ', faults);
                await store.Changes.MoveAsync(
                    new(id, ChangeState.Proposed, ChangeState.Refused, by, version.At, why), stopping);
                return new(ChangeStatus.VersionRefused, change with { State = ChangeState.Refused }, faults);
        }
    }

    /// <summary>The second person says no.</summary>
    public async Task<ChangeOutcome> RejectAsync(long id, PersonId by, string note, CancellationToken stopping)
    {
        var (refusal, change) = await OpenAsync(id, by, stopping);
        return refusal ?? await EndAsync(change!, ChangeState.Rejected, by, note, stopping);
    }

    /// <summary>Its author takes it back.</summary>
    public async Task<ChangeOutcome> WithdrawAsync(long id, PersonId by, string note, CancellationToken stopping)
    {
        if (await store.Changes.FindAsync(id, stopping) is not { } change)
        {
            return ChangeOutcome.Of(ChangeStatus.ChangeUnknown);
        }

        if (change.State != ChangeState.Proposed) return ChangeOutcome.Of(ChangeStatus.ChangeNotOpen);
        var author = change.Proposal.Version.By;
        return !Approvals.IsPerson(by) || Approvals.AreDifferentPersons(author, by)
            ? ChangeOutcome.Of(ChangeStatus.NotAuthor)
            : await EndAsync(change, ChangeState.Withdrawn, by, note, stopping);
    }

    /// <summary>
    /// Puts into force what is due: rates anew where it begins in the past, and says so. Returns how many there were.
    /// </summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        if (now.UnixMicros < Volatile.Read(ref _nextDue)) return 0;
        // Before the query: an approval during it lowers it again.
        Volatile.Write(ref _nextDue, Instant.Never.UnixMicros);
        try
        {
            return await ActivateAsync(now, stopping);
        }
        catch
        {
            Volatile.Write(ref _nextDue, Instant.MinValue.UnixMicros);
            throw;
        }
    }

    private async Task<int> ActivateAsync(Instant now, CancellationToken stopping)
    {
        var done = 0;
        foreach (var change in await store.Changes.ScheduledAsync(stopping))
        {
            var from = change.Proposal.Version.EffectiveFrom;
            if (from > now)
            {
                Volatile.Write(ref _nextDue, Math.Min(Volatile.Read(ref _nextDue), from.UnixMicros));
                continue;
            }

            var note = await FollowAsync(change, stopping);
            await store.Changes.MoveAsync(
                new(change.Id, ChangeState.Scheduled, ChangeState.Active, PersonId.System, now, note), stopping);
            done++;
        }

        return done;
    }

    /// <summary>
    /// What else must happen for the version to be in force. Repeated after a fault until the step is kept.
    /// </summary>
    private async Task<string> FollowAsync(ChangeRecord change, CancellationToken stopping)
    {
        var version = change.Proposal.Version;
        if (change.Proposal.Kind == ChangeKind.Policy)
        {
            await registrar.RefreshThresholdsAsync();
            return "In force.";
        }

        var approved = (await store.Changes.StepsAsync(change.Id, stopping)).Last(
            step => step.State == ChangeState.Scheduled);
        if (!IsCorrection(change.Proposal, approved.At) || Correction is null) return "In force.";
        if (AccountMoveOf(change) is { } move)
        {
            await Correction.ReRateAsync(move, stopping);
            return $"In force; the account was rated anew from {version.EffectiveFrom}.";
        }

        var accounts = await Correction.ReRateAsync(
            version.Id, version.EffectiveFrom, approved.By, change.Id, stopping);
        return $"In force; {accounts} accounts rated anew from {version.EffectiveFrom}.";
    }

    /// <summary>The change, where this person may decide about it; otherwise the refusal.</summary>
    private async Task<(ChangeOutcome? Refusal, ChangeRecord? Change)> OpenAsync(
        long id, PersonId by, CancellationToken stopping)
    {
        var change = await store.Changes.FindAsync(id, stopping);
        if (change is null) return (ChangeOutcome.Of(ChangeStatus.ChangeUnknown), null);
        if (change.State != ChangeState.Proposed) return (ChangeOutcome.Of(ChangeStatus.ChangeNotOpen), null);
        return Approvals.AreDifferentPersons(change.Proposal.Version.By, by)
            ? (null, change)
            : (ChangeOutcome.Of(ChangeStatus.SamePerson), null);
    }

    private async Task<ChangeOutcome> EndAsync(
        ChangeRecord change, ChangeState to, PersonId by, string note, CancellationToken stopping)
    {
        var moved = await store.Changes.MoveAsync(
            new(change.Id, ChangeState.Proposed, to, by, clock.Now(), note), stopping);
        return moved
            ? ChangeOutcome.Of(ChangeStatus.Done, change with { State = to })
            : ChangeOutcome.Of(ChangeStatus.ChangeNotOpen);
    }

    private static bool IsCorrection(ChangeProposal proposal, Instant approved) =>
        proposal.Version.EffectiveFrom < approved;

    private static AccountTariffRecord? AccountMoveOf(ChangeRecord change) =>
        change.Proposal.Kind == ChangeKind.AccountTariff
            ? AccountTariffRecord.Of(change.Proposal.Version, change.Proposal.Reason)
            : null;

    private bool NeedsRating(ChangeProposal proposal) => proposal.Kind == ChangeKind.AccountTariff
        || (proposal.Kind == ChangeKind.Tariff && registry.IsUsed(ChangeKind.Tariff, proposal.Version.Id));
}

using Meters.Units;

namespace Meters.Control.Cases;

public enum Supply : byte
{
    Unknown = 0,
    On = 1,
    Off = 2,
}

/// <summary>
/// What Control knows of one account: where it stands on the ladder, the supply that is wanted and the supply that was
/// last proven. Level-triggered: it is looked at again whenever <paramref name="DueAt"/> has come.
/// </summary>
/// <param name="Account">Whose.</param>
/// <param name="Rung">
/// Rungs of the policy's ladder done so far: 0 none, 1 first rung done, and so on. Beyond the last rung it counts the
/// attempts of the cut: rungs + 1 is the second; rungs + the policy's CutAttemptsMax means given up to field work.
/// </param>
/// <param name="RungAt">
/// When the last rung was done, the first attempt for a cut; or when the ladder fell back to it, or the reconnect
/// began.
/// </param>
/// <param name="Desired">The supply that is wanted.</param>
/// <param name="Actual">The supply last proven by read-back.</param>
/// <param name="ActualAt">When it was proven.</param>
/// <param name="AlarmOn">The meter's arrears alarm was set and not yet released.</param>
/// <param name="ManualOff">A person cut it: a payment does not reconnect.</param>
/// <param name="DueAt">
/// Look again at this instant; <see cref="Instant.Never"/> when only an event can change anything.
/// </param>
/// <param name="Revision">
/// Rises with every change and every wake-up: a decision on an older revision is dropped.
/// </param>
/// <param name="Fence">Rises with every payment; a cut decided under an older fence is void.</param>
public sealed record ControlCase(
    AccountId Account,
    int Rung,
    Instant RungAt,
    Supply Desired,
    Supply Actual,
    Instant ActualAt,
    bool AlarmOn,
    bool ManualOff,
    Instant DueAt,
    long Revision,
    long Fence)
{
    /// <summary>
    /// Gates whose being shut is explained already, one bit each: not told again until something wakes the case.
    /// </summary>
    public int Told { get; init; }

    /// <summary>
    /// Until when a partial payment keeps or brings the supply on; the epoch while none has in this run of the ladder.
    /// </summary>
    public Instant ReliefUntil { get; init; } = Instant.Epoch;

    /// <summary>It is on record that the supply was not back within the service level.</summary>
    public bool LateTold { get; init; }

    /// <summary>
    /// Policy and version that <see cref="Rung"/> counts the rungs of; empty before the first decision.
    /// </summary>
    public string Policy { get; init; } = "";
}

/// <summary>Why an account may not be cut for now. Stored: never renumber.</summary>
public enum HoldKind : byte
{
    Dispute = 1,
    Complaint = 2,
    Outage = 3,
    Arrangement = 4,
    DataQuality = 5,
    LifeSupport = 6,
}

/// <summary>A hold on cutting an account, set by a person.</summary>
public sealed record Hold(AccountId Account, HoldKind Kind, Instant From, Instant Until, PersonId By, string Note);

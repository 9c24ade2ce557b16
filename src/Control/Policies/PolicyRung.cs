using System.Collections.Frozen;

namespace Meters.Control.Policies;

/// <summary>What is done on a rung, and so which channel must carry it.</summary>
[Flags]
public enum RungActions
{
    None = 0,
    Sms = 1,
    Alarm = 2,
    Cut = 4,

    /// <summary>A letter, which a person records as sent.</summary>
    Letter = 8,

    /// <summary>A visit, which a person records.</summary>
    Visit = 16,

    /// <summary>
    /// The load is limited: by the meter where its protocol can, otherwise by a crew that records it.
    /// </summary>
    Limit = 32,
}

/// <summary>What a rung means to the customer; said by the policy or read off what it does.</summary>
public enum RungKind : byte
{
    Info = 1,
    Remind = 2,
    Warn = 3,

    /// <summary>The last word before the supply is limited or cut.</summary>
    Final = 4,
    Limit = 5,
    Cut = 6,
}

/// <summary>When a rung's message must be proven to have arrived, or its fallback be recorded.</summary>
public enum RungProof : byte
{
    /// <summary>Never: it is good will.</summary>
    None = 0,

    /// <summary>Before the cut.</summary>
    BeforeCut = 1,

    /// <summary>Before the next rung, and so before the cut too.</summary>
    BeforeNext = 2,
}

/// <summary>What replaces a message that did not arrive, once it is recorded.</summary>
[Flags]
public enum RungFallbacks
{
    /// <summary>Nothing does: the ladder stops there until the message has arrived.</summary>
    None = 0,

    /// <summary>The arrears alarm at the meter, confirmed by it.</summary>
    Alarm = 1,

    /// <summary>A letter, recorded by a person.</summary>
    Letter = 2,

    /// <summary>A visit, recorded by a person.</summary>
    Visit = 4,

    /// <summary>The failure itself, on record: the customer gave no number that works.</summary>
    Record = 8,
}

/// <summary>One step of the ladder.</summary>
/// <param name="Name">Unique within the policy: <c>warn</c>.</param>
/// <param name="Threshold">Level below which the step is due.</param>
/// <param name="Actions">What is done.</param>
/// <param name="DelayAfterPrevious">Not before the previous step was done this long ago.</param>
/// <param name="InCutWindow">Waits for a cut window too: a last notice at three in the morning helps nobody.</param>
public sealed record PolicyRung(
    string Name, PolicyThreshold Threshold, RungActions Actions, TimeSpan DelayAfterPrevious, bool InCutWindow)
{
    /// <summary>What it means; null where the policy leaves it to what the rung does.</summary>
    public RungKind? Kind { get; init; }

    /// <summary>Local days after the previous step, beside <see cref="DelayAfterPrevious"/>.</summary>
    public int DelayDays { get; init; }

    /// <summary>Whole working days after the day of the previous step.</summary>
    public int DelayWorkingDays { get; init; }

    public RungProof Proof { get; init; } = RungProof.BeforeCut;

    public RungFallbacks Fallbacks { get; init; } = RungFallbacks.Alarm;

    /// <summary>Only for customers of one of these classes; others pass over it. Empty for all.</summary>
    public IReadOnlySet<string> Classes { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Load that remains to the customer on a limit rung, watts.</summary>
    public int LimitWatts { get; init; }

    /// <summary>Local days that the limit must have been in force before the next rung.</summary>
    public int LimitDays { get; init; }

    public bool Does(RungActions action) => (Actions & action) != 0;

    public bool AppliesTo(IReadOnlySet<string> classes) => Classes.Count == 0 || Classes.Overlaps(classes);
}

using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Control.Policies;

/// <summary>How a threshold's value is meant. The same meaning as Billing's, which the host translates.</summary>
public enum PolicyThresholdKind : byte
{
    /// <summary>Minor units of the currency.</summary>
    Amount = 0,

    /// <summary>Percent of the last payment.</summary>
    PercentOfLastPurchase = 1,

    /// <summary>Tenths of a day of the account's own average use.</summary>
    DaysOfOwnUse = 2,
}

/// <summary>
/// A level of the balance, in neutral form: the host hands it to Billing, which reports crossings by number.
/// </summary>
/// <param name="Number">Number of the rung, from 0: bit of <see cref="AccountFacts.CrossedMask"/>.</param>
/// <param name="Kind">What <paramref name="Value"/> counts.</param>
/// <param name="Value">Minor units, percent or tenths of a day.</param>
/// <param name="Hysteresis">The level has recovered only this much above it, minor units.</param>
public sealed record PolicyThreshold(byte Number, PolicyThresholdKind Kind, long Value, Money Hysteresis)
{
    /// <summary>True when the balance is below the level; exact, nothing is rounded.</summary>
    public bool IsBelow(AccountFacts account) => Kind switch
    {
        PolicyThresholdKind.Amount => account.Balance.Minor < Value,
        PolicyThresholdKind.PercentOfLastPurchase =>
            (Int128)account.Balance.Minor * 100 < (Int128)account.LastPurchase.Minor * Value,
        PolicyThresholdKind.DaysOfOwnUse =>
            (Int128)account.Balance.Minor * 10 < (Int128)account.AverageDay.Minor * Value,
        _ => throw new InvalidOperationException($"Not a threshold kind: {Kind}."),
    };

    /// <summary>
    /// The level in money, rounded down to a minor unit: to tell people; decisions use <see cref="IsBelow"/>.
    /// </summary>
    public Money LevelFor(AccountFacts account) => Kind switch
    {
        PolicyThresholdKind.Amount => new(Value),
        PolicyThresholdKind.PercentOfLastPurchase => new((long)((Int128)account.LastPurchase.Minor * Value / 100)),
        PolicyThresholdKind.DaysOfOwnUse => new((long)((Int128)account.AverageDay.Minor * Value / 10)),
        _ => throw new InvalidOperationException($"Not a threshold kind: {Kind}."),
    };
}

/// <summary>What is done on a rung.</summary>
[Flags]
public enum RungActions
{
    None = 0,
    Sms = 1,
    Alarm = 2,
    Cut = 4,
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
    public bool Does(RungActions action) => (Actions & action) != 0;
}

public enum ReconnectMode : byte
{
    /// <summary>The relay closes by itself (1C).</summary>
    Close = 0,

    /// <summary>The customer closes it by the button (1B).</summary>
    Permit = 1,
}

/// <param name="AtLeast">Balance from which a cut supply is put back on, minor units.</param>
/// <param name="Mode">Who closes the relay.</param>
public sealed record ReconnectRule(Money AtLeast, ReconnectMode Mode);

/// <summary>
/// A credit-control policy: data, versioned, immutable. Made by <see cref="PolicyJson"/>, which checks it.
/// </summary>
public sealed record Policy
{
    /// <summary>Most rungs a ladder may have: one bit each in a byte.</summary>
    public const int RungsMax = 8;

    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>Zone of the cut windows and of the times told to customers.</summary>
    public required LocalZone Zone { get; init; }

    public required Currency Currency { get; init; }

    /// <summary>One to eight, mildest first; a cut, if there is one, is the last.</summary>
    public required IReadOnlyList<PolicyRung> Rungs { get; init; }

    /// <summary>When the supply may be cut.</summary>
    public required CutWindows CutWindows { get; init; }

    public required ReconnectRule Reconnect { get; init; }

    /// <summary>A reading older than this may warn but not cut.</summary>
    public required TimeSpan ReadingAgeMax { get; init; }

    /// <summary>A notice without a delivery report for this long counts as failed.</summary>
    public required TimeSpan NoticeProof { get; init; }

    /// <summary>A command not dispatched within this time expires.</summary>
    public required TimeSpan CommandLife { get; init; }

    /// <summary>Cuts tried in one run of the ladder, one per window; after the last, people go there.</summary>
    public required int CutAttemptsMax { get; init; }

    /// <summary>In which order a payment is used up; null for Billing's default.</summary>
    public IReadOnlyList<PolicyWaterfallStep>? Waterfall { get; init; }

    /// <summary>Emergency credit; null where none is lent.</summary>
    public PolicyCredit? Emergency { get; init; }

    /// <summary>Credit over friendly hours; null where none is lent.</summary>
    public PolicyCredit? Friendly { get; init; }

    /// <summary>Id and version as decisions name it: <c>demo-72h/1</c>.</summary>
    public string Label => $"{Id}/{Version}";

    /// <summary>One per rung, by number: what Billing watches.</summary>
    public IEnumerable<PolicyThreshold> Thresholds => Rungs.Select(rung => rung.Threshold);

    /// <summary>The rung that cuts, or null for a policy that only reminds.</summary>
    public PolicyRung? CutRung => Rungs[^1].Does(RungActions.Cut) ? Rungs[^1] : null;
}

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

public enum ReconnectMode : byte
{
    /// <summary>The relay closes by itself (1C).</summary>
    Close = 0,

    /// <summary>The customer closes it by the button (1B).</summary>
    Permit = 1,
}

/// <param name="AtLeast">Balance from which a cut supply is put back on, minor units: the connect balance.</param>
/// <param name="Mode">Who closes the relay.</param>
public sealed record ReconnectRule(Money AtLeast, ReconnectMode Mode)
{
    /// <summary>Percent of the dues that a partial payment must reach to bring it back; null for any step.</summary>
    public int? PercentOfDues { get; init; }

    /// <summary>Charged for putting it back on, minor units; zero for none.</summary>
    public Money Fee { get; init; }

    /// <summary>Minutes within which it shall be back on; null without such a promise.</summary>
    public int? WithinMinutes { get; init; }
}

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

    /// <summary>
    /// Days of emergency credit in time: the supply stays on so many local days after the last notice, whatever is
    /// used; zero where none is given. Armed again when the ladder begins anew.
    /// </summary>
    public int EmergencyDays { get; init; }

    public PolicyGrace Grace { get; init; } = PolicyGrace.None;

    /// <summary>Seasons without cuts.</summary>
    public IReadOnlyList<SeasonalMoratorium> Moratoria { get; init; } = [];

    public PolicyProtection Protection { get; init; } = PolicyProtection.None;

    public HoldTerms Holds { get; init; } = HoldTerms.None;

    /// <summary>By rising share; none where a part of the dues gives no time.</summary>
    public IReadOnlyList<PartialPayment> PartialPayments { get; init; } = [];

    /// <summary>Contacts in a run of the ladder before a cut: delivered messages and others.</summary>
    public int ContactsMin { get; init; }

    /// <summary>Hours without messages; null where there are none.</summary>
    public QuietHours? QuietHours { get; init; }

    public PolicyCompensation Compensation { get; init; } = PolicyCompensation.None;

    /// <summary>Other policies for some customers who are registered on this one.</summary>
    public IReadOnlyList<PolicySelection> Selection { get; init; } = [];

    /// <summary>The same policy with the calendars of holidays that are registered now.</summary>
    public Policy WithCalendars(IReadOnlyDictionary<string, HolidayCalendar> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return CutWindows.Rules.Names.Count == 0
            ? this
            : this with { CutWindows = CutWindows with { Rules = CutWindows.Rules.With(known) } };
    }

    /// <summary>Id and version as decisions name it: <c>demo-72h/1</c>.</summary>
    public string Label => $"{Id}/{Version}";

    /// <summary>One per rung, by number: what Billing watches.</summary>
    public IEnumerable<PolicyThreshold> Thresholds => Rungs.Select(rung => rung.Threshold);

    /// <summary>The rung that cuts, or null for a policy that only reminds.</summary>
    public PolicyRung? CutRung => Rungs[^1].Does(RungActions.Cut) ? Rungs[^1] : null;
}

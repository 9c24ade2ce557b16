namespace Meters.Billing.Accounts;

/// <summary>
/// How a reading ended. After the two that accept, declared in order of precedence: the first that holds is returned.
/// The same words, in snake case, go to quarantine, logs and metrics.
/// </summary>
public enum ReadingStatus
{
    /// <summary>Accepted: store it with its charge (zero for registers that are not billed).</summary>
    Rated,

    /// <summary>Accepted as the first of its channel: store it with charge zero.</summary>
    First,

    /// <summary>No such meter in this shard, or no such register.</summary>
    MeterUnknown,

    /// <summary>Further ahead of the clock than <see cref="BookLimits.ClockAheadMax"/>.</summary>
    InFuture,

    /// <summary>Further back than <see cref="BookLimits.ReachBackDays"/>: for a person.</summary>
    TooOld,

    /// <summary>The meter was not yet installed then.</summary>
    BeforeInstallation,

    /// <summary>The meter was taken away before.</summary>
    AfterRemoval,

    /// <summary>The same value stands at that instant: dropped and counted.</summary>
    Duplicate,

    /// <summary>Another value of a better quality stands at that instant: the better one stays.</summary>
    Outranked,

    /// <summary>
    /// Another value of equal quality stands at that instant: neither is rated until a person or a better value
    /// decides.
    /// </summary>
    Conflict,

    /// <summary>A person took the value of that instant out: nothing but a person puts one in again.</summary>
    TakenOut,

    /// <summary>An interval's energy whose start has no register value: nothing to add it to.</summary>
    NotAnchored,

    /// <summary>
    /// Not newer than the channel's last, or not to be rated without what lies before it: load what is stored and call
    /// <see cref="ShardBook.Rerate"/>.
    /// </summary>
    NeedsHistory,

    /// <summary>The meter is on hold: nothing more of it is rated until a person lifts that.</summary>
    Held,

    /// <summary>
    /// Below the reading before it or above the one after it, and no roll-over; or below zero. When it is newer than
    /// all others, the meter is on hold from here on.
    /// </summary>
    RegisterFell,

    /// <summary>More energy than the sanctioned load could take in the time.</summary>
    Implausible,

    /// <summary>The charge or the accrued sum does not fit 64 bits.</summary>
    ChargeOverflow,

    /// <summary>
    /// Good, but after <see cref="ShardBook.NextEnd"/>: close the open day first, then apply it again.
    /// </summary>
    DayMustCloseFirst,
}

public static class ReadingStatusTags
{
    /// <summary>The status in snake case: the kind of a quarantine item, the tag of a metric.</summary>
    public static string Tag(this ReadingStatus status) => status switch
    {
        ReadingStatus.Rated => "rated",
        ReadingStatus.First => "first",
        ReadingStatus.MeterUnknown => "meter_unknown",
        ReadingStatus.InFuture => "in_future",
        ReadingStatus.TooOld => "too_old",
        ReadingStatus.BeforeInstallation => "before_installation",
        ReadingStatus.AfterRemoval => "after_removal",
        ReadingStatus.Duplicate => "duplicate",
        ReadingStatus.Outranked => "outranked",
        ReadingStatus.Conflict => "conflict",
        ReadingStatus.TakenOut => "taken_out",
        ReadingStatus.NotAnchored => "not_anchored",
        ReadingStatus.NeedsHistory => "needs_history",
        ReadingStatus.Held => "held",
        ReadingStatus.RegisterFell => "register_fell",
        ReadingStatus.Implausible => "implausible",
        ReadingStatus.ChargeOverflow => "charge_overflow",
        ReadingStatus.DayMustCloseFirst => "day_must_close_first",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}

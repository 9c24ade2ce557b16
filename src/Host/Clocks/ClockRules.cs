using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Clocks;

/// <summary>What a clock's reading means. Pure.</summary>
public static class ClockRules
{
    /// <summary>The clock after it was read, and whether it is to be set now.</summary>
    /// <param name="before">With its last state; <see cref="ClockState.Ordered"/> lifts every limit, once.</param>
    public static (TerminalClock Next, bool Set) AfterRead(
        TerminalClock before, TimeSpan drift, Instant now, ClockOptions options)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(options);
        var read = before with { Drift = drift, ReadAt = now, FlaggedAt = before.FlaggedAt ?? now };
        var readAgain = now + TimeSpan.FromHours(options.ReadHours);
        if (drift.Duration() <= TimeSpan.FromSeconds(options.DriftSecondsMax))
        {
            return (read with { State = ClockState.Good, FlaggedAt = null, DueAt = readAgain }, false);
        }

        if (before.State == ClockState.Ordered) return (Setting(read, before.SetBy, now, options), true);
        if (drift.Duration() > TimeSpan.FromSeconds(options.SetSecondsMax))
        {
            return (read with { State = ClockState.NeedsPerson, DueAt = readAgain }, false);
        }

        var mayBeSetAt = before.SetAt is { } set ? set + TimeSpan.FromHours(options.SetHours) : now;
        return mayBeSetAt > now
            ? (read with { State = ClockState.Drifting, DueAt = mayBeSetAt }, false)
            : (Setting(read, null, now, options), true);
    }

    /// <summary>The clock after a read without an answer that says anything.</summary>
    /// <param name="refused">The terminal said no: it will not say otherwise soon.</param>
    public static TerminalClock AfterNoRead(TerminalClock before, bool refused, Instant now, ClockOptions options)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(options);
        var wait = refused ? TimeSpan.FromHours(options.ReadHours) : TimeSpan.FromMinutes(options.RetryMinutes);
        return before with { DueAt = now + wait };
    }

    /// <summary>Something said that the clock is off: it is read soon, and not more often than allowed.</summary>
    public static TerminalClock AfterHint(TerminalClock before, Instant now, ClockOptions options)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(options);

        // What is flagged already has its time: to be set, or to be looked at by a person.
        if (before.State is ClockState.Drifting or ClockState.NeedsPerson or ClockState.Ordered) return before;
        var from = before.ReadAt is { } read ? read + TimeSpan.FromMinutes(options.RetryMinutes) : now;
        if (from < now) from = now;
        return from < before.DueAt ? before with { DueAt = from } : before;
    }

    /// <summary>
    /// Kept before the bytes leave: whatever becomes of them, it was set then and is not set again soon.
    /// </summary>
    private static TerminalClock Setting(
        TerminalClock read, PersonId? by, Instant now, ClockOptions options) =>
        read with
        {
            State = ClockState.Drifting,
            SetAt = now,
            SetBy = by,
            DueAt = now + TimeSpan.FromMinutes(options.RetryMinutes),
        };
}

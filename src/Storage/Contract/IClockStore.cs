using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>What is known of the concentrators' clocks; one row for each that was ever asked.</summary>
public interface IClockStore
{
    /// <summary>All, in order of address.</summary>
    Task<IReadOnlyList<TerminalClock>> LoadAsync(CancellationToken stopping);

    Task<TerminalClock?> FindAsync(TerminalAddress terminal, CancellationToken stopping);

    /// <summary>Adds or replaces it.</summary>
    Task KeepAsync(TerminalClock clock, CancellationToken stopping);
}

/// <summary>The numbers are stored: never renumber.</summary>
public enum ClockState
{
    /// <summary>Not read yet.</summary>
    Unknown = 0,

    /// <summary>Within the limit when it was read last.</summary>
    Good = 1,

    /// <summary>Off by more than the limit; it is set by itself.</summary>
    Drifting = 2,

    /// <summary>Off by so much that a person decides.</summary>
    NeedsPerson = 3,

    /// <summary>A person has ordered it to be set.</summary>
    Ordered = 4,
}

/// <param name="Drift">By how much it was ahead of the program's clock, in whole milliseconds; negative behind.</param>
/// <param name="ReadAt">When that was seen.</param>
/// <param name="FlaggedAt">Since when it is off; null while it is not.</param>
/// <param name="SetAt">When it was last set, or was about to be.</param>
/// <param name="SetBy">Who ordered that; null for the engine itself.</param>
/// <param name="DueAt">When it is read next.</param>
public sealed record TerminalClock(
    TerminalAddress Terminal,
    ClockState State,
    TimeSpan Drift,
    Instant? ReadAt,
    Instant? FlaggedAt,
    Instant? SetAt,
    PersonId? SetBy,
    Instant DueAt)
{
    /// <summary>One of which nothing is known: due at once.</summary>
    public static TerminalClock Unread(TerminalAddress terminal) =>
        new(terminal, ClockState.Unknown, TimeSpan.Zero, null, null, null, null, Instant.Epoch);
}

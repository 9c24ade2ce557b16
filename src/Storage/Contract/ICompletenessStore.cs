using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>
/// How much of what concentrators owe has arrived, hour by hour, and how far the asking for the rest has come. A
/// reading counts when it stands in the forward active register at the hour's end and is no estimate.
/// </summary>
public interface ICompletenessStore
{
    /// <summary>The latest whole hour that was counted; null before the first.</summary>
    Task<Instant?> CountedThroughAsync(CancellationToken stopping);

    /// <summary>
    /// Meters that stood at their points at that instant, by concentrator, and how many of them have a reading there;
    /// in order of address, concentrators without meters left out. Changes nothing.
    /// </summary>
    Task<IReadOnlyList<HourCount>> CountAsync(
        IReadOnlyList<TerminalAddress> terminals, Instant at, CancellationToken stopping);

    /// <summary>Hours with something missing that end at that instant, in order of address.</summary>
    Task<IReadOnlyList<TerminalHour>> IncompleteAsync(Instant at, CancellationToken stopping);

    /// <summary>
    /// Keeps what was counted; attempts of an hour that was there stay. Concentrators with something missing are looked
    /// at from <paramref name="lookAt"/> on. Any number of times the same.
    /// </summary>
    Task KeepAsync(IReadOnlyList<HourCount> counts, Instant lookAt, CancellationToken stopping);

    /// <summary>All concentrators are counted through this hour; rows before <paramref name="keepFrom"/> go.</summary>
    Task MoveThroughAsync(Instant through, Instant keepFrom, CancellationToken stopping);

    /// <summary>Ascending; both ends are included.</summary>
    Task<IReadOnlyList<TerminalHour>> HoursAsync(
        TerminalAddress terminal, Instant from, Instant to, int max, CancellationToken stopping);

    /// <summary>Hours that end after <paramref name="after"/> and at or before <paramref name="to"/>.</summary>
    Task<CompletenessTotals> TotalsAsync(Instant after, Instant to, CancellationToken stopping);

    /// <summary>Concentrators with something missing in that time, most missing first, then by address.</summary>
    Task<IReadOnlyList<CompletenessOfTerminal>> WorstAsync(
        Instant after, Instant to, int max, CancellationToken stopping);

    /// <summary>Concentrators to look at, longest due first, then by address.</summary>
    Task<IReadOnlyList<AskingState>> DueAsync(Instant now, int max, CancellationToken stopping);

    /// <summary>
    /// Incomplete hours of a concentrator that may still be asked for, oldest first, and what is missing in them now,
    /// in order of point, then hour.
    /// </summary>
    /// <param name="rules">Which hours may be asked for.</param>
    /// <param name="hoursMax">Most hours looked at; the others wait.</param>
    Task<GapImage> LookAsync(
        TerminalAddress terminal, AskingRules rules, int hoursMax, CancellationToken stopping);

    /// <summary>
    /// Keeps what a look or a round of asking found, in one transaction: counts of hours, one attempt more for
    /// the hours asked for, and when to look again.
    /// </summary>
    Task KeepLookAsync(
        AskingState next, IReadOnlyList<HourCount> recounted, IReadOnlyList<Instant> asked, CancellationToken stopping);

    /// <summary>Looks at these later; nothing else changes.</summary>
    Task PostponeAsync(IReadOnlyList<TerminalAddress> terminals, Instant lookAt, CancellationToken stopping);

    Task<TerminalHour?> FindHourAsync(TerminalAddress terminal, Instant at, CancellationToken stopping);

    /// <summary>
    /// Forward active registers without any reading, estimates included, at hours for which nobody asks any more; in
    /// order of channel, then hour. Both ends are included.
    /// </summary>
    Task<IReadOnlyList<(ChannelId Channel, Instant At)>> ExhaustedAsync(
        AskingRules rules, Instant from, Instant to, int max, CancellationToken stopping);
}

/// <param name="At">End of the hour.</param>
/// <param name="Expected">Registered meters at their points.</param>
/// <param name="Stored">Of these, with a reading that is no estimate.</param>
public readonly record struct HourCount(TerminalAddress Terminal, Instant At, int Expected, int Stored)
{
    public bool IsComplete => Stored >= Expected;
}

/// <param name="Attempts">How often the concentrator was asked for what is missing.</param>
public sealed record TerminalHour(HourCount Count, int Attempts);

public sealed record CompletenessTotals(long Expected, long Stored, long Hours, long IncompleteHours);

/// <param name="Attempts">The most attempts of any of its hours.</param>
public sealed record CompletenessOfTerminal(TerminalAddress Terminal, long Expected, long Stored, int Attempts);

/// <param name="LookAt">When to look at its missing hours; Never when none is missing.</param>
/// <param name="AskFrom">Not asked before.</param>
/// <param name="Failures">Rounds since the last that brought something.</param>
public sealed record AskingState(TerminalAddress Terminal, Instant LookAt, Instant AskFrom, int Failures);

/// <summary>An hour is asked for until one of these is reached.</summary>
/// <param name="AttemptsMax">Attempts of an hour.</param>
/// <param name="NotBefore">Older hours are given up.</param>
public readonly record struct AskingRules(int AttemptsMax, Instant NotBefore)
{
    public bool IsExhausted(TerminalHour hour) => hour.Attempts >= AttemptsMax || hour.Count.At < NotBefore;
}

/// <param name="Point">Measuring point of the meter.</param>
/// <param name="At">End of the hour that it lacks.</param>
public readonly record struct MissingReading(int Point, Instant At);

/// <param name="Before">The hours as they were counted last.</param>
/// <param name="Now">
/// The same hours, counted anew: no more is expected than before, and stored counts up to that only.
/// </param>
/// <param name="Missing">Of the hours that are still incomplete.</param>
public sealed record GapImage(
    IReadOnlyList<TerminalHour> Before, IReadOnlyList<HourCount> Now, IReadOnlyList<MissingReading> Missing);

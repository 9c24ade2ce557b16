namespace Meters.Control.Guard;

/// <summary>A budget that a cut draws on, and how much may be drawn within the window.</summary>
/// <param name="Key">Whose budget.</param>
/// <param name="Cap">The hard cap; <see cref="long.MaxValue"/> where one of the two is not bounded.</param>
public readonly record struct GuardBudget(GuardKey Key, TripLoad Cap);

/// <summary>Cuts proposed within an hour beyond which something is wrong, whatever the caps say.</summary>
/// <param name="Warn">Past this many an alarm is raised.</param>
/// <param name="Quarantine">Past this many every cut is quarantined.</param>
public sealed record GuardJump(long Warn, long Quarantine);

/// <summary>What the guard asks of one cut.</summary>
public sealed record GuardTerms
{
    /// <summary>Length of the sliding window; longer than zero.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>Estimated load that this cut switches off, watts.</summary>
    public long Watts { get; init; }

    /// <summary>The budgets that it draws on; the system's is always among them.</summary>
    public required IReadOnlyList<GuardBudget> Budgets { get; init; }

    /// <summary>Percent of a cap from which an alarm is raised. 100: never before the cap.</summary>
    public int WarnPercent { get; init; } = 100;

    /// <summary>Percent of a cap from which a cut is quarantined that nobody released.</summary>
    public int QuarantinePercent { get; init; } = 100;

    /// <summary>Null where there is no history to compare with.</summary>
    public GuardJump? Jump { get; init; }

    /// <summary>A cap on the number of cuts of the whole system alone.</summary>
    public static GuardTerms OfTrips(TimeSpan window, long tripsMax) => new()
    {
        Window = window,
        Budgets = [new(GuardKey.System, new(tripsMax, long.MaxValue))],
    };
}

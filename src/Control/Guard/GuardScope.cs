namespace Meters.Control.Guard;

/// <summary>What a budget of cuts is kept for. Stored: never renumber.</summary>
public enum GuardScope : byte
{
    /// <summary>Everybody; its name is empty.</summary>
    System = 1,

    /// <summary>Accounts of one region; the empty name is those without one.</summary>
    Region = 2,

    /// <summary>Accounts on one feeder or transformer; the empty name is those of which it is not known.</summary>
    Feeder = 3,

    /// <summary>Cuts that one person asked for.</summary>
    Operator = 4,

    /// <summary>Cuts proposed in an hour, against the usual for that hour.</summary>
    History = 5,
}

/// <summary>Lines of the guard, in order of severity. Stored: never renumber.</summary>
public enum GuardLine : byte
{
    /// <summary>Below every line.</summary>
    Clear = 0,

    /// <summary>An alarm is raised; the cut goes.</summary>
    Warn = 1,

    /// <summary>The cut is kept until two people release it.</summary>
    Quarantine = 2,

    /// <summary>No cut at all goes past it, released or not.</summary>
    HardCap = 3,
}

/// <summary>One budget.</summary>
/// <param name="Scope">What it is kept for.</param>
/// <param name="Name">Region, feeder or person; empty for the system.</param>
public readonly record struct GuardKey(GuardScope Scope, string Name)
{
    public static readonly GuardKey System = new(GuardScope.System, "");

    public static readonly GuardKey History = new(GuardScope.History, "");

    /// <summary>A person's budget: case and surrounding blanks do not make another person.</summary>
    public static GuardKey Operator(string person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return new(GuardScope.Operator, person.Trim().ToUpperInvariant());
    }

    public override string ToString() => Scope switch
    {
        GuardScope.System => "the system",
        GuardScope.History => "the usual of this hour",
        GuardScope.Operator => $"operator {Name}",
        _ => $"{(Scope == GuardScope.Region ? "region" : "feeder")} {(Name.Length == 0 ? "(unknown)" : Name)}",
    };
}

/// <summary>Cuts and their estimated load, of a window or of all time.</summary>
/// <param name="Trips">Cuts.</param>
/// <param name="Watts">Estimated load that they switch off, watts.</param>
public readonly record struct TripLoad(long Trips, long Watts)
{
    public static TripLoad operator +(TripLoad a, TripLoad b) => new(a.Trips + b.Trips, a.Watts + b.Watts);

    public static TripLoad operator -(TripLoad a, TripLoad b) => new(a.Trips - b.Trips, a.Watts - b.Watts);

    public static TripLoad Add(TripLoad a, TripLoad b) => a + b;

    public static TripLoad Subtract(TripLoad a, TripLoad b) => a - b;
}

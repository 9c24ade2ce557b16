using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// Spreads cuts so that ordinary work stays clear of the mass-disconnect guard: everybody who is overdue when the
/// allowed hours open waits his turn here, while the guard quarantines only what came past this pace (a fault, another
/// process). Holds in every sliding window of the guard's length. Not thread-safe: the dispatcher is one loop.
/// </summary>
public sealed class TripPace(TimeSpan window)
{
    private readonly Queue<Instant> _taken = new();

    /// <summary>
    /// Three quarters of the guard's cap, at least one: room for a person's cut and for another process.
    /// </summary>
    public static int Of(int guardTripsMax) => Math.Max(1, guardTripsMax * 3 / 4);

    /// <summary>Takes one, or says when the oldest of the window will be a whole window old.</summary>
    /// <param name="now">Program's clock.</param>
    /// <param name="tripsMax">The pace now; it follows the number of accounts.</param>
    /// <param name="freeAt">Now when taken, else the first instant at which it can be.</param>
    public bool TryTake(Instant now, int tripsMax, out Instant freeAt)
    {
        freeAt = FreeAt(now, tripsMax);
        if (freeAt > now) return false;
        _taken.Enqueue(now);
        return true;
    }

    /// <summary>When the next may be taken; takes nothing. Now when it may be at once.</summary>
    /// <param name="now">Program's clock.</param>
    /// <param name="tripsMax">The pace now.</param>
    public Instant FreeAt(Instant now, int tripsMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tripsMax, 1);
        while (_taken.TryPeek(out var oldest) && oldest + window <= now) _taken.Dequeue();
        return _taken.Count >= tripsMax ? _taken.ElementAt(_taken.Count - tripsMax) + window : now;
    }

    /// <summary>Counts trips that were dispatched before a restart, oldest first.</summary>
    public void Restore(IEnumerable<Instant> dispatched)
    {
        foreach (var at in dispatched) _taken.Enqueue(at);
    }
}

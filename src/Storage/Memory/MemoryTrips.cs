using Meters.Control.Commands;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>Dispatches, and the cuts among them by instants that never fall.</summary>
internal sealed class MemoryTrips
{
    /// <summary>Dispatches that are kept; the oldest go.</summary>
    private const int KeptMax = 200_000;

    private readonly List<DispatchFact> _all = [];
    private readonly List<Instant> _trips = [];

    public IReadOnlyList<DispatchFact> Since(Instant since)
    {
        var from = _all.Count;
        while (from > 0 && _all[from - 1].At >= since) from--;
        return _all[from..];
    }

    /// <summary>
    /// Cuts in the window that ends now, and the instant that counts: a clock that stands behind the last cut is taken
    /// as being there.
    /// </summary>
    public (Instant At, int Spent) Spent(Instant now, TimeSpan window)
    {
        var at = _trips.Count > 0 && _trips[^1] > now ? _trips[^1] : now;
        var boundary = at - window;
        var from = _trips.Count;
        while (from > 0 && _trips[from - 1] > boundary) from--;
        return (at, _trips.Count - from);
    }

    public void Add(DispatchFact fact)
    {
        var place = _all.Count;
        while (place > 0 && _all[place - 1].At > fact.At) place--;
        _all.Insert(place, fact);
        if (fact.Kind == CommandKind.Trip) _trips.Add(fact.At);
        Trim(_all);
        Trim(_trips);
    }

    private static void Trim<T>(List<T> list)
    {
        if (list.Count > KeptMax) list.RemoveRange(0, KeptMax / 2);
    }
}

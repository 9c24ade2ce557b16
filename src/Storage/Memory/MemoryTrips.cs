using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>Dispatches, and when cuts were proposed; both in order of instants.</summary>
internal sealed class MemoryTrips
{
    /// <summary>Dispatches that are kept; the oldest go.</summary>
    private const int KeptMax = 200_000;

    private readonly List<DispatchFact> _all = [];
    private readonly List<Instant> _proposed = [];

    public IReadOnlyList<DispatchFact> Since(Instant since)
    {
        var from = _all.Count;
        while (from > 0 && _all[from - 1].At >= since) from--;
        return _all[from..];
    }

    /// <summary>When the first cut ever was proposed.</summary>
    public Instant? FirstProposed { get; private set; }

    public void Propose(Instant at)
    {
        if (FirstProposed is not { } first || at < first) FirstProposed = at;
        var place = _proposed.Count;
        while (place > 0 && _proposed[place - 1] > at) place--;
        _proposed.Insert(place, at);
        Trim(_proposed);
    }

    /// <summary>Cuts proposed from one instant to before another.</summary>
    public long Proposed(Instant from, Instant to) => Before(to) - Before(from);

    private int Before(Instant at)
    {
        var (low, high) = (0, _proposed.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_proposed[middle] < at) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    public void Add(DispatchFact fact)
    {
        var place = _all.Count;
        while (place > 0 && _all[place - 1].At > fact.At) place--;
        _all.Insert(place, fact);
        Trim(_all);
    }

    private static void Trim<T>(List<T> list)
    {
        if (list.Count > KeptMax) list.RemoveRange(0, KeptMax / 2);
    }
}

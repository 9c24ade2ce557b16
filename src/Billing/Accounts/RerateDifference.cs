using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>What rating anew moves, by where it belongs: the open day, the one after it, each closed day.</summary>
internal sealed class RerateDifference(Instant closedEnd, Instant openEnd, LocalZone billingZone, int lines)
{
    public Part Open { get; } = new(lines);

    public Part Next { get; } = new(lines);

    public SortedDictionary<ServiceDay, Part> Closed { get; } = [];

    /// <param name="at">End of the interval.</param>
    /// <param name="delta">New charge less the old one.</param>
    /// <param name="old">Its lines by the old terms; empty where there were none.</param>
    /// <param name="rated">Its lines now; empty where it is not rated.</param>
    public void Add(Instant at, Int128 delta, ReadOnlySpan<long> old, ReadOnlySpan<long> rated)
    {
        var nothing = delta == 0 && old.SequenceEqual(rated);
        if (nothing) return;
        PartOf(at).Add(delta, old, rated);
    }

    private Part PartOf(Instant at)
    {
        if (at > openEnd) return Next;
        if (at > closedEnd) return Open;
        var day = billingZone.ServiceDayOfIntervalEnd(at);
        if (!Closed.TryGetValue(day, out var part)) Closed.Add(day, part = new(lines));
        return part;
    }

    internal sealed class Part(int lines)
    {
        private readonly Int128[] _lines = new Int128[lines];

        public Int128 Total { get; private set; }

        public void Add(Int128 delta, ReadOnlySpan<long> old, ReadOnlySpan<long> rated)
        {
            Total += delta;
            for (var i = 0; i < old.Length; i++) _lines[i] -= old[i];
            for (var i = 0; i < rated.Length; i++) _lines[i] += rated[i];
        }

        /// <summary>Null where a line does not fit 64 bits.</summary>
        public long[]? TryLines()
        {
            var fitting = new long[lines];
            for (var i = 0; i < lines; i++)
            {
                if (_lines[i] > long.MaxValue || _lines[i] < long.MinValue) return null;
                fitting[i] = (long)_lines[i];
            }

            return fitting;
        }
    }
}

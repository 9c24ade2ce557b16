using Meters.Units;

namespace Meters.Billing.Accounts;

/// <summary>Exact sums by line and by where they belong: the open day, the one after it, each closed day.</summary>
internal sealed class DaySums(Instant closedEnd, Instant openEnd, LocalZone billingZone, int lines)
{
    public Int128[] Open { get; } = new Int128[lines];

    public Int128[] Next { get; } = new Int128[lines];

    public SortedDictionary<ServiceDay, Int128[]> Closed { get; } = [];

    /// <summary>No sum comes near the end of 64 bits.</summary>
    public bool Fits => Closed.Values.Append(Open).Append(Next).All(
        part => part.All(sum => Int128.Abs(sum) <= long.MaxValue / 2));

    /// <param name="at">End of the interval.</param>
    /// <param name="amounts">By line.</param>
    public void Add(Instant at, ReadOnlySpan<long> amounts)
    {
        if (amounts.IndexOfAnyExcept(0) < 0) return;
        var part = PartOf(at);
        for (var i = 0; i < amounts.Length; i++) part[i] += amounts[i];
    }

    /// <summary>To the first line.</summary>
    public void Add(Instant at, Int128 amount)
    {
        if (amount != 0) PartOf(at)[0] += amount;
    }

    private Int128[] PartOf(Instant at)
    {
        if (at > openEnd) return Next;
        if (at > closedEnd) return Open;
        var day = billingZone.ServiceDayOfIntervalEnd(at);
        if (!Closed.TryGetValue(day, out var part)) Closed.Add(day, part = new Int128[lines]);
        return part;
    }
}

using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>A reading that waits for its frame.</summary>
/// <param name="Place">Place of the meter at its concentrator, from 0; Pn is one more.</param>
/// <param name="Shown">Register as shown, tenths of a Wh.</param>
internal readonly record struct PendingReading(int Place, Instant HourEnd, long Shown) : IComparable<PendingReading>
{
    /// <summary>By meter, then by hour: the order in which curves are built.</summary>
    public int CompareTo(PendingReading other)
    {
        var byPlace = Place.CompareTo(other.Place);
        return byPlace != 0 ? byPlace : HourEnd.CompareTo(other.HourEnd);
    }
}

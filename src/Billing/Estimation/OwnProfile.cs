using Meters.Units;

namespace Meters.Billing.Estimation;

/// <summary>
/// What a meter takes in an hour of the day, from its own earlier hours: the same local hour and weekday of earlier
/// weeks, and where none of these was read, the same local hour of earlier days. Estimates are no evidence.
/// </summary>
public sealed class OwnProfile
{
    private const int DaysPerWeek = 7;

    private readonly Dictionary<Instant, long> _hours = [];
    private readonly LocalZone _zone;
    private readonly int _days;

    /// <param name="readings">Of one channel, ascending; the earlier weeks.</param>
    /// <param name="zone">Whose hours of the day count.</param>
    /// <param name="days">How far back to look.</param>
    public OwnProfile(IReadOnlyList<Reading> readings, LocalZone zone, int days)
    {
        (_zone, _days) = (zone, days);
        Reading? before = null;
        foreach (var reading in readings)
        {
            if (reading.Quality > ReadingQuality.Edited) continue;
            if (before is { } last && reading.At.UnixMicros - last.At.UnixMicros == Instant.MicrosPerHour
                && reading.Register >= last.Register)
            {
                _hours[reading.At] = reading.Register.TenthsWh - last.Register.TenthsWh;
            }

            before = reading;
        }
    }

    /// <summary>
    /// Average of the hour that ends at an instant, rounded down, tenths of a watt-hour on the meter's own side; null
    /// where no earlier hour like it was read.
    /// </summary>
    public long? Of(Instant hourEnd) => Average(hourEnd, DaysPerWeek) ?? Average(hourEnd, 1);

    private long? Average(Instant hourEnd, int step)
    {
        var local = _zone.ToLocal(hourEnd);
        var (sum, count) = ((Int128)0, 0);
        for (var back = step; back <= _days; back += step)
        {
            if (!_hours.TryGetValue(_zone.ToInstant(local.AddDays(-back)), out var used)) continue;
            (sum, count) = (sum + used, count + 1);
        }

        return count == 0 ? null : (long)(sum / count);
    }
}

using Meters.Units;

namespace Meters.Control.Notices;

/// <summary>
/// Hours in which a phone stays silent, as the clocks of the place show them: on the day on which they are put forward
/// or back the quiet hours end when the clock shows so, or with the first moment after it that exists.
/// </summary>
/// <param name="Zone">Zone of the hours.</param>
/// <param name="FromMinute">First quiet minute of the local day, 0 to 1439.</param>
/// <param name="ToMinute">
/// First minute that is quiet no more, 0 to 1439; before <paramref name="FromMinute"/> the hours go over midnight,
/// equal to it there are none.
/// </param>
public sealed record QuietHours(LocalZone Zone, int FromMinute, int ToMinute)
{
    public const int MinutesPerDay = 1_440;

    /// <summary>A clock put back shows a stretch twice; nowhere is it longer.</summary>
    private static readonly TimeSpan OverlapMax = TimeSpan.FromHours(3);

    /// <summary>None at all.</summary>
    public static QuietHours None { get; } = new(LocalZone.Utc, 0, 0);

    public bool IsQuiet(Instant at)
    {
        var local = Zone.ToLocal(at);
        var minute = (local.Hour * 60) + local.Minute;
        return FromMinute <= ToMinute
            ? minute >= FromMinute && minute < ToMinute
            : minute >= FromMinute || minute < ToMinute;
    }

    /// <summary>This instant when it is not quiet, else the first one after it that is not.</summary>
    public Instant NextAllowed(Instant at)
    {
        if (!IsQuiet(at)) return at;
        var local = Zone.ToLocal(at);
        var end = local.Date.AddMinutes(ToMinute);
        if (end <= local) end = end.AddDays(1);
        var found = Zone.ToInstant(end);

        // The hour that a clock shows twice: its first time has passed, the second is meant.
        if (found <= at) found = Scan(at, at + OverlapMax);

        // The hour that a clock leaves out: it ends with the jump and not somewhere behind it.
        var jump = Scan(found - OverlapMax > at ? found - OverlapMax : at, found);
        return jump < found ? jump : found;
    }

    /// <summary>The first whole minute up to an end that is not quiet.</summary>
    private Instant Scan(Instant from, Instant end)
    {
        var minute = TimeSpan.FromMinutes(1);
        var at = new Instant(from.UnixMicros - (from.UnixMicros % (minute.Ticks / TimeSpan.TicksPerMicrosecond)));
        for (at += minute; at < end; at += minute)
        {
            if (!IsQuiet(at)) return at;
        }

        return end;
    }
}

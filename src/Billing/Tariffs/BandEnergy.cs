using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>Energy of a stretch of time by the bands of a version.</summary>
public static class BandEnergy
{
    private const long QuarterMicros = Instant.MicrosPerHour / 4;

    /// <summary>
    /// Energy of (from, to] in each band; between readings it lies on the straight line, rounded down at each change of
    /// band as it is rated.
    /// </summary>
    /// <param name="points">Energy so far at each reading; ascending.</param>
    /// <param name="version">Whose bands and zone.</param>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    public static Energy[] Of(
        IReadOnlyList<(Instant At, Int128 Usage)> points, TariffVersion version, Instant from, Instant to)
    {
        var used = new Int128[version.Calendar.Bands.Count];
        for (var i = 1; i < points.Count; i++)
        {
            var (t0, t1) = (points[i - 1].At.UnixMicros, points[i].At.UnixMicros);
            var start = Math.Max(t0, from.UnixMicros);
            var end = Math.Min(t1, to.UnixMicros);
            var before = UsageAt(points[i - 1], points[i], start);
            while (start < end)
            {
                var band = version.Calendar.BandAt(version.Zone, new(start));
                var next = NextChange(version, start, end, band);
                var after = UsageAt(points[i - 1], points[i], next);
                used[band] += after - before;
                (start, before) = (next, after);
            }
        }

        return [.. used.Select(tenths => new Energy((long)tenths))];
    }

    /// <summary>Bands change on quarters of an hour.</summary>
    private static long NextChange(TariffVersion version, long start, long end, int band)
    {
        var quarter = start - (start % QuarterMicros) + QuarterMicros;
        while (quarter < end && version.Calendar.BandAt(version.Zone, new(quarter)) == band) quarter += QuarterMicros;
        return Math.Min(quarter, end);
    }

    private static Int128 UsageAt((Instant At, Int128 Usage) a, (Instant At, Int128 Usage) b, long at) =>
        a.Usage + ((b.Usage - a.Usage) * (at - a.At.UnixMicros) / (b.At.UnixMicros - a.At.UnixMicros));
}

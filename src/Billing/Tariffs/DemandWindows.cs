using Meters.Units;

namespace Meters.Billing.Tariffs;

/// <summary>
/// Mean power over windows of the local clock. A window counts when readings stand around it and none of its intervals
/// is longer than the window, or than an hour: readings further apart than a short window give their own mean.
/// </summary>
public static class DemandWindows
{
    /// <summary>The shortest window.</summary>
    public const int MinutesMin = 5;

    internal const int MinutesPerDay = 1_440;

    private const long MicrosPerMinute = Instant.MicrosPerHour / 60;

    /// <summary>How long the windows of a version are; thirty minutes where none of its lines has demand.</summary>
    public static int MinutesOf(TariffVersion version) =>
        version.Lines.OfType<DemandLine>().Select(line => line.WindowMinutes)
            .Concat(version.Lines.OfType<TableLine>().Where(line => line.NeedsDemand).Select(l => l.WindowMinutes))
            .FirstOrDefault(30);

    /// <summary>
    /// The greatest mean of a window in (from, to] by the band that it begins in, in watts, half up. Readings outside
    /// say nothing, so that it does not matter when the one after the end arrives.
    /// </summary>
    /// <param name="points">Energy so far at each reading; ascending.</param>
    /// <param name="version">Whose bands, windows and zone.</param>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    public static long[] Watts(
        IReadOnlyList<(Instant At, Int128 Usage)> points, TariffVersion version, Instant from, Instant to)
    {
        points = [.. points.Where(point => point.At >= from && point.At <= to)];
        var minutes = MinutesOf(version);
        var length = minutes * MicrosPerMinute;
        var longest = Math.Max(length, Instant.MicrosPerHour);
        var watts = new long[version.Calendar.Bands.Count];
        if (points.Count < 2) return watts;
        var i = 1;
        var last = points[^1].At.UnixMicros - length;
        for (var start = NextStart(version.Zone, points[0].At.UnixMicros, length); start <= last;)
        {
            while (points[i].At.UnixMicros <= start) i++;
            if (Used(points, i, start, start + length, longest) is { } used)
            {
                // Tenths of a watt-hour in minutes.
                var mean = (long)(used * new Ratio(60, 10L * minutes)).RoundHalfUp();
                var band = version.Calendar.BandAt(version.Zone, new(start));
                if (mean > watts[band]) watts[band] = mean;
            }

            start = NextStart(version.Zone, start + length, length);
        }

        return watts;
    }

    /// <summary>Exact, on the straight lines; null where an interval is too long.</summary>
    private static Ratio? Used(
        IReadOnlyList<(Instant At, Int128 Usage)> points, int i, long start, long end, long longest)
    {
        var sum = default(Ratio);
        for (; i < points.Count && points[i - 1].At.UnixMicros < end; i++)
        {
            var (t0, t1) = (points[i - 1].At.UnixMicros, points[i].At.UnixMicros);
            if (t1 - t0 > longest) return null;
            var part = Math.Min(t1, end) - Math.Max(t0, start);
            sum += new Ratio(points[i].Usage - points[i - 1].Usage, t1 - t0) * part;
        }

        return sum;
    }

    /// <summary>The first multiple of the length since local midnight that is not before an instant.</summary>
    private static long NextStart(LocalZone zone, long micros, long length)
    {
        var local = zone.ToLocal(new(micros)).TimeOfDay.Ticks / TimeSpan.TicksPerMicrosecond;
        var past = local % length;
        return past == 0 ? micros : micros + length - past;
    }
}

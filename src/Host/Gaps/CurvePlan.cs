using Meters.Ingest.Gdw3761;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Gaps;

/// <summary>One request of a round.</summary>
/// <param name="Ranges">What it asks for.</param>
/// <param name="Readings">The missing readings in it.</param>
public sealed record CurveRequest(IReadOnlyList<CurveRange> Ranges, IReadOnlyList<MissingReading> Readings);

/// <summary>
/// Missing readings as requests: neighbouring hours of a meter as one range, several ranges in a frame.
/// </summary>
public static class CurvePlan
{
    /// <summary>A curve of a day: more in one range is not usual.</summary>
    private const int PointsPerRangeMax = 24;

    /// <summary>
    /// Requests for the oldest hours, as many hours as fit a round. An hour goes in with all its meters or not at all:
    /// only then is it known to have been asked for.
    /// </summary>
    /// <param name="missing">In order of point, then hour.</param>
    public static IReadOnlyList<CurveRequest> Of(
        IReadOnlyList<MissingReading> missing, LocalZone zone, GapOptions options)
    {
        ArgumentNullException.ThrowIfNull(missing);
        ArgumentNullException.ThrowIfNull(options);
        var hours = missing.Select(reading => reading.At).Distinct().Order().ToList();
        var requests = Requests(missing, zone, options);
        while (requests.Count > options.RequestsPerRoundMax && hours.Count > 1)
        {
            hours.RemoveRange((hours.Count + 1) / 2, hours.Count / 2);
            var last = hours[^1];
            requests = Requests(missing.Where(reading => reading.At <= last), zone, options);
        }

        return requests;
    }

    private static List<CurveRequest> Requests(
        IEnumerable<MissingReading> missing, LocalZone zone, GapOptions options)
    {
        var requests = new List<CurveRequest>();
        var (ranges, readings) = (new List<CurveRange>(), new List<MissingReading>());
        foreach (var range in Ranges(missing, zone))
        {
            if (ranges.Count == options.RangesPerRequestMax
                || (ranges.Count > 0 && readings.Count + range.Count > options.PointsPerRequestMax))
            {
                requests.Add(new(ranges, readings));
                (ranges, readings) = ([], []);
            }

            ranges.Add(new(range[0].Point, zone.ToLocal(range[0].At), checked((byte)range.Count)));
            readings.AddRange(range);
        }

        if (ranges.Count > 0) requests.Add(new(ranges, readings));
        return requests;
    }

    private static IEnumerable<List<MissingReading>> Ranges(IEnumerable<MissingReading> missing, LocalZone zone)
    {
        var range = new List<MissingReading>();
        foreach (var reading in missing)
        {
            if (range.Count > 0 && (range.Count == PointsPerRangeMax || !Follows(range[^1], reading, zone)))
            {
                yield return range;
                range = [];
            }

            range.Add(reading);
        }

        if (range.Count > 0) yield return range;
    }

    /// <summary>An hour later by the clock on the wall too: a range never reaches over a change of it.</summary>
    private static bool Follows(MissingReading before, MissingReading next, LocalZone zone)
    {
        var hour = TimeSpan.FromHours(1);
        return before.Point == next.Point && next.At - before.At == hour
            && zone.ToLocal(next.At) - zone.ToLocal(before.At) == hour;
    }
}

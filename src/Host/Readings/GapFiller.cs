using Meters.Billing.Estimation;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>
/// Billed registers without any reading at hours that nobody asks for any more, in order of channel, then hour; both
/// ends are included. Whoever asks terminals for missing hours answers it.
/// </summary>
public delegate Task<IReadOnlyList<(ChannelId Channel, Instant At)>> ExhaustedHours(
    Instant from, Instant to, int max, CancellationToken stopping);

/// <summary>
/// Estimates the gaps whose every missing hour was asked for in vain. A gap of which one hour may still come waits; so
/// does one whose hours were estimated before and nothing new is missing.
/// </summary>
public sealed class GapFiller(
    IStore store,
    ReadingDesk desk,
    ExhaustedHours exhausted,
    LocalZone zone,
    ReadingOptions options,
    TimeProvider clock)
{
    /// <returns>Values that were estimated.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var from = now - TimeSpan.FromHours(options.GapHoursMax);
        var missing = await exhausted(from, now, options.MissingPerRunMax, stopping);
        var filled = 0;
        foreach (var group in missing.GroupBy(one => one.Channel))
        {
            filled += await FillAsync(group.Key, [.. group.Select(one => one.At)], from, now, stopping);
        }

        return filled;
    }

    private async Task<int> FillAsync(
        ChannelId channel, HashSet<Instant> missing, Instant from, Instant now, CancellationToken stopping)
    {
        var limits = options.ToEstimation();
        var rows = await store.Queries.ReadingsAsync(
            channel, from - TimeSpan.FromDays(options.HistoryDays), now, options.RowsPerChannelMax, stopping);
        var readings = rows.Select(row => row.Reading).Where(reading => reading.Quality.IsRated()).ToList();
        var profile = new OwnProfile(readings, zone, limits.ProfileDays);
        var standing = readings.Select(reading => reading.At).ToHashSet();
        var filled = 0;
        foreach (var gap in Gap.In(readings))
        {
            // An estimate that stands is not made anew: a second one would stand against it.
            if (!gap.Hours.All(missing.Contains)) continue;
            if (GapEstimator.Estimate(gap, profile, limits) is { } estimate)
            {
                filled += await desk.EstimateAsync(estimate, stopping);
            }
        }

        var last = readings.FindLastIndex(reading => reading.Quality <= ReadingQuality.Edited);
        if (last < 0 || last != readings.Count - 1) return filled;
        var until = OpenEnd(readings[last].At, missing, standing);
        var open = GapEstimator.EstimateOpenEnd(readings[last], until, profile, limits);
        return open is null ? filled : filled + await desk.EstimateAsync(open, stopping);
    }

    /// <summary>The last hour after a reading up to which every hour is missing for good.</summary>
    private static Instant OpenEnd(Instant last, HashSet<Instant> missing, HashSet<Instant> standing)
    {
        var hour = last;
        while (true)
        {
            var into = hour.UnixMicros % Instant.MicrosPerHour;
            var next = new Instant(hour.UnixMicros - into + Instant.MicrosPerHour);
            if (!missing.Contains(next) || standing.Contains(next)) return hour;
            hour = next;
        }
    }
}

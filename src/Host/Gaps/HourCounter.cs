using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Gaps;

/// <summary>
/// Counts each hour for all concentrators, some time after its end: what was expected and what is stored. What comes
/// later is counted where it is looked for; what came by itself, when the hour is some hours and days old.
/// </summary>
public sealed class HourCounter(
    ICompletenessStore store, LiveRegistry registry, GapOptions options, GapMetrics metrics, TimeProvider clock)
{
    /// <summary>Concentrators counted by one statement.</summary>
    private const int ConcentratorsPerStatement = 500;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Ages, in hours, at which an hour that is not complete is counted once more.</summary>
    private static readonly int[] AgesCountedAgain = [6, 24, 72, 168];

    private Instant? _through;

    /// <summary>Counts the hours that are due. Returns how many.</summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var last = WholeHour(now - TimeSpan.FromMinutes(options.DelayMinutes));
        var keepFrom = last - TimeSpan.FromDays(options.KeptDaysMax);
        if (_through is null && await ThroughAsync(stopping) is null)
        {
            // A new store: what came before it was there is nobody's gap.
            await store.MoveThroughAsync(last, keepFrom, stopping);
            _through = last;
            return 0;
        }

        // After a long stop only hours that may still be asked for are worth counting.
        var from = Later(_through!.Value, last - TimeSpan.FromDays(options.DaysMax)) + Hour;
        var counted = 0;
        for (var hour = from; hour <= last; hour += Hour, counted++)
        {
            await CountAsync(hour, now, stopping);
            foreach (var age in AgesCountedAgain) await CountAgainAsync(hour - TimeSpan.FromHours(age), stopping);
            await store.MoveThroughAsync(hour, keepFrom, stopping);
            _through = hour;
        }

        return counted;
    }

    /// <summary>The latest hour that is counted; null before the first.</summary>
    public async Task<Instant?> ThroughAsync(CancellationToken stopping) =>
        _through ??= await store.CountedThroughAsync(stopping);

    private async Task CountAsync(Instant hour, Instant now, CancellationToken stopping)
    {
        var all = new List<HourCount>();
        foreach (var group in registry.Terminals.Select(t => t.Address).Order().GroupBy(t => LocalHour(t, hour)))
        {
            foreach (var chunk in group.Chunk(ConcentratorsPerStatement))
            {
                var counts = await store.CountAsync(chunk, group.Key, stopping);
                await store.KeepAsync(counts, now, stopping);
                all.AddRange(counts);
            }
        }

        metrics.Counted(all);
    }

    /// <summary>Only what is incomplete, and of no more meters than were expected then.</summary>
    private async Task CountAgainAsync(Instant hour, CancellationToken stopping)
    {
        foreach (var at in registry.Terminals.Select(t => LocalHour(t.Address, hour)).Distinct().Order().ToList())
        {
            var rows = (await store.IncompleteAsync(at, stopping)).ToDictionary(r => r.Count.Terminal, r => r.Count);
            foreach (var chunk in rows.Keys.Order().Chunk(ConcentratorsPerStatement))
            {
                var counts = await store.CountAsync(chunk, at, stopping);
                var came = counts
                    .Select(c => rows[c.Terminal] with { Stored = Math.Min(rows[c.Terminal].Expected, c.Stored) })
                    .Where(c => c != rows[c.Terminal])
                    .ToList();
                if (came.Count > 0) await store.KeepAsync(came, Instant.Never, stopping);
            }
        }
    }

    /// <summary>Points stand at whole hours of the terminal's own time, which need not be those of UTC.</summary>
    private Instant LocalHour(TerminalAddress terminal, Instant hour)
    {
        if (!registry.TryFind(terminal, out var entry)) return hour;
        return hour - TimeSpan.FromMinutes(entry.Zone.ToLocal(hour).Minute);
    }

    private static Instant WholeHour(Instant at) => new(at.UnixMicros - (at.UnixMicros % Instant.MicrosPerHour));

    private static Instant Later(Instant a, Instant b) => a > b ? a : b;
}

using Meters.Billing.Validation;
using Meters.Control.Cases;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>
/// Runs every check over the last whole day of every meter, against its own history. What is found goes to the work
/// queue, once: running again changes nothing.
/// </summary>
public sealed class ReadingChecker(
    IStore store, LiveRegistry registry, LocalZone zone, ReadingOptions options, TimeProvider clock)
{
    private static readonly RegisterKind[] Tariffs =
    [
        RegisterKind.ForwardActiveTariff1, RegisterKind.ForwardActiveTariff2, RegisterKind.ForwardActiveTariff3,
        RegisterKind.ForwardActiveTariff4,
    ];

    /// <returns>New findings.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var now = clock.Now();
        var today = zone.StartOf(ServiceDay.Of(DateOnly.FromDateTime(zone.ToLocal(now))));
        var found = 0;
        foreach (var meter in registry.Meters.OrderBy(meter => meter.Id))
        {
            if (registry.IsReplaced(meter.Id)) continue;
            var findings = await CheckAsync(meter, today, stopping);
            if (findings.Count > 0) found += await store.Work.RaiseAsync(findings, now, stopping);
        }

        return found;
    }

    private async Task<List<Finding>> CheckAsync(MeterRecord meter, Instant today, CancellationToken stopping)
    {
        var limits = options.ToChecks();
        var channel = new ChannelId(meter.Id, RegisterKind.ForwardActive);
        var since = today - TimeSpan.FromDays(limits.HistoryDays + 1);
        var readings = await ReadAsync(channel, since, today, stopping);
        if (readings.Count < 2) return [];
        var changes = registry.MultipliersOf(meter.Id).Select(one => new MultiplierFrom(one.From, one.Multiplier));
        var intervals = UsageIntervals.Of(readings, meter.Multiplier, [.. changes]);
        var days = UsageDays.Of(intervals, zone);
        var relay = meter.HasRelay ? await RelayAsync(meter.Account, today, stopping) : [];
        var yesterday = zone.StartOf(
            ServiceDay.Of(DateOnly.FromDateTime(zone.ToLocal(new(today.UnixMicros - 1)))));
        var average = UsageDays.Average(days.Where(day => day.To <= yesterday && day.Used > Energy.Zero));
        Finding?[] single =
        [
            LevelChecks.MultiplierStep(channel, days, limits),
            RelayChecks.ZeroForLong(channel, intervals, relay, limits),
            RelayChecks.DeadWhileOn(channel, intervals, relay, average, limits),
        ];
        return
        [
            .. LevelChecks.Spikes(channel, intervals, yesterday, limits),
            .. LevelChecks.Levels(channel, days, yesterday, limits),
            .. RelayChecks.Bypass(channel, intervals, relay, limits),
            .. await SumAsync(meter.Id, readings, yesterday, today, limits, stopping),
            .. single.OfType<Finding>(),
        ];
    }

    private async Task<IEnumerable<Finding>> SumAsync(
        MeterId meter,
        List<Reading> total,
        Instant from,
        Instant to,
        CheckOptions limits,
        CancellationToken stopping)
    {
        var tariffs = new List<IReadOnlyList<Reading>>();
        foreach (var kind in Tariffs) tariffs.Add(await ReadAsync(new(meter, kind), from, to, stopping));
        return RegisterSumCheck.Run(meter, total.FindAll(one => one.At >= from), tariffs, limits);
    }

    /// <summary>What is known of the relay: its last proven state, from when it was proven.</summary>
    private async Task<IReadOnlyList<RelaySpan>> RelayAsync(
        AccountId account, Instant until, CancellationToken stopping)
    {
        var image = await store.Control.FindCaseAsync(account, stopping);
        if (image is not { Case: { Actual: not Supply.Unknown } known } || known.ActualAt >= until) return [];
        return [new(known.ActualAt, until, known.Actual == Supply.Off)];
    }

    private async Task<List<Reading>> ReadAsync(
        ChannelId channel, Instant from, Instant to, CancellationToken stopping)
    {
        var rows = await store.Queries.ReadingsAsync(channel, from, to, options.RowsPerChannelMax, stopping);
        return [.. rows.Select(row => row.Reading).Where(reading => reading.Quality.IsRated())];
    }
}

using Meters.Units;

namespace Meters.Host.Bench.Guard;

/// <param name="Sent">Cuts that left.</param>
/// <param name="Quarantined">Cuts that wait for two people.</param>
/// <param name="Waiting">Cuts that are still queued: before their turn, or stopped.</param>
/// <param name="Alarms">Different alarms raised.</param>
/// <param name="Latency">99th percentile from payment to bytes.</param>
/// <param name="LatencyAlone">The same without a single cut.</param>
/// <param name="Worst">The longest of all.</param>
/// <param name="Faults">What did not hold.</param>
internal sealed record GuardTrialResult(
    int Sent, int Quarantined, int Waiting, int Alarms, TimeSpan Latency, TimeSpan LatencyAlone, TimeSpan Worst,
    IReadOnlyList<string> Faults);

/// <summary>One trial on a virtual clock: two processes, one store, and what happens to them.</summary>
internal static class GuardTrial
{
    private const int ReleasedMax = 500;
    private const decimal LatencyRatioMax = 1.2m;

    public static GuardTrialResult Run(GuardTrialPlan plan)
    {
        var (alone, _) = Play(plan, new(plan), withCuts: false);
        var store = new GuardTrialStore(plan);
        var (latencies, done) = Play(plan, store, withCuts: true);
        var faults = new GuardWindowCheck(plan).Faults(store.Sent);
        var waiting = store.Count(GuardTrialStore.CutState.Queued);
        if (store.Sent.Count + store.Quarantined + waiting != plan.Cuts) faults.Add("A cut was lost.");
        if (store.Quarantined > 0 && store.Alarms == 0) faults.Add("No alarm was raised.");

        // Nothing was released and nobody stopped: all but what the caps let go is in quarantine.
        if (plan.StoppedAt is null && plan.IsPaceBroken && plan.ReleasedAt is null && waiting > 0)
        {
            faults.Add($"{waiting} cuts are neither sent nor in quarantine.");
        }

        // Where nothing is out of the ordinary but the number, the pace alone keeps the cuts waiting.
        var mustQuarantine = plan.StoppedAt is null && (plan.IsPaceBroken || plan.Usual is not null);
        if (mustQuarantine && store.Quarantined == 0) faults.Add("Nothing was quarantined.");
        if (!done) faults.Add("Somebody who paid was not reconnected.");
        var (with, without) = (Percentile(latencies), Percentile(alone));
        if (with.Ticks > without.Ticks * LatencyRatioMax) faults.Add($"Reconnects took {with}, alone {without}.");
        return new(store.Sent.Count, store.Quarantined, waiting, store.Alarms, with, without, latencies[^1], faults);
    }

    private static (List<TimeSpan> Latencies, bool Done) Play(
        GuardTrialPlan plan, GuardTrialStore store, bool withCuts)
    {
        GuardTrialProcess[] processes = [new(0, plan, store), new(1, plan, store)];
        var (restarts, released) = (0, false);
        var end = GuardTrialPlan.Start + GuardTrialPlan.Length + TimeSpan.FromMinutes(5);
        while (true)
        {
            var next = processes[0].ReadyAt <= processes[1].ReadyAt ? processes[0] : processes[1];
            var real = next.ReadyAt;
            if (restarts < plan.Restarts.Length && plan.Restarts[restarts].At <= real)
            {
                var (process, at, down) = plan.Restarts[restarts++];
                processes[process].Restart(at, down);
                continue;
            }

            if (real > end) break;
            if (plan.StoppedAt <= real) store.IsStopped = true;
            if (withCuts && !released && plan.ReleasedAt <= real)
            {
                released = true;
                var cuts = store.Release(ReleasedMax);
                foreach (var process in processes) process.Requeue(cuts, real);
                continue;
            }

            next.Step(withCuts);
        }

        var latencies = processes.SelectMany(process => process.Latencies).Order().ToList();
        return (latencies, latencies.Count == processes.Sum(process => process.Reconnects));
    }

    private static TimeSpan Percentile(List<TimeSpan> sorted) => sorted[sorted.Count * 99 / 100];
}

using System.Diagnostics;
using System.Globalization;

namespace Meters.Host.Bench.Guard;

/// <param name="Trials">In memory, on a virtual clock.</param>
/// <param name="Seed">What the trials are drawn from.</param>
/// <param name="Cuts">Asked for at once in each.</param>
/// <param name="Store">Server for trials on a real store; null: none.</param>
/// <param name="StoreTrials">How many of those.</param>
public sealed record GuardBenchOptions(int Trials, int Seed, int Cuts, string? Store, int StoreTrials);

/// <summary>
/// 12 August 2020 replayed: a hundred thousand cuts asked for at once, by a fault, by one login or by a wrong tariff,
/// with two control processes that die in the middle. Counts the trials in which everything held.
/// </summary>
public sealed class GuardBench(GuardBenchOptions options, TextWriter progress)
{
    private const int ProgressEvery = 100;

    public async Task<BenchLine> RunAsync(CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        var held = 0;
        var lines = Enumerable.Range(0, options.Trials).AsParallel().AsOrdered()
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(stopping)
            .Select(trial => Run(trial));
        foreach (var (trial, plan, result) in lines)
        {
            if (result.Faults.Count == 0) held++;
            foreach (var fault in result.Faults)
            {
                await progress.WriteLineAsync($"FAILED: trial {trial} (seed {plan.Seed}, {plan.Cause}): {fault}");
            }

            if (trial % ProgressEvery != 0) continue;
            await progress.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"trial {trial}: {plan.Cause}, {result.Sent} cut, {result.Quarantined} quarantined, {result.Waiting} "
                + $"waiting, {result.Alarms} alarms, reconnect p99 {result.Latency.TotalMilliseconds:F1} ms (alone "
                + $"{result.LatencyAlone.TotalMilliseconds:F1}, worst {result.Worst.TotalMilliseconds:F0}), "
                + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s"));
        }

        var goal = options.Trials;
        if (options.Store is { } store)
        {
            goal += options.StoreTrials;
            held += await new GuardStoreTrials(store, options, progress).RunAsync(stopping);
        }

        return new("guard", held, null, null, goal, false, "trials", [held]);
    }

    /// <summary>A trial shares nothing with any other: as many run at once as there are processors.</summary>
    private (int Trial, GuardTrialPlan Plan, GuardTrialResult Result) Run(int trial)
    {
        var plan = GuardTrialPlan.Of(unchecked((options.Seed * 1_000_003) + trial), options.Cuts);
        return (trial, plan, GuardTrial.Run(plan));
    }
}

using System.Diagnostics;
using Meters.Host.Bench.Order;

namespace Meters.Host.Bench;

/// <param name="Permutations">How many ways of arrival, over all accounts.</param>
/// <param name="Seed">What accounts and arrivals are made from: the same again for the same seed.</param>
public sealed record OrderBenchOptions(int Permutations, int Seed);

/// <summary>
/// Design promise 4 in numbers: accounts with a month of readings, payments and corrections, each delivered in many
/// orders, batches and repetitions, with days closed and restarts anywhere. Every position and every charge must be the
/// same, bit for bit, as when everything came in order.
/// </summary>
public sealed class OrderBench(OrderBenchOptions options, TextWriter progress)
{
    private const int PermutationsOfOne = 50;
    private const int FaultsTold = 10;

    private long _inputs;
    private long _changes;
    private int _faults;

    /// <summary>How many permutations ended as they must; each one that did not is told.</summary>
    public async Task<BenchLine> RunAsync(CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        var (done, worlds) = (0, 0);
        await progress.WriteLineAsync($"seed {options.Seed}, {options.Permutations:N0} permutations");
        for (; done < options.Permutations; worlds++)
        {
            var count = Math.Min(PermutationsOfOne, options.Permutations - done);
            await OneAsync(worlds, count, stopping);
            done += count;
        }

        var seconds = (decimal)Stopwatch.GetElapsedTime(began).TotalSeconds;
        await progress.WriteLineAsync(
            $"{worlds:N0} accounts, {_inputs:N0} readings and payments and {_changes:N0} corrections delivered in "
            + $"{seconds:F1} s; {_faults:N0} permutations ended otherwise");
        return new(
            "order",
            options.Permutations - _faults,
            null,
            null,
            options.Permutations,
            LowerIsBetter: false,
            "permutations with the identical export",
            []);
    }

    private async Task OneAsync(int number, int permutations, CancellationToken stopping)
    {
        var world = OrderWorlds.Make(new(unchecked(options.Seed + (number * 7_919))));
        var expected = OrderDelivery.InOrder(world).Export();
        for (var p = 0; p < permutations; p++)
        {
            stopping.ThrowIfCancellationRequested();
            _inputs += world.Readings.Count + world.Payments.Count;
            _changes += world.Changes.Count;
            var fault = FaultOf(world, expected, unchecked((options.Seed * 31) + (number * 104_729) + p));
            if (fault is null) continue;
            if (_faults++ >= FaultsTold) continue;
            await progress.WriteLineAsync($"account {number}, permutation {p}: {fault}");
        }
    }

    private static string? FaultOf(OrderWorld world, string expected, int seed)
    {
        try
        {
            var export = OrderDelivery.Shuffled(world, new(seed)).Export();
            if (export == expected) return null;
            var lines = expected.Split('\n').Zip(export.Split('\n'));
            var (wanted, got) = lines.FirstOrDefault(pair => pair.First != pair.Second);
            return $"'{got}' instead of '{wanted}'";
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or OverflowException)
        {
            return fault.Message;
        }
    }
}

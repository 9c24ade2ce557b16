using System.Globalization;

namespace Meters.Tests;

/// <summary>Runs a property on many seeds. A failure names its seed; METERS_SEED=n replays just that one.</summary>
public static class Seeds
{
    public static void Run(int count, Action<Random> property, int first = 1)
    {
        foreach (var seed in Chosen(count, first))
        {
            try
            {
                property(new Random(seed));
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Failed on seed {seed}: METERS_SEED={seed} replays it.", fault);
            }
        }
    }

    public static async Task RunAsync(int count, Func<Random, Task> property, int first = 1)
    {
        foreach (var seed in Chosen(count, first))
        {
            try
            {
                await property(new Random(seed));
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Failed on seed {seed}: METERS_SEED={seed} replays it.", fault);
            }
        }
    }

    private static IEnumerable<int> Chosen(int count, int first) =>
        Environment.GetEnvironmentVariable("METERS_SEED") is { Length: > 0 } seed
            ? [int.Parse(seed, CultureInfo.InvariantCulture)]
            : Enumerable.Range(first, count);
}

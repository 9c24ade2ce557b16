using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Meters.Host.Bench.Races;
using Meters.Storage.Memory;

namespace Meters.Host.Bench;

/// <param name="Trials">Interleavings.</param>
/// <param name="Seed">Trial i is drawn from seed + i.</param>
public sealed record RaceBenchOptions(int Trials, int Seed);

/// <param name="Cut">Trials in which the cut left before the payment was durable.</param>
/// <param name="Chased">Of these, those whose reconnect followed.</param>
public sealed record RaceResult(
    int Trials, int Seed, decimal Seconds, long Turns, long Cut, long Chased, long Failed, IReadOnlyList<string> Told)
{
    private static readonly JsonSerializerOptions Form =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public bool Holds => Failed == 0;

    public string ToJson() => JsonSerializer.Serialize(this, Form);
}

/// <summary>
/// A payment against a dispatch in as many interleavings as asked for: never a cut after a durable payment, never a cut
/// before it without a chasing reconnect, never a command twice.
/// </summary>
public sealed class RaceBench(RaceBenchOptions options)
{
    private const int ToldMax = 20;

    public RaceResult Run(CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null); // Every turn is taken here, in the order drawn.
        try
        {
            using var ground = new RaceGround();
            var (turns, cut, chased, failed) = (0L, 0L, 0L, 0L);
            var told = new List<string>();
            for (var i = 0; i < options.Trials; i++)
            {
                stopping.ThrowIfCancellationRequested();
                var trial = new RaceTrial(ground, new MemoryStore(), unchecked(options.Seed + i));
                var faults = trial.Run();
                turns += trial.Turns;
                if (trial.WasCut) cut++;
                if (trial.WasChased) chased++;
                if (faults.Count == 0) continue;
                failed++;
                var which = unchecked(options.Seed + i).ToString(CultureInfo.InvariantCulture);
                if (told.Count < ToldMax) told.Add($"seed {which}: {string.Join("; ", faults)}");
            }

            var seconds = Math.Round((decimal)Stopwatch.GetElapsedTime(began).TotalSeconds, 1);
            return new(options.Trials, options.Seed, seconds, turns, cut, chased, failed, told);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}

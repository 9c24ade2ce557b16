using System.Numerics;

namespace Meters.Field.Load;

/// <summary>
/// Counts durations in buckets of an eighth of a power of two of microseconds. Thread-safe, 2 KB, never grows.
/// </summary>
internal sealed class Latencies
{
    private const int Buckets = 256;
    private readonly long[] _counts = new long[Buckets];

    public void Add(TimeSpan duration)
    {
        var micros = (ulong)Math.Max(1, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        Interlocked.Increment(ref _counts[Math.Min(BucketOf(micros), Buckets - 1)]);
    }

    /// <summary>Upper end of the bucket in which that share lies.</summary>
    /// <param name="perMille">1,000 is the largest.</param>
    public TimeSpan At(int perMille)
    {
        var total = _counts.Sum();
        var wanted = Math.Max(1, ((total * perMille) + 999) / 1_000);
        long seen = 0;
        for (var bucket = 0; bucket < Buckets && total > 0; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted) return TimeSpan.FromMicroseconds(UpperEnd(bucket));
        }

        return TimeSpan.Zero;
    }

    private static int BucketOf(ulong micros)
    {
        if (micros < 8) return (int)micros;
        var power = BitOperations.Log2(micros);
        return ((power - 2) * 8) + (int)((micros >> (power - 3)) & 7);
    }

    private static long UpperEnd(int bucket) =>
        bucket < 8 ? bucket : ((8L + (bucket & 7) + 1) << ((bucket >> 3) - 1)) - 1;
}

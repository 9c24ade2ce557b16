using Meters.Units;

namespace Meters.Host.Gaps;

/// <summary>
/// Waits that double up to a maximum, each shortened by up to a half so that concentrators which failed together are
/// not asked together again. Drawn from a seed: the same failure of the same concentrator waits equally long always.
/// </summary>
public static class BackOff
{
    /// <param name="failures">1 or more.</param>
    public static TimeSpan After(int failures, TerminalAddress terminal, GapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        ArgumentNullException.ThrowIfNull(options);
        var doublings = Math.Min(failures - 1, 20);
        var minutes = Math.Min((long)options.BackOffMinutes << doublings, options.BackOffMinutesMax);
        var half = minutes * Instant.MicrosPerMinute / 2;
        var jitter = (long)(Draw(options.Seed, terminal.Raw, failures) % (ulong)half);
        return TimeSpan.FromMicroseconds(half + jitter);
    }

    private static ulong Draw(long seed, uint terminal, int failures)
    {
        unchecked // A hash: overflow is meant.
        {
            var x = (ulong)seed + (terminal * 0x9E37_79B9_7F4A_7C15) + ((ulong)failures << 40);
            x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
            x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
            return x ^ (x >> 31);
        }
    }
}

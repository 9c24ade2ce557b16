namespace Meters.Field;

/// <summary>
/// Chance as a pure function: what a die shows depends on the seed and on what it is thrown for, never on how often or
/// in which order it was thrown. So a field behaves the same on a slow and a fast machine.
/// </summary>
public static class Dice
{
    /// <summary>64 evenly spread bits (the finalizer of SplitMix64, three rounds).</summary>
    public static ulong Hash(long seed, long first, long second, int purpose)
    {
        unchecked
        {
            var x = Mix((ulong)seed + 0x9E37_79B9_7F4A_7C15);
            x = Mix(x ^ ((ulong)first * 0xD6E8_FEB8_6659_FD93));
            return Mix(x ^ ((ulong)second * 0xA076_1D64_78BD_642F) ^ ((ulong)(uint)purpose << 40));
        }
    }

    /// <param name="bound">1 to 2^16; the unevenness is below one in 2^16.</param>
    public static int Below(ulong hash, int bound) => (int)(((hash >> 32) * (ulong)bound) >> 32);

    /// <summary>One of several draws out of one hash; each call moves <paramref name="state"/> on.</summary>
    public static int Draw(ref ulong state, int bound)
    {
        state = unchecked((state * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407); // Knuth's MMIX generator.
        return Below(state, bound);
    }

    public static bool Hits(int perMille, long seed, long first, long second, int purpose) =>
        perMille > 0 && Below(Hash(seed, first, second, purpose), 1_000) < perMille;

    private static ulong Mix(ulong x)
    {
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
            x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
            return x ^ (x >> 31);
        }
    }
}

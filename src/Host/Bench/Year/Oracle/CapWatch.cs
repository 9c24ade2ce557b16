using Meters.Units;

namespace Meters.Host.Bench.Year.Oracle;

/// <summary>
/// Counts what leaves: cuts in any quarter of an hour, commands in any second, commands in any minute to one
/// concentrator. Defaults of docs/limits.md.
/// </summary>
internal sealed class CapWatch(int accounts)
{
    private const int PerSecondMax = 50;
    private const int PerMinuteOfOneMax = 30;

    private readonly Queue<Instant> _cuts = new();
    private readonly Queue<Instant> _second = new();
    private readonly Dictionary<TerminalAddress, Queue<Instant>> _minutes = [];

    /// <summary>Half a percent of the accounts, at least 20.</summary>
    public int CutsMax { get; } = Math.Max(20, accounts * 50 / 10_000);

    public int CutsPeak { get; private set; }

    /// <summary>Null, or the limit that is exceeded by what leaves now.</summary>
    public string? Left(TerminalAddress to, bool cut, Instant at)
    {
        string? broken = null;
        if (cut)
        {
            var cuts = Count(_cuts, at, TimeSpan.FromMinutes(15));
            CutsPeak = Math.Max(CutsPeak, cuts);
            if (cuts > CutsMax) broken = "more cuts in a quarter of an hour than the guard's cap";
        }

        if (!_minutes.TryGetValue(to, out var minute)) _minutes.Add(to, minute = new());
        if (Count(_second, at, TimeSpan.FromSeconds(1)) > PerSecondMax)
        {
            broken ??= "more commands in a second than allowed";
        }

        if (Count(minute, at, TimeSpan.FromMinutes(1)) > PerMinuteOfOneMax)
        {
            broken ??= "more commands in a minute to one concentrator than allowed";
        }

        return broken;
    }

    private static int Count(Queue<Instant> queue, Instant at, TimeSpan window)
    {
        while (queue.TryPeek(out var oldest) && oldest + window <= at) queue.Dequeue();
        queue.Enqueue(at);
        return queue.Count;
    }
}

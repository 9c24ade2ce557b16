using System.Diagnostics.CodeAnalysis;
using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// One sliding limit for each key: what gives power back may use all of it, everything else only the limit less the
/// reserve. A key that was idle for a whole window is forgotten. Not thread-safe.
/// </summary>
internal sealed class ReservedWindows<TKey>(int limit, int reserve, TimeSpan window)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, ReservedWindow Window)>> _windows = [];
    private readonly LinkedList<(TKey Key, ReservedWindow Window)> _longestIdleFirst = new();

    public TimeSpan Length => window;

    public int Count => _windows.Count;

    public bool TryGet(TKey key, [NotNullWhen(true)] out ReservedWindow? found)
    {
        found = _windows.TryGetValue(key, out var node) ? node.Value.Window : null;
        return found is not null;
    }

    public void Take(TKey key, bool givesPower, Instant now)
    {
        if (_windows.TryGetValue(key, out var node))
        {
            _longestIdleFirst.Remove(node);
            _longestIdleFirst.AddLast(node);
        }
        else
        {
            node = _longestIdleFirst.AddLast((key, new ReservedWindow(limit, reserve, window)));
            _windows.Add(key, node);
        }

        node.Value.Window.Take(givesPower, now);
    }

    public void Forget(Instant now)
    {
        while (_longestIdleFirst.First is { } node && node.Value.Window.Latest + window <= now)
        {
            _longestIdleFirst.RemoveFirst();
            _windows.Remove(node.Value.Key);
        }
    }
}

/// <summary>A limit over all kinds, and a smaller one over those that do not give power back.</summary>
internal sealed class ReservedWindow(int limit, int reserve, TimeSpan window)
{
    private readonly SlidingWindowLimiter _all = new(limit, window);
    private readonly SlidingWindowLimiter _others = new(limit - reserve, window);

    public Instant Latest => _all.Latest;

    /// <param name="givesPower">Whether it is one of those that go first.</param>
    /// <param name="allMax">A lower limit over all, while the other side is slow.</param>
    /// <param name="othersMax">A lower limit over those that do not give power back.</param>
    public Instant FreeAt(bool givesPower, int allMax = int.MaxValue, int othersMax = int.MaxValue)
    {
        var all = _all.FreeAtWith(allMax);
        if (givesPower) return all;
        var others = _others.FreeAtWith(othersMax);
        return all > others ? all : others;
    }

    public void Take(bool givesPower, Instant now)
    {
        _all.Take(now);
        if (!givesPower) _others.Take(now);
    }
}

using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// At most <c>limit</c> in every window of the given length, wherever it begins: the last <c>limit</c> instants are
/// kept in a ring, and the next may come once the oldest of them is a whole window old. (A token bucket lets its burst
/// and a window's refill through within one window.) Constant time; not thread-safe: its owner is one loop.
/// </summary>
public sealed class SlidingWindowLimiter
{
    private readonly Instant[] _ring;
    private readonly TimeSpan _window;
    private int _oldest;
    private int _count;

    /// <param name="limit">1 or more.</param>
    /// <param name="window">Longer than zero; half open: two instants a whole window apart are not in one.</param>
    public SlidingWindowLimiter(int limit, TimeSpan window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        _ring = new Instant[limit];
        _window = window;
    }

    /// <summary>The latest instant taken; <see cref="Instant.MinValue"/> before the first.</summary>
    public Instant Latest => _count == 0 ? Instant.MinValue : _ring[(_oldest + _count - 1) % _ring.Length];

    /// <summary>When the next may be taken: in the past or now when it may be at once.</summary>
    public Instant FreeAt => _count < _ring.Length ? Instant.MinValue : _ring[_oldest] + _window;

    /// <summary>As <see cref="FreeAt"/>, with a lower limit for the moment.</summary>
    /// <param name="limit">Above the own limit, the own counts; below one, one.</param>
    public Instant FreeAtWith(int limit)
    {
        limit = Math.Clamp(limit, 1, _ring.Length);
        return _count < limit ? Instant.MinValue : _ring[(_oldest + _count - limit) % _ring.Length] + _window;
    }

    /// <summary>Takes one, or says when there will be room.</summary>
    /// <param name="now">Program's clock. A clock that has stepped back cannot make room earlier.</param>
    /// <param name="freeAt">Now when taken, else the first instant at which it can be.</param>
    public bool TryTake(Instant now, out Instant freeAt)
    {
        freeAt = FreeAt > now ? FreeAt : now;
        if (freeAt > now) return false;
        Take(now);
        return true;
    }

    /// <summary>Counts one that is already out, whether there was room or not.</summary>
    public void Take(Instant now)
    {
        // Instants in the ring never fall, so that the oldest is the first to leave every window.
        var at = now > Latest ? now : Latest;
        if (_count < _ring.Length)
        {
            _ring[(_oldest + _count) % _ring.Length] = at;
            _count++;
            return;
        }

        _ring[_oldest] = at;
        _oldest = (_oldest + 1) % _ring.Length;
    }

    /// <summary>Counts what was taken before a restart, in any order.</summary>
    public void Restore(IEnumerable<Instant> taken)
    {
        foreach (var at in taken.Order()) Take(at);
    }
}

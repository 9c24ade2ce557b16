using Meters.Units;

namespace Meters.Control.Limits;

/// <summary>
/// After a start, an outage or the release of the switch everything but reconnects begins slowly: what was wrong then
/// shows before it is everywhere.
/// </summary>
internal sealed class RampUp(int limit, int startPercent, TimeSpan length)
{
    private Instant? _begun;

    public void Begin(Instant now) => _begun = now;

    /// <summary>How many of the limit are allowed now; one at least.</summary>
    public int At(Instant now)
    {
        if (_begun is not { } begun) return limit;
        var passed = now - begun;
        if (passed >= length || length <= TimeSpan.Zero)
        {
            _begun = null;
            return limit;
        }

        var elapsed = Math.Max(0, passed.Ticks);
        var percent = startPercent + ((100 - startPercent) * elapsed / length.Ticks);
        return (int)Math.Max(1, limit * percent / 100);
    }
}

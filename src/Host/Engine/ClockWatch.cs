using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Whether the program's clock can be trusted: its time of day held against its own monotonic ticks. After a jump back
/// it is trusted again when it has caught up. After a jump ahead delays seem over that are not: it is trusted again
/// when it is put right, or when as much time has really passed as it jumped over, so that nothing comes early of it.
/// A clock that is wrong from the start cannot be told from one that is right.
/// </summary>
public sealed class ClockWatch(TimeProvider clock)
{
    /// <summary>Ahead by more than this is a jump: leap seconds and corrections by steps stay below it.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromSeconds(10);

    /// <summary>A jump ahead is doubted no shorter than this.</summary>
    public static readonly TimeSpan DoubtMin = TimeSpan.FromHours(1);

    /// <summary>And no longer: a machine that slept for a week must work again.</summary>
    public static readonly TimeSpan DoubtMax = TimeSpan.FromDays(1);

    private long _start = clock.GetTimestamp();
    private Instant _startedAt = clock.Now();
    private Instant _latest = Instant.Epoch;
    private (long Since, TimeSpan Jump)? _doubt;

    public bool IsSteady { get; private set; } = true;

    /// <summary>Latest instant that was observed and believed.</summary>
    public Instant Latest => _latest;

    public void Observe(Instant now)
    {
        var ahead = now - _startedAt - clock.GetElapsedTime(_start);
        if (ahead > AheadMax && !IsPast(ahead))
        {
            IsSteady = false;
            return;
        }

        _doubt = null;
        IsSteady = now >= _latest;
        var moved = ahead > AheadMax || ahead < -AheadMax;
        if (moved && IsSteady) (_start, _startedAt) = (clock.GetTimestamp(), now); // The next jump counts from here.
        if (now > _latest) _latest = now;
    }

    /// <summary>The doubt of a jump ahead is over. A further jump while it lasts begins it anew.</summary>
    private bool IsPast(TimeSpan ahead)
    {
        if (_doubt is not { } doubt || ahead > doubt.Jump + AheadMax)
        {
            _doubt = (clock.GetTimestamp(), ahead);
            return false;
        }

        var wait = doubt.Jump < DoubtMin ? DoubtMin : doubt.Jump > DoubtMax ? DoubtMax : doubt.Jump;
        return clock.GetElapsedTime(doubt.Since) >= wait;
    }
}

using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What must be well before anybody is cut: each part reports about itself.</summary>
public sealed class HealthMonitor(IReadOnlyList<ShardLane> lanes, TimeProvider clock)
{
    private readonly ClockWatch _clock = new(clock);

    /// <summary>How long one failure to reach the gateway counts, when no message has been tried since.</summary>
    public static readonly TimeSpan SmsDoubt = TimeSpan.FromMinutes(15);

    /// <summary>An interruption this long leaves a backlog: people could not pay, or were charged a heap.</summary>
    public static readonly TimeSpan BacklogFrom = TimeSpan.FromHours(1);

    private Instant? _smsFailedAt;
    private Instant? _badSince;
    private Instant _backlogEndedAt = Instant.Epoch;

    /// <summary>The SMS gateway took or plainly refused the last message, or has not failed for a while.</summary>
    public bool Sms => _smsFailedAt is not { } at || _clock.Latest - at > SmsDoubt;

    /// <summary>False from a jump of the program's clock until it is put right or has been waited out.</summary>
    public bool ClockSteady => _clock.IsSteady;

    public bool Store => lanes.All(l => l.IsHealthy);

    public void Observe(Instant now)
    {
        _clock.Observe(now);
        if (!Store || !Sms)
        {
            _badSince ??= now;
        }
        else if (_badSince is { } since)
        {
            if (now - since >= BacklogFrom) _backlogEndedAt = now;
            _badSince = null;
        }
    }

    /// <summary>What the gateway did with a message.</summary>
    public void ObserveSms(bool reached, Instant at) => _smsFailedAt = reached ? null : at;

    public HealthFacts Facts() => new(Payments: Store, Sms: Sms, Ingest: Store, Clock: ClockSteady, Store: Store)
    {
        BacklogEndedAt = _backlogEndedAt,
    };
}

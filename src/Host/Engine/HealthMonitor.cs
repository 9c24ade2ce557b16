using Meters.Control.Cases;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>What must be well before anybody is cut: each part reports about itself.</summary>
public sealed class HealthMonitor(IReadOnlyList<ShardLane> lanes)
{
    private Instant _latest = Instant.MinValue;

    /// <summary>The SMS gateway took or plainly refused the last message; false while it cannot be reached.</summary>
    public bool Sms { get; set; } = true;

    /// <summary>False from a jump backwards of the program's clock until it has caught up.</summary>
    public bool ClockSteady { get; private set; } = true;

    public bool Store => lanes.All(l => l.IsHealthy);

    public void Observe(Instant now)
    {
        ClockSteady = now >= _latest;
        if (now > _latest) _latest = now;
    }

    public HealthFacts Facts() => new(Payments: Store, Sms: Sms, Ingest: Store, Clock: ClockSteady, Store: Store);
}

using Meters.Host.Guard;

namespace Meters.Host.Engine;

/// <summary>The parts that decide and send commands.</summary>
public sealed partial class MetersEngine
{
    /// <summary>Looks at cases that are due.</summary>
    public ControlWorker Cases { get; }

    /// <summary>Hands queued commands to sessions, and follows each to its proof.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>The switch that stops all cuts, alarms, and what two people decide about quarantined cuts.</summary>
    public GuardDesk Guard { get; }

    /// <summary>The guard's sliding window.</summary>
    public TimeSpan GuardWindow => TimeSpan.FromMinutes(_setup.Guard.WindowMinutes);
}

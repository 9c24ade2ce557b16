using Meters.Host.Standings;

namespace Meters.Host.Scheduled;

/// <summary>Makes the value classes of a month when it has begun: purchases of the twelve months before it.</summary>
public sealed class ValueClassJob(StandingDesk standings) : IScheduledWork
{
    public string Name => "value-classes";

    /// <summary>Whether the month was made stands in the store: to ask costs one row.</summary>
    public TimeSpan Every => TimeSpan.FromHours(6);

    public Task RunAsync(CancellationToken stopping) => standings.MakeClassesAsync(stopping);
}

using Meters.Host.Readings;

namespace Meters.Host.Scheduled;

/// <summary>Estimates the hours that were asked for in vain.</summary>
public sealed class GapEstimateJob(GapFiller filler) : IScheduledWork
{
    public string Name => "gap-estimate";

    public TimeSpan Every => TimeSpan.FromHours(1);

    public Task RunAsync(CancellationToken stopping) => filler.RunAsync(stopping);
}

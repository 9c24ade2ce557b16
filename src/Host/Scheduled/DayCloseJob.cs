using Meters.Host.Engine;

namespace Meters.Host.Scheduled;

/// <summary>Posts the journal lines of the service days that are due.</summary>
public sealed class DayCloseJob(MetersEngine engine) : IScheduledWork
{
    public string Name => "day-close";

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public Task RunAsync(CancellationToken stopping) => engine.CloseDueDaysAsync(stopping);
}

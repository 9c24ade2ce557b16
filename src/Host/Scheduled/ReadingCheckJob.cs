using Meters.Host.Readings;

namespace Meters.Host.Scheduled;

/// <summary>Checks the readings of the last whole day; what is found is a work queue.</summary>
public sealed class ReadingCheckJob(ReadingChecker checker) : IScheduledWork
{
    public string Name => "reading-check";

    public TimeSpan Every => TimeSpan.FromHours(24);

    public Task RunAsync(CancellationToken stopping) => checker.RunAsync(stopping);
}

using Meters.Host.Roots;

namespace Meters.Host.Scheduled;

/// <summary>Sends the journal's root out of the store each minute.</summary>
public sealed class RootJob(RootExport roots) : IScheduledWork
{
    public string Name => "journal-root";

    public TimeSpan Every => TimeSpan.FromMinutes(1);

    public Task RunAsync(CancellationToken stopping) => roots.RunAsync(stopping);
}

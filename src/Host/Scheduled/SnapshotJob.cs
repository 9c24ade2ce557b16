using Meters.Host.Engine;

namespace Meters.Host.Scheduled;

/// <summary>
/// Writes the positions of all accounts as a cache, so that a start after a crash replays at most some hours.
/// </summary>
public sealed class SnapshotJob(MetersEngine engine) : IScheduledWork
{
    public string Name => "snapshot";

    public TimeSpan Every => TimeSpan.FromHours(6);

    public Task RunAsync(CancellationToken stopping) => engine.SnapshotAsync(stopping);
}

using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Closes service days when they are due. The due instant comes from the closed day, which the store keeps.
/// </summary>
public sealed class DayCloser(IReadOnlyList<ShardLane> lanes, EngineOptions options, TimeProvider clock)
{
    private TimeSpan Delay => TimeSpan.FromHours(options.DayCloseDelayHours);

    public Instant NextDue => lanes.Min(l => l.OpenEnd) + Delay;

    /// <summary>Closes every day that is due in every shard. Returns how many shard days were closed.</summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        var closed = 0;
        foreach (var lane in lanes)
        {
            while (lane.OpenEnd + Delay <= clock.Now())
            {
                var due = lane.OpenEnd;
                await lane.CallAsync(
                    (l, token) => l.OpenEnd == due ? l.CloseDayAsync(token) : Task.CompletedTask, stopping);
                closed++;
            }
        }

        return closed;
    }
}

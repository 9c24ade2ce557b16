using Meters.Billing.Accounts;
using Meters.Host.Readings;
using Meters.Host.Registry;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Brings readings and decisions to the lane that owns the meter.</summary>
public sealed class EngineReadings(LiveRegistry registry, IReadOnlyList<ShardLane> lanes) : IReadingLane
{
    public async Task<IReadOnlyList<ReadingStatus>> EnterAsync(EnteredReadings entered, CancellationToken stopping)
    {
        IReadOnlyList<ReadingStatus> outcomes = [.. entered.Readings.Select(_ => ReadingStatus.MeterUnknown)];
        if (LaneOf(entered.Channel.Meter) is not { } lane) return outcomes;
        await lane.CallAsync(async (l, token) => outcomes = await l.EnterAsync(entered, token), stopping);
        return outcomes;
    }

    public async Task<ReadingStatus> EditAsync(EnteredEdit edit, CancellationToken stopping)
    {
        var outcome = ReadingStatus.MeterUnknown;
        if (LaneOf(edit.Channel.Meter) is not { } lane) return outcome;
        await lane.CallAsync(async (l, token) => outcome = await l.EditAsync(edit, token), stopping);
        return outcome;
    }

    public async Task<bool> HoldAsync(BillingHold hold, CancellationToken stopping)
    {
        if (LaneOf(hold.Meter) is not { } lane) return false;
        await lane.CallAsync((l, token) => l.HoldAsync(hold, token), stopping);
        return true;
    }

    public async Task<bool> LiftAsync(HoldLift lift, CancellationToken stopping)
    {
        if (LaneOf(lift.Meter) is not { } lane) return false;
        await lane.CallAsync((l, token) => l.LiftAsync(lift, token), stopping);
        return true;
    }

    private ShardLane? LaneOf(MeterId meter)
    {
        var shard = registry.ShardOf(meter, -1);
        return shard < 0 || shard >= lanes.Count ? null : lanes[shard];
    }
}

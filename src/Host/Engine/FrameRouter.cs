using System.Collections.Concurrent;
using Meters.Host.Registry;
using Meters.Ingest.Sessions;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Sends a frame to the lanes that own its meters. Accounts of one concentrator share a shard, so it is one as a rule.
/// </summary>
public sealed class FrameRouter(LiveRegistry registry, IReadOnlyList<ShardLane> lanes,
    EngineOptions options) : IFrameSink
{
    private readonly ConcurrentDictionary<TerminalAddress, byte> _strangers = [];

    public async ValueTask AcceptAsync(ReceivedFrame frame, CancellationToken stopping)
    {
        var home = HomeOf(frame);
        if (!frame.Registered)
        {
            // Kept, bounded by address and by the number of addresses, and never confirmed.
            if (!_strangers.ContainsKey(frame.Terminal) && _strangers.Count >= options.UnregisteredAddressesMax)
            {
                frame.Complete(FrameOutcome.NotStored);
                return;
            }

            _strangers.TryAdd(frame.Terminal, 0);
            await lanes[home].EnqueueAsync(new FrameTicket(frame, 1, home), stopping);
            return;
        }

        var mask = MaskOf(frame, home);
        var ticket = new FrameTicket(frame, int.CreateChecked(ulong.PopCount(mask)), home);
        await lanes[home].EnqueueAsync(ticket, stopping);
        mask &= ~(1UL << home);
        if (mask == 0) return;

        // The raw frame is the home lane's, and stands before any reading of it does.
        await ticket.HomeAsync(stopping);
        for (var lane = 0; mask != 0; lane++, mask >>= 1)
        {
            if ((mask & 1) != 0) await lanes[lane].EnqueueAsync(ticket, stopping);
        }
    }

    private int HomeOf(ReceivedFrame frame) => lanes.Count == 1 ? 0 : registry.ShardOf(frame.Terminal, lanes.Count);

    private ulong MaskOf(ReceivedFrame frame, int home)
    {
        var mask = 1UL << home;
        if (lanes.Count == 1) return mask;
        foreach (ref readonly var reading in frame.Readings)
        {
            mask |= 1UL << registry.ShardOf(reading.Channel.Meter, home);
        }

        foreach (ref readonly var part in frame.Intervals) mask |= 1UL << registry.ShardOf(part.Channel.Meter, home);
        return mask;
    }
}

using Meters.Billing.Ledger;
using Meters.Units;

namespace Meters.Host.Bench.Order;

/// <summary>
/// One way in which a world's inputs arrive: readings in any order, some of them again and again, in batches of any
/// size; payments anywhere; what is put right in its recorded order; days closed, snapshots and restarts anywhere.
/// </summary>
internal static class OrderDelivery
{
    /// <summary>Everything once, as it happened.</summary>
    public static OrderRun InOrder(OrderWorld world)
    {
        var run = new OrderRun(world);
        var known = new Sequence(world, world.Readings.OrderBy(reading => reading.At).Cast<object>()
            .Concat(world.Changes).Concat(world.Payments));
        foreach (var (item, _) in known.Items()) Give(run, item);
        return End(world, run);
    }

    public static OrderRun Shuffled(OrderWorld world, Random random)
    {
        var items = world.Readings.Concat(world.Readings.Where(_ => random.Next(6) == 0))
            .OrderBy(reading => reading.At).Cast<object>().ToList();

        // Fully mixed, or in order but for a few.
        var spread = random.Next(2) == 0 ? items.Count : random.Next(2, 40);
        items = [.. items.Select((item, i) => (item, Key: i + random.Next(spread))).OrderBy(pair => pair.Key)
            .Select(pair => pair.item)];
        foreach (var payment in world.Payments) items.Insert(random.Next(items.Count + 1), payment);
        var place = 0;
        for (var left = world.Changes.Count; left > 0; left--)
        {
            // Evenly spread, or all at the end, or all at the beginning: as the first draws fall.
            place = random.Next(place, Math.Min(items.Count, place + (2 * (items.Count - place) / left)) + 1);
            items.Insert(place++, world.Changes[^left]);
        }

        return Give(world, random, new Sequence(world, items));
    }

    private static OrderRun Give(OrderWorld world, Random random, Sequence sequence)
    {
        var run = new OrderRun(world);
        var batch = new List<Reading>();
        var size = 1;
        foreach (var (item, first) in sequence.Items())
        {
            if (item is Reading reading && !first) batch.Add(reading);
            if (batch.Count < size && item is Reading && !first) continue;
            run.Take(batch);
            batch.Clear();
            size = random.Next(1, random.Next(2, 60));
            if (item is not Reading || first) Give(run, item);
            if (random.Next(14) == 0 && run.Book.ClosedThrough < world.CloseThrough) run.CloseDay();
            if (random.Next(6) == 0) run.TakeSnapshots();
            if (random.Next(6) == 0) run.Restart();
        }

        run.Take(batch);
        run.Restart();
        return End(world, run);
    }

    private static void Give(OrderRun run, object item)
    {
        if (item is Reading reading) run.Take([reading]);
        else if (item is PaymentOrder payment) run.Pay(payment);
        else run.Take((OrderChange)item);
    }

    private static OrderRun End(OrderWorld world, OrderRun run)
    {
        while (run.Book.ClosedThrough < world.CloseThrough) run.CloseDay();
        return run;
    }

    /// <summary>
    /// Holds back what cannot come yet: readings of a meter that nobody knows, and the taking out of a value that is
    /// not there.
    /// </summary>
    private sealed class Sequence(OrderWorld world, IEnumerable<object> items)
    {
        private readonly HashSet<MeterId> _known = [.. world.Meters.Select(meter => meter.Meter)];
        private readonly HashSet<(ChannelId, Instant)> _there = [];
        private readonly List<Reading> _waiting = [];

        /// <returns>True with a reading that must stand before what follows it.</returns>
        public IEnumerable<(object Item, bool First)> Items()
        {
            foreach (var item in items)
            {
                if (item is Reading reading && !_known.Contains(reading.Channel.Meter)) _waiting.Add(reading);
                else
                {
                    foreach (var before in Needed(item))
                    {
                        _there.Add((before.Channel, before.At));
                        yield return (before, true);
                    }

                    Note(item);
                    yield return (item, false);
                }

                if (item is not MeterChange change) continue;
                _known.Add(change.New.Meter);
                foreach (var late in _waiting.Where(late => late.Channel.Meter == change.New.Meter))
                {
                    Note(late);
                    yield return (late, false);
                }

                _waiting.RemoveAll(late => late.Channel.Meter == change.New.Meter);
            }
        }

        private void Note(object item)
        {
            if (item is Reading reading) _there.Add((reading.Channel, reading.At));
            if (item is EditChange edit) _there.Add((edit.Channel, edit.Edit.At));
        }

        private IEnumerable<Reading> Needed(object item)
        {
            if (item is not EditChange { Edit.Register: null } edit) return [];
            if (_there.Contains((edit.Channel, edit.Edit.At))) return [];
            return world.Readings.Where(one => one.Channel == edit.Channel && one.At == edit.Edit.At).Take(1);
        }
    }
}

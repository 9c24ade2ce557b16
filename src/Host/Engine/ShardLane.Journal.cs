using Meters.Billing.Journal;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Which closed days a commit touches: their readings are proven anew in the shard's chain.</summary>
public sealed partial class ShardLane
{
    private readonly HashSet<(AccountId Account, ServiceDay Day)> _changedDays = [];

    /// <summary>One comparison for each reading of the open day: whatever belongs to a closed one is rare.</summary>
    private void MarkChangedDays()
    {
        _changedDays.Clear();
        var closed = Book.ClosedEnd;
        foreach (var row in _commit.Readings)
        {
            if (row.Reading.At <= closed) MarkChangedDay(row.Reading.Channel, row.Reading.At);
        }

        foreach (var row in _commit.Replacements)
        {
            if (row.Reading.At <= closed) MarkChangedDay(row.Reading.Channel, row.Reading.At);
        }

        foreach (var change in _commit.ChargeChanges)
        {
            if (change.At <= closed) MarkChangedDay(change.Channel, change.At);
        }
    }

    private void MarkChangedDay(ChannelId channel, Instant at)
    {
        if (!_setup.Registry.TryMeter(channel.Meter, out var meter)) return;
        var zone = _setup.BillingZone;
        var day = zone.ServiceDayOfIntervalEnd(at);
        if (!_changedDays.Add((meter.Account, day))) return;
        _commit.ChangedDays.Add(new(meter.Account, day, zone.StartOf(day), zone.StartOf(day.AddDays(1))));
    }
}

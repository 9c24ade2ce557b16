using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Field;

/// <summary>A register reading that left the field.</summary>
/// <param name="Register">As sent: cut to 0.01 kWh and rolled over, as the meter shows it.</param>
/// <param name="Confirmed">An AFN 00 came back for it; never true of what was only an answer to a request.</param>
public readonly record struct SentReading(int Meter, Instant At, Energy Register, bool Confirmed);

/// <summary>A register that a meter answered to a 645 read: a reading of no particular hour.</summary>
/// <param name="At">The program's clock when the meter answered.</param>
public readonly record struct SpotReading(int Meter, Instant At, Energy Register);

/// <param name="At">When it moved, on the program's clock.</param>
public readonly record struct RelayMovement(int Meter, Instant At, RelayState State);

public readonly record struct AlarmChange(int Meter, Instant At, bool On);

/// <summary>What a meter made of a control command.</summary>
public enum ControlOutcome : byte
{
    Accepted,

    /// <summary>Level or password is not the meter's.</summary>
    NotAuthorised,

    /// <summary>Behind its deadline N3 to N8.</summary>
    Expired,

    /// <summary>Keep-power holds; nothing moved, whatever the answer said.</summary>
    KeptOn,
}

public readonly record struct ControlSeen(int Meter, Instant At, ControlCode Code, ControlOutcome Outcome);

/// <summary>
/// What really happened in the field, for checks that must not start from the service's store. Thread-safe. Its size is
/// bounded by the simulation: meters times hours for readings, one entry for each movement, alarm, command and 645
/// read. Meters are named by their index in the field.
/// </summary>
public sealed class Truth(int meters, bool recordReadings = true)
{
    private const byte Known = 1;
    private const byte Sent = 2;
    private const byte Confirmed = 4;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Hour> _hours = [];
    private readonly long[] _usedTenthsWh = new long[meters];
    private readonly List<RelayMovement> _movements = [];
    private readonly Dictionary<int, List<RelayMovement>> _movementsOf = [];
    private readonly Dictionary<int, bool> _alarms = [];
    private readonly List<AlarmChange> _alarmChanges = [];
    private readonly List<ControlSeen> _controls = [];
    private readonly List<SpotReading> _spotReadings = [];
    private long _newestKey = long.MinValue;
    private Hour? _newest;
    private long _readingsSent;
    private long _readingsConfirmed;
    private long _readingsRepeated;

    public int Meters => meters;

    /// <summary>Distinct (meter, instant) that left the field.</summary>
    public long ReadingsSent => Read(ref _readingsSent);

    /// <summary>Distinct (meter, instant) whose frame was confirmed.</summary>
    public long ReadingsConfirmed => Read(ref _readingsConfirmed);

    /// <summary>Readings that left the field more than once.</summary>
    public long ReadingsRepeated => Read(ref _readingsRepeated);

    public IReadOnlyList<RelayMovement> Movements => Snapshot(_movements);

    public IReadOnlyList<AlarmChange> AlarmChanges => Snapshot(_alarmChanges);

    /// <summary>Every 1CH command that reached a meter.</summary>
    public IReadOnlyList<ControlSeen> Controls => Snapshot(_controls);

    /// <summary>Forward active registers read through AFN 10; not among <see cref="ReadingsSent"/>.</summary>
    public IReadOnlyList<SpotReading> SpotReadings => Snapshot(_spotReadings);

    /// <summary>What the meter used, on the meter's own side, in all hours so far; exact, not cut.</summary>
    public Energy UsedBy(int meter)
    {
        lock (_gate) return new(_usedTenthsWh[meter]);
    }

    /// <summary>
    /// What the meter used in the hour that ends there; null where it is not known (a gap, or no such hour).
    /// </summary>
    public Energy? UsedBy(int meter, Instant hourEnd)
    {
        lock (_gate)
        {
            return _hours.TryGetValue(hourEnd.UnixMicros, out var hour) && (hour.Flags[meter] & Known) != 0
                ? new(hour.UsedTenthsWh[meter])
                : null;
        }
    }

    /// <summary>What the meter showed at that hour, sent or not; null for a gap.</summary>
    public Energy? RegisterOf(int meter, Instant hourEnd)
    {
        lock (_gate)
        {
            return _hours.TryGetValue(hourEnd.UnixMicros, out var hour) && (hour.Flags[meter] & Known) != 0
                ? new(hour.Shown[meter])
                : null;
        }
    }

    /// <summary>The meter's readings that left the field, by instant.</summary>
    public IReadOnlyList<SentReading> ReadingsOf(int meter)
    {
        var readings = new List<SentReading>();
        lock (_gate)
        {
            foreach (var (key, hour) in _hours) AddSent(readings, meter, key, hour);
        }

        return readings;
    }

    /// <summary>All readings of an instant that left the field, by meter.</summary>
    public IReadOnlyList<SentReading> ReadingsAt(Instant at)
    {
        var readings = new List<SentReading>();
        lock (_gate)
        {
            if (!_hours.TryGetValue(at.UnixMicros, out var hour)) return readings;
            for (var meter = 0; meter < meters; meter++) AddSent(readings, meter, at.UnixMicros, hour);
        }

        return readings;
    }

    /// <summary>Instants of which anything is known, ascending.</summary>
    public IReadOnlyList<Instant> Instants
    {
        get
        {
            lock (_gate) return [.. _hours.Keys.Select(key => new Instant(key))];
        }
    }

    /// <summary>
    /// State after every movement up to and including that instant; a meter that never moved is closed.
    /// </summary>
    public RelayState RelayAt(int meter, Instant at)
    {
        lock (_gate)
        {
            var state = RelayState.Closed;
            if (!_movementsOf.TryGetValue(meter, out var moves)) return state;
            foreach (var move in moves)
            {
                if (move.At <= at) state = move.State;
            }

            return state;
        }
    }

    /// <summary>State after every movement so far.</summary>
    public RelayState RelayOf(int meter) => RelayAt(meter, Instant.Never);

    public IReadOnlyList<RelayMovement> MovementsOf(int meter)
    {
        lock (_gate) return _movementsOf.TryGetValue(meter, out var moves) ? [.. moves] : [];
    }

    public bool AlarmIsOn(int meter)
    {
        lock (_gate) return _alarms.GetValueOrDefault(meter);
    }

    /// <summary>An hour is over for the meters from <paramref name="firstMeter"/> on.</summary>
    /// <param name="usedTenthsWh">-1 where nothing is known of the hour.</param>
    /// <param name="shown">Register as shown, tenths of a Wh.</param>
    internal void HourOver(int firstMeter, Instant hourEnd, ReadOnlySpan<int> usedTenthsWh, ReadOnlySpan<long> shown)
    {
        lock (_gate)
        {
            for (var i = 0; i < shown.Length; i++)
            {
                if (usedTenthsWh[i] > 0) _usedTenthsWh[firstMeter + i] += usedTenthsWh[i];
            }

            if (!recordReadings) return;
            var hour = HourOf(hourEnd.UnixMicros);
            for (var i = 0; i < shown.Length; i++)
            {
                if (usedTenthsWh[i] < 0) continue;
                hour.Shown[firstMeter + i] = shown[i];
                hour.UsedTenthsWh[firstMeter + i] = usedTenthsWh[i];
                hour.Flags[firstMeter + i] |= Known;
            }
        }
    }

    internal void WasSent(int firstMeter, ReadOnlySpan<Devices.PendingReading> readings) =>
        Mark(firstMeter, readings, Sent, ref _readingsSent);

    internal void WasConfirmed(int firstMeter, ReadOnlySpan<Devices.PendingReading> readings) =>
        Mark(firstMeter, readings, Confirmed, ref _readingsConfirmed);

    internal void Moved(RelayMovement movement)
    {
        lock (_gate)
        {
            _movements.Add(movement);
            if (!_movementsOf.TryGetValue(movement.Meter, out var moves)) _movementsOf.Add(movement.Meter, moves = []);
            moves.Add(movement);
        }
    }

    internal void Alarmed(AlarmChange change)
    {
        lock (_gate)
        {
            if (_alarms.GetValueOrDefault(change.Meter) == change.On) return;
            _alarms[change.Meter] = change.On;
            _alarmChanges.Add(change);
        }
    }

    internal void Controlled(ControlSeen seen)
    {
        lock (_gate) _controls.Add(seen);
    }

    internal void WasRead(SpotReading reading)
    {
        lock (_gate) _spotReadings.Add(reading);
    }

    private void Mark(int firstMeter, ReadOnlySpan<Devices.PendingReading> readings, byte flag, ref long distinct)
    {
        lock (_gate)
        {
            if (!recordReadings)
            {
                distinct += readings.Length; // Without a record there is nothing to be distinct from.
                return;
            }

            foreach (var reading in readings)
            {
                ref var flags = ref HourOf(reading.HourEnd.UnixMicros).Flags[firstMeter + reading.Place];
                if ((flags & flag) == 0) distinct++;
                else if (flag == Sent) _readingsRepeated++;
                flags |= flag;
            }
        }
    }

    private Hour HourOf(long key)
    {
        if (key == _newestKey && _newest is { } newest) return newest;
        if (!_hours.TryGetValue(key, out var hour)) _hours.Add(key, hour = new(meters));
        (_newestKey, _newest) = (key, hour);
        return hour;
    }

    private static void AddSent(List<SentReading> readings, int meter, long key, Hour hour)
    {
        var flags = hour.Flags[meter];
        if ((flags & Sent) != 0) readings.Add(new(meter, new(key), new(hour.Shown[meter]), (flags & Confirmed) != 0));
    }

    private long Read(ref long counter)
    {
        lock (_gate) return counter;
    }

    private List<T> Snapshot<T>(List<T> list)
    {
        lock (_gate) return [.. list];
    }

    private sealed class Hour(int meters)
    {
        public readonly long[] Shown = new long[meters];
        public readonly int[] UsedTenthsWh = new int[meters];
        public readonly byte[] Flags = new byte[meters];
    }
}

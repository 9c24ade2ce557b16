using Meters.Field.Households;
using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>What all concentrators of a field share.</summary>
/// <param name="Clock">The program's clock: deadlines, relays, reading times. May be moved by hand.</param>
/// <param name="Wire">The wall clock of sockets: time-outs, heartbeats, back-off.</param>
/// <param name="Connects">Lets only so many connections be opened at the same time.</param>
internal sealed record ConcentratorSetup(
    FieldOptions Options, IConsumption Consumption, Truth Truth, FieldCounters Counters,
    TimeProvider Clock, TimeProvider Wire,
    SemaphoreSlim Connects);

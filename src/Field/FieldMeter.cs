using Meters.Units;

namespace Meters.Field;

/// <summary>A concentrator of the field, as a registry needs it.</summary>
/// <param name="Zone">Id of the zone of its clock.</param>
/// <param name="Feeder">The feeder that it stands on; ten concentrators share one.</param>
public sealed record FieldTerminal(int Index, TerminalAddress Address, string Name, string Zone, string Feeder);

/// <summary>A meter of the field, as a registry needs it.</summary>
/// <param name="Index">Number in the field, from 0; what <see cref="Truth"/> is asked with.</param>
/// <param name="Point">Measuring point Pn at its terminal, from 1.</param>
/// <param name="Port">Port for AFN 10.</param>
/// <param name="FirstRegister">What it shows at the field's start, before the first hour.</param>
public readonly record struct FieldMeter(
    int Index, MeterId Id, MeterAddress Address, TerminalAddress Terminal, int Point, byte Port, int Multiplier,
    Energy FirstRegister, bool HasRelay);

using System.Globalization;
using Meters.Field;
using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Host.Cli;

/// <summary>What the field really did, by its own truth.</summary>
/// <param name="From">Instant of the opening registers.</param>
/// <param name="Until">End of the last hour pushed.</param>
/// <param name="ReadingsSent">Readings that went over the wire, each once.</param>
/// <param name="ReadingsConfirmed">Of these, confirmed by the service.</param>
public sealed record SimulateSummary(
    int Meters,
    int Concentrators,
    string From,
    string Until,
    int Hours,
    long ReadingsSent,
    long ReadingsConfirmed,
    long FramesSent,
    int Payments,
    int Cuts,
    int Closes,
    int Alarms)
{
    public static SimulateSummary Of(SimulatedField field, Instant until, int hours, int payments)
    {
        ArgumentNullException.ThrowIfNull(field);
        return new(
            field.Options.Meters,
            field.Concentrators.Count,
            field.Options.Start.ToString(),
            until.ToString(),
            hours,
            field.Truth.ReadingsSent,
            field.Truth.ReadingsConfirmed,
            field.Counters.FramesSent,
            payments,
            field.Truth.Movements.Count(movement => movement.State == RelayState.Open),
            field.Truth.Movements.Count(movement => movement.State == RelayState.Closed),
            field.Truth.AlarmChanges.Count(change => change.On));
    }

    public string ToText() => string.Create(CultureInfo.InvariantCulture,
        $"{Meters:N0} homes behind {Concentrators:N0} concentrators, {From} to {Until}: readings sent "
        + $"{ReadingsSent:N0}, confirmed {ReadingsConfirmed:N0}; "
        + $"cuts {Cuts:N0}, closed {Closes:N0}, alarms {Alarms:N0}.");
}

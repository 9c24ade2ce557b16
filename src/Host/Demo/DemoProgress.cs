using Meters.Field;
using Meters.Host.Engine;
using Meters.Ingest.Dlt645;
using Meters.Units;

namespace Meters.Host.Demo;

/// <summary>A line now and then: frames, readings, who is on, what was sent.</summary>
public sealed class DemoProgress(
    DemoOptions options, TextWriter writer, MetersEngine engine, SimulatedField field, DemoCustomers people)
{
    private readonly long _began = TimeProvider.System.GetTimestamp();

    public async Task HourAsync(int hour, Instant at, CancellationToken stopping)
    {
        if (hour % Math.Max(1, options.Hours / 12) != 0) return;
        stopping.ThrowIfCancellationRequested();
        var millis = Math.Max(1, (long)TimeProvider.System.GetElapsedTime(_began).TotalMilliseconds);
        var readings = engine.Metrics.ReadingsStored;
        var off = Enumerable.Range(0, options.Meters).Count(i => field.Truth.RelayOf(i) == RelayState.Open);
        var cuts = field.Truth.Movements.Count(m => m.State == RelayState.Open);
        var back = field.Truth.Movements.Count(m => m.State == RelayState.Closed);
        var frames = field.Counters.FramesConfirmed;
        await writer.WriteLineAsync(
            $"[{hour,4} h] {LocalZone.China.ToLocal(at):MM-dd HH:mm}  "
            + $"frames {frames:N0} ({frames * 1000 / millis:N0}/s)  "
            + $"readings {readings:N0} ({readings * 1000 / millis:N0}/s)  "
            + $"on {options.Meters - off:N0}  off {off:N0}  SMS {people.Sms.Count:N0}  alarms "
            + $"{field.Truth.AlarmChanges.Count(a => a.On):N0}  cuts {cuts:N0}  reconnects {back:N0}  "
            + $"payments {people.Payments.Count:N0}");
    }
}

using Meters.Units;

namespace Meters.Field.Households;

/// <summary>
/// A file's meters as the homes of a field: meter i replays the file's meter i modulo their number, and time is
/// shifted by a whole number of hours so that the field's first hour is the file's first hour. Behind the file's end
/// nothing is known.
/// </summary>
/// <param name="file">What was read.</param>
/// <param name="firstHourEnd">End of the field's first hour: its start plus one hour.</param>
public sealed class ReplayedConsumption(ConsumptionCsv file, Instant firstHourEnd) : IConsumption
{
    private readonly long _shiftMicros = file.FirstHourEnd.UnixMicros - firstHourEnd.UnixMicros;
    private readonly int _meters = file.Meters.Count;

    public bool TryUse(int meterIndex, Instant hourEnd, out Energy used) =>
        file.TryUse(meterIndex % _meters, new(hourEnd.UnixMicros + _shiftMicros), out used);
}

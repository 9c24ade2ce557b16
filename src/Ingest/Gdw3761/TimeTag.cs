namespace Meters.Ingest.Gdw3761;

/// <summary>
/// Tp: when a frame was sent and how late it may arrive.
/// <code>PFC 1 | A.16: second minute hour day | allowed delay 1, minutes</code>
/// </summary>
/// <param name="Counter">PFC, the sender's frame counter; its low nibble should be the PSEQ, and is not always.</param>
/// <param name="Day">1 to 31: the tag has neither month nor year.</param>
/// <param name="DelayMinutes">0 means that the receiver does not judge the delay.</param>
public readonly record struct TimeTag(byte Counter, int Day, int Hour, int Minute, int Second, byte DelayMinutes)
{
    public const int Bytes = 6;

    public static TimeTag Of(byte counter, DateTime sentLocal, byte delayMinutes) =>
        new(counter, sentLocal.Day, sentLocal.Hour, sentLocal.Minute, sentLocal.Second, delayMinutes);

    public static bool TryParse(ReadOnlySpan<byte> bytes, out TimeTag tag)
    {
        tag = default;
        if (bytes.Length != Bytes
            || !Bcd.TryReadByte(bytes[1], out var second) || second > 59
            || !Bcd.TryReadByte(bytes[2], out var minute) || minute > 59
            || !Bcd.TryReadByte(bytes[3], out var hour) || hour > 23
            || !Bcd.TryReadByte(bytes[4], out var day) || day is < 1 or > 31)
        {
            return false;
        }

        tag = new(bytes[0], day, hour, minute, second, bytes[5]);
        return true;
    }

    public void Write(Span<byte> sixBytes)
    {
        sixBytes[0] = Counter;
        sixBytes[1] = Bcd.WriteByte(Second);
        sixBytes[2] = Bcd.WriteByte(Minute);
        sixBytes[3] = Bcd.WriteByte(Hour);
        sixBytes[4] = Bcd.WriteByte(Day);
        sixBytes[5] = DelayMinutes;
    }

    /// <summary>
    /// Whether the frame arrived later than it allows, by the receiver's local clock. A tag from the future is not
    /// late.
    /// </summary>
    public bool IsLate(DateTime nowLocal) => DelayMinutes != 0
        && (Near(nowLocal) is not { } sent || nowLocal - sent > TimeSpan.FromMinutes(DelayMinutes));

    /// <summary>
    /// When it was sent, in the month that puts it nearest to <paramref name="nowLocal"/>; null for a day that none of
    /// the months around has.
    /// </summary>
    public DateTime? Near(DateTime nowLocal)
    {
        DateTime? nearest = null;
        for (var months = -1; months <= 1; months++)
        {
            var month = new DateTime(nowLocal.Year, nowLocal.Month, 1).AddMonths(months);
            if (Day > DateTime.DaysInMonth(month.Year, month.Month)) continue;
            var sent = new DateTime(month.Year, month.Month, Day, Hour, Minute, Second);
            if (nearest is null || (sent - nowLocal).Duration() < (nearest.Value - nowLocal).Duration()) nearest = sent;
        }

        return nearest;
    }
}

using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Devices;

/// <summary>
/// Spontaneous hourly curves: AFN 0D F101, C = C4, CON = 1, as many units in a frame as fit.
/// <code>C4 .. 0D SEQ | (DADT, A.15 start, 03, n, n x A.11)*</code>
/// </summary>
internal static class CurveFrames
{
    /// <summary>Frame around the units.</summary>
    public const int AroundBytes = FrameReader.OverheadBytes + FrameHeader.Bytes;

    /// <summary>Identifier, start, density and count.</summary>
    public const int UnitHeadBytes = Dadt.Bytes + Formats.A15Bytes + 2;

    public const byte Spontaneous = 0xC4;

    /// <summary>60 minutes.</summary>
    public const byte Hourly = 3;

    /// <summary>Byte of SEQ in a whole frame.</summary>
    public const int SeqAt = FrameReader.HeadBytes + 7;

    private const byte MissingByte = 0xEE;

    /// <summary>Builds one frame from the start of the readings, which are in order of meter, then hour.</summary>
    /// <param name="to">Its length is the largest frame.</param>
    /// <param name="taken">How many readings went in; at least one.</param>
    /// <returns>Bytes of the frame.</returns>
    public static int Build(Span<byte> to, TerminalAddress address, int pseq, LocalZone zone, int pointsPerUnitMax,
        ReadOnlySpan<PendingReading> readings, out int taken)
    {
        var frame = new FrameBuilder(to);
        frame.Begin(Spontaneous, address, 0, Afn.HistoryData, (byte)(LinkFrames.OneFrame | LinkFrames.Con | pseq));
        var free = Math.Min(to.Length, FrameReader.FrameBytesMax) - AroundBytes;
        taken = 0;
        while (taken < readings.Length)
        {
            var pointsMax = Math.Min(pointsPerUnitMax, (free - UnitHeadBytes) / Formats.A11Bytes);
            if (pointsMax < 1) break;
            var first = readings[taken];
            var (count, points) = Extent(readings[taken..], pointsMax);
            frame.Unit(first.Place + 1, RequestFrames.CurveForwardActiveFn);
            Formats.WriteA15(zone.ToLocal(first.HourEnd), frame.Take(Formats.A15Bytes));
            frame.Byte(Hourly);
            frame.Byte((byte)points);
            var values = frame.Take(points * Formats.A11Bytes);
            if (count < points) values.Fill(MissingByte);
            foreach (var reading in readings.Slice(taken, count))
            {
                var at = HoursBetween(first.HourEnd, reading.HourEnd) * Formats.A11Bytes;
                Formats.WriteA11(new(reading.Shown), values.Slice(at, Formats.A11Bytes));
            }

            taken += count;
            free -= UnitHeadBytes + (points * Formats.A11Bytes);
        }

        return frame.End();
    }

    /// <summary>
    /// The readings of the first one's meter that fit one curve, and the points from the first to the last of them.
    /// </summary>
    private static (int Count, int Points) Extent(ReadOnlySpan<PendingReading> readings, int pointsMax)
    {
        var (count, points) = (1, 1);
        for (; count < readings.Length && readings[count].Place == readings[0].Place; count++)
        {
            var next = HoursBetween(readings[0].HourEnd, readings[count].HourEnd) + 1;
            if (next > pointsMax) break;
            points = next;
        }

        return (count, points);
    }

    private static int HoursBetween(Instant from, Instant to) =>
        (int)((to.UnixMicros - from.UnixMicros) / Instant.MicrosPerHour);
}

using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>Decodes a kept frame once more: its point may be registered by now.</summary>
public static class FrameAgain
{
    /// <summary>From the first 68H to the second one.</summary>
    private const int HeadBytes = 6;

    /// <summary>Check sum and 16H.</summary>
    private const int TailBytes = 2;

    /// <summary>
    /// The registers in a data frame; interval energies, other frames and unknown points give none.
    /// </summary>
    /// <param name="frame">As it was received.</param>
    /// <param name="entry">The terminal, as it is registered now.</param>
    /// <param name="point">Only of this point; null: of all.</param>
    public static IReadOnlyList<Reading> Readings(RawFrame frame, TerminalEntry entry, int? point)
    {
        var bytes = frame.Bytes.Span;
        if (bytes.Length <= HeadBytes + TailBytes) return [];
        var userData = bytes[HeadBytes..^TailBytes];
        if (!FrameHeader.TryParse(userData, out var header) || !header.FromTerminal
            || header.Afn is not (Afn.CurrentData or Afn.HistoryData))
        {
            return [];
        }

        var points = new DecodedPoints();
        new UnitReader(header.Afn, header.Units(userData), entry.Zone, points).ReadAll();
        var readings = new List<Reading>();
        for (var i = 0; i < points.Count; i++)
        {
            if (points.IsInterval(i) || (point is { } wanted && points.Pn[i] != wanted)) continue;
            if (!entry.TryMeterOfPoint(points.Pn[i], out var meter)) continue;
            var channel = new ChannelId(entry.MeterThen(meter, points.At[i]), points.Register[i]);
            readings.Add(new(channel, points.At[i], points.Value[i], ReadingQuality.Actual, frame.Id));
        }

        return readings;
    }
}

using Meters.Ingest.Gdw3761;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit;

/// <summary>Decodes the raw frames of an account's readings again and compares each register with its row.</summary>
internal sealed class FrameCheck(RegistryImage registry, Findings findings)
{
    /// <summary>Frames in memory at once.</summary>
    private const int FramesAtOnce = 1_000;

    private readonly Dictionary<(TerminalAddress, int), MeterId> _meters =
        registry.Meters.ToDictionary(m => (m.Terminal, m.Point), m => m.Id);

    private readonly Dictionary<TerminalAddress, LocalZone> _zones = registry.Terminals.ToDictionary(
        t => t.Address, t => LocalZone.TryParse(t.Zone, out var zone) ? zone : LocalZone.Utc);

    private readonly DecodedPoints _points = new();

    /// <summary>Readings that stand so in their frame.</summary>
    public long Equal { get; private set; }

    /// <summary>Readings without a frame, or with one that is not of the kinds that are decoded here.</summary>
    public long Without { get; private set; }

    public async Task RunAsync(AuditAccount account, IAuditSource source)
    {
        var byFrame = account.Readings.GroupBy(r => r.Frame).Chunk(FramesAtOnce);
        foreach (var chunk in byFrame)
        {
            var frames = await source.FramesAsync([.. chunk.Select(g => g.Key)]);
            foreach (var rows in chunk)
            {
                if (frames.TryGetValue(rows.Key, out var frame)) Compare(frame, rows);
                else Without += rows.Count();
            }
        }
    }

    private void Compare(RawFrame frame, IEnumerable<AuditReading> rows)
    {
        var found = Decode(frame);
        foreach (var row in rows)
        {
            if (found is null || row.Quality != (long)ReadingQuality.Actual)
            {
                Without++; // A meter's own answer, or a value that a person or an interval gave.
                continue;
            }

            if (found.TryGetValue((row.Channel, row.At), out var register) && register == row.Register)
            {
                Equal++;
                continue;
            }

            var what = found.ContainsKey((row.Channel, row.At))
                ? $"It is {row.Register}; its raw frame says {register}, in tenths of a watt-hour."
                : "Its raw frame does not have it.";
            findings.Add("frames", Places.Reading(row.Channel, row.At), what);
        }
    }

    private Dictionary<(long Channel, long At), long>? Decode(RawFrame frame)
    {
        var bytes = frame.Bytes.Span;
        var whole = FrameReader.Check(bytes, FrameReader.FrameBytesMax, out var length);
        if (whole != FrameStatus.Complete || length != bytes.Length
            || !FrameHeader.TryParse(bytes[FrameReader.HeadBytes..^2], out var header))
        {
            findings.Add("frames", $"raw_frame {frame.Id.Value}", "Its bytes are no frame.");
            return null;
        }

        if (header.Afn is not (Afn.CurrentData or Afn.HistoryData)) return null;
        var zone = _zones.GetValueOrDefault(frame.Terminal, LocalZone.Utc);
        new UnitReader(header.Afn, header.Units(bytes[FrameReader.HeadBytes..^2]), zone, _points).ReadAll();
        var found = new Dictionary<(long, long), long>();
        for (var i = 0; i < _points.Count; i++)
        {
            if (_points.IsInterval(i)) continue;
            if (!_meters.TryGetValue((frame.Terminal, _points.Pn[i]), out var meter)) continue;
            var channel = new ChannelId(meter, _points.Register[i]);
            found[(channel.Value, _points.At[i].UnixMicros)] = _points.Value[i].TenthsWh;
        }

        return found;
    }
}

using Meters.Storage.Contract;

namespace Meters.Host.Audit.Frames;

/// <summary>
/// The other way round: whatever a confirmed frame says of a registered meter stands somewhere, as a reading, as the
/// same value again, in quarantine, or under a person's word.
/// </summary>
internal sealed class FrameRecall(MeterPlaces places, IAuditSource source, Findings findings)
{
    /// <summary>Values that are looked up together.</summary>
    public const int PointsAtOnce = 100_000;

    /// <summary>Values without a reading that are looked up in quarantine together.</summary>
    public const int MissesAtOnce = 10_000;

    private const string Check = "unplaced";
    private const int Decided = 3;
    private const int Removed = 12;
    private const long MicrosPerMinute = 60_000_000;

    private readonly List<Value> _values = [];
    private readonly List<(Value Value, string What)> _misses = [];
    private long _latest = long.MinValue;

    /// <summary>Frames of before are not looked at, microseconds since 1970.</summary>
    public long Since { get; init; } = long.MinValue;

    public long Frames { get; private set; }

    /// <summary>Values of registered meters that were looked for.</summary>
    public long Looked { get; private set; }

    public async Task RunAsync(CancellationToken stopping)
    {
        var after = long.MinValue;
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var page = await source.FramesAfterAsync(after, Since, AccountFrames.FramesAtOnce);
            if (page.Count == 0) break;
            after = page[^1].Id.Value;
            foreach (var raw in page)
            {
                Take(raw);
                if (_values.Count >= PointsAtOnce) await LookAsync();
            }
        }

        await LookAsync();
        // A frame of several shards is stored by one of them a moment before the others store its readings.
        _misses.RemoveAll(miss => miss.Value.IsShared && miss.Value.ReceivedAt > _latest - MicrosPerMinute);
        await TellAsync();
    }

    private void Take(RawFrame raw)
    {
        Frames++;
        _latest = Math.Max(_latest, raw.ReceivedAt.UnixMicros);
        if (PlainDocument.Is(raw.Bytes.Span)) return; // What of it was taken names it.
        if (PlainFrame.Read(raw.Bytes.Span, places.ZoneOf(raw.Terminal)) is not { } frame)
        {
            findings.Add(Check, Place(raw.Id.Value), "Its bytes are no frame.");
            return;
        }

        if (frame.Address != raw.Terminal.Raw)
        {
            findings.Add(Check, Place(raw.Id.Value), "Its bytes are another terminal's frame.");
            return;
        }

        var first = _values.Count;
        foreach (var point in frame.Points)
        {
            var meters = places.AtPoint(raw.Terminal, point.Pn).ToArray();
            Add(raw, meters, point.Pn, point.Register, point.At, point.Minutes == 0 ? point.TenthsWh : null);
        }

        if (frame.Answer is { } answer)
        {
            var meters = places.OfAddress(raw.Terminal, answer.Address).ToArray();
            Add(raw, meters, 0, answer.Register, raw.ReceivedAt.UnixMicros, answer.TenthsWh);
        }

        var own = _values[first..];
        if (own.Select(value => value.Shard).Distinct().Count() < 2) return;
        for (var i = first; i < _values.Count; i++) _values[i] = _values[i] with { IsShared = true };
    }

    private void Add(RawFrame raw, MeterRecord[] meters, int pn, int register, long at, long? tenthsWh)
    {
        if (meters.Length == 0) return;
        Looked++;
        var channels = Array.ConvertAll(meters, meter => (meter.Id.Value << 4) | (long)register);
        _values.Add(new(
            raw.Id.Value, raw.ReceivedAt.UnixMicros, pn, at, tenthsWh, channels, places.ShardOf(meters[0])));
    }

    private async Task LookAsync()
    {
        foreach (var group in _values.GroupBy(value => value.At))
        {
            var channels = group.SelectMany(value => value.Channels).Distinct().ToList();
            var rows = (await source.ReadingsAtAsync(group.Key, channels)).ToDictionary(row => row.Channel);
            foreach (var value in group)
            {
                if (Missed(value, rows) is { } what) _misses.Add((value, what));
            }

            if (_misses.Count >= MissesAtOnce) await TellAsync();
        }

        _values.Clear();
    }

    private static string? Missed(Value value, Dictionary<long, AuditReading> rows)
    {
        string? other = null;
        foreach (var channel in value.Channels)
        {
            if (!rows.TryGetValue(channel, out var row)) continue;

            // What differs from its own frame is named where the reading is compared with it.
            if (value.TenthsWh is not { } shown || row.Register == shown || row.Frame == value.Frame
                || row.Quality is Decided or Removed)
            {
                return null;
            }

            other = $"Raw frame {value.Frame} says {shown}; {row.Register} stands there, and the other value nowhere.";
        }

        return other ?? FormattableString.Invariant(
            $"Raw frame {value.Frame} has {value.TenthsWh} for it, in tenths of a watt-hour, and it stands nowhere.");
    }

    /// <summary>Those that no item of the quarantine explains.</summary>
    private async Task TellAsync()
    {
        foreach (var chunk in _misses.Chunk(MissesAtOnce))
        {
            var items = await source.QuarantinedAsync([.. chunk.Select(miss => miss.Value.Frame).Distinct()]);
            var values = items.Select(item => (item.Frame, item.Channel, item.At)).ToHashSet();
            var points = items.Where(item => item.Channel is null).Select(item => (item.Frame, item.Point)).ToHashSet();
            foreach (var (value, what) in chunk)
            {
                if (points.Contains((value.Frame, value.Pn))) continue;
                if (value.Channels.Any(channel => values.Contains((value.Frame, channel, value.At)))) continue;
                findings.Add(Check, Places.Reading(value.Channels[^1], value.At), what, Place(value.Frame));
            }
        }

        _misses.Clear();
    }

    private static string Place(long frame) => FormattableString.Invariant($"raw_frame {frame}");

    /// <param name="TenthsWh">Null for an interval's energy, which is no register.</param>
    /// <param name="Channels">Of every meter that ever stood at the point.</param>
    private readonly record struct Value(
        long Frame, long ReceivedAt, int Pn, long At, long? TenthsWh, long[] Channels, int Shard)
    {
        public bool IsShared { get; init; }
    }
}

using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Audit.Frames;

/// <summary>Where each meter stood and when. One point may have been several meters' one after the other.</summary>
internal sealed class MeterPlaces
{
    private readonly Dictionary<long, MeterRecord> _meters;
    private readonly ILookup<(TerminalAddress, int), MeterRecord> _atPoint;
    private readonly ILookup<(TerminalAddress, long), MeterRecord> _ofAddress;
    private readonly Dictionary<long, long> _installed;
    private readonly Dictionary<long, long> _removed;
    private readonly Dictionary<long, long> _replacedBy;
    private readonly Dictionary<TerminalAddress, LocalZone> _zones;
    private readonly Dictionary<long, int> _shards;

    public MeterPlaces(RegistryImage registry)
    {
        _meters = registry.Meters.ToDictionary(m => m.Id.Value);
        _atPoint = registry.Meters.ToLookup(m => (m.Terminal, m.Point));
        _ofAddress = registry.Meters.ToLookup(m => (m.Terminal, m.Address.Digits));
        _installed = registry.MeterChanges.ToDictionary(c => c.NewMeter.Value, c => c.At.UnixMicros);
        _removed = registry.MeterChanges.ToDictionary(c => c.OldMeter.Value, c => c.At.UnixMicros);
        _replacedBy = registry.MeterChanges.ToDictionary(c => c.OldMeter.Value, c => c.NewMeter.Value);
        _zones = registry.Terminals.ToDictionary(
            t => t.Address, t => LocalZone.TryParse(t.Zone, out var zone) ? zone : LocalZone.Utc);
        _shards = registry.Accounts.ToDictionary(a => a.Id.Value, a => a.Shard);
    }

    public MeterRecord? Of(long channel) => _meters.GetValueOrDefault(channel >> 4);

    public LocalZone ZoneOf(TerminalAddress terminal) => _zones.GetValueOrDefault(terminal, LocalZone.Utc);

    /// <summary>All meters that ever stood at a point.</summary>
    public IEnumerable<MeterRecord> AtPoint(TerminalAddress terminal, int point) => _atPoint[(terminal, point)];

    public IEnumerable<MeterRecord> OfAddress(TerminalAddress terminal, long address) =>
        _ofAddress[(terminal, address)];

    /// <summary>The same register of the meter that took this one's place.</summary>
    public long? ReplacedBy(long channel) =>
        _replacedBy.TryGetValue(channel >> 4, out var meter) ? (meter << 4) | (channel & 15) : null;

    public int ShardOf(MeterRecord meter) => _shards.GetValueOrDefault(meter.Account.Value);

    /// <summary>In words, where a meter cannot have been read at an instant; null where it can.</summary>
    public string? WhyNot(long meter, long at) =>
        _installed.TryGetValue(meter, out var came) && at < came ? "Its meter was installed later."
        : _removed.TryGetValue(meter, out var went) && at > went ? "Its meter had been taken away."
        : null;
}

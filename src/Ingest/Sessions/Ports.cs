using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Meters.Units;

namespace Meters.Ingest.Sessions;

/// <summary>Who may send, and what their points are. Asked once a frame: it must answer from memory.</summary>
public interface ITerminalDirectory
{
    bool TryFind(TerminalAddress address, [NotNullWhen(true)] out TerminalEntry? entry);
}

/// <summary>Where frames become durable.</summary>
public interface IFrameSink
{
    /// <summary>
    /// Takes the frame over until it calls <see cref="ReceivedFrame.Complete"/>, exactly once. Awaiting is
    /// back-pressure: the session stops reading, and TCP slows the terminal down.
    /// </summary>
    ValueTask AcceptAsync(ReceivedFrame frame, CancellationToken stopping);
}

/// <summary>Ids of raw frames, unique over restarts. Called from many threads.</summary>
public interface IFrameIds
{
    FrameId Next();
}

/// <summary>Told what a registered terminal's clock seems to show.</summary>
public interface IClockObserver
{
    /// <summary>
    /// Called by sessions, for each frame that says: answers from memory, from any thread. Not proof: a frame may have
    /// been on its way for long, and one that is repeated carries the time of its first sending.
    /// </summary>
    /// <param name="drift">How far ahead of the program's clock; negative behind it.</param>
    void Observed(TerminalAddress terminal, TimeSpan drift);
}

/// <param name="Now">The meter that stands at the point today.</param>
/// <param name="Before">The meter that it, or the one before it, took the place of.</param>
/// <param name="Until">Readings up to and including this instant are the earlier meter's.</param>
public readonly record struct FormerMeter(MeterId Now, MeterId Before, Instant Until);

/// <summary>A registered terminal: its zone and which meter stands behind a point or an address. Immutable.</summary>
public sealed class TerminalEntry
{
    private readonly MeterId[] _meterOfPoint;
    private readonly FrozenDictionary<MeterAddress, MeterId> _meterOfAddress;
    private readonly FormerMeter[] _former;

    /// <param name="meterOfPoint">By Pn, 1 to 2040. Meter numbers are positive.</param>
    /// <param name="meterOfAddress">By the meter's own twelve digits.</param>
    /// <param name="former">Meters that stood at points before; in any order.</param>
    public TerminalEntry(TerminalAddress address, LocalZone zone,
        IReadOnlyDictionary<int, MeterId> meterOfPoint, IReadOnlyDictionary<MeterAddress, MeterId> meterOfAddress,
        IReadOnlyCollection<FormerMeter>? former = null)
    {
        _former = former is null ? [] : [.. former.OrderBy(one => one.Now).ThenBy(one => one.Until)];
        (Address, Zone) = (address, zone);
        _meterOfPoint = new MeterId[meterOfPoint.Count == 0 ? 0 : meterOfPoint.Keys.Max() + 1];
        foreach (var (pn, meter) in meterOfPoint)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(pn, nameof(meterOfPoint));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(pn, Gdw3761.Dadt.PnMax, nameof(meterOfPoint));
            _meterOfPoint[pn] = meter;
        }

        _meterOfAddress = meterOfAddress.ToFrozenDictionary();
    }

    public TerminalAddress Address { get; }

    public LocalZone Zone { get; }

    public bool TryMeterOfPoint(int pn, out MeterId meter)
    {
        meter = (uint)pn < (uint)_meterOfPoint.Length ? _meterOfPoint[pn] : default;
        return meter.Value > 0;
    }

    /// <summary>Whose a reading of that instant is: the point's meter of then.</summary>
    /// <param name="meter">The point's meter of today.</param>
    public MeterId MeterThen(MeterId meter, Instant at)
    {
        foreach (ref readonly var one in _former.AsSpan()) // As good as always empty.
        {
            if (one.Now == meter && at <= one.Until) return one.Before;
        }

        return meter;
    }

    public bool TryMeterOfAddress(MeterAddress address, out MeterId meter) =>
        _meterOfAddress.TryGetValue(address, out meter);
}

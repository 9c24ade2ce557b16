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

/// <summary>A registered terminal: its zone and which meter stands behind a point or an address. Immutable.</summary>
public sealed class TerminalEntry
{
    private readonly MeterId[] _meterOfPoint;
    private readonly FrozenDictionary<MeterAddress, MeterId> _meterOfAddress;

    /// <param name="meterOfPoint">By Pn, 1 to 2040. Meter numbers are positive.</param>
    /// <param name="meterOfAddress">By the meter's own twelve digits.</param>
    public TerminalEntry(TerminalAddress address, LocalZone zone,
        IReadOnlyDictionary<int, MeterId> meterOfPoint, IReadOnlyDictionary<MeterAddress, MeterId> meterOfAddress)
    {
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

    public bool TryMeterOfAddress(MeterAddress address, out MeterId meter) =>
        _meterOfAddress.TryGetValue(address, out meter);
}

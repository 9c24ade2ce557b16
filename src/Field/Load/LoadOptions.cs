using System.ComponentModel.DataAnnotations;
using System.Net;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field.Load;

/// <summary>A load without lives: terminals that push as fast as they are confirmed.</summary>
public sealed class LoadOptions
{
    public required IPEndPoint Endpoint { get; init; }

    [Range(1, 20_000)] public int Terminals { get; init; } = 200;

    [Range(1, Dadt.PnMax)] public int MetersPerTerminal { get; init; } = 100;

    /// <summary>Unconfirmed frames of a terminal.</summary>
    [Range(1, 8)] public int FramesOutstanding { get; init; } = 4;

    /// <summary>Largest frame, in bytes: 230 hold 14 single points.</summary>
    [Range(64, FrameReader.FrameBytesMax)] public int FrameBytesMax { get; init; } = 230;

    /// <summary>Hours in one unit. A push of hours must be a multiple of it.</summary>
    [Range(1, 24)] public int PointsPerUnit { get; init; } = 1;

    public LocalZone Zone { get; init; } = LocalZone.China;

    /// <summary>What register every meter had at the epoch of the load; meters differ by a little.</summary>
    public Energy FirstRegister { get; init; } = Energy.FromKwh(1_000);

    /// <summary>Each meter's energy of each hour, in steps of 0.01 kWh.</summary>
    [Range(0, 1_000)] public int StepsPerHour { get; init; } = 37;

    [Range(1, 1_000_000_000_000_000)] public long FirstMeterNumber { get; init; } = 7_110_000_001;

    [Range(1, 900_000_000_000)] public long FirstMeterAddress { get; init; } = 270_300_000_001;

    [Range(0, 9_000)] public int Region { get; init; } = 5_101;

    [Range(1, 45_000)] public int FirstTerminal { get; init; } = 1;

    [Range(1, 1_024)] public int ConnectsAtOnce { get; init; } = 64;

    public int Meters => Terminals * MetersPerTerminal;

    internal int UnitBytes => Dadt.Bytes + Formats.A15Bytes + 2 + (PointsPerUnit * Formats.A11Bytes);

    internal int UnitsPerFrame =>
        (FrameBytesMax - FrameReader.OverheadBytes - FrameHeader.Bytes) / UnitBytes;

    /// <summary>Everything that is wrong, as sentences; empty when it can run.</summary>
    public IReadOnlyList<string> Check()
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(this, new(this), results, validateAllProperties: true);
        var faults = results.ConvertAll(result => result.ErrorMessage ?? "An option is out of range.");
        if (UnitsPerFrame < 1) faults.Add($"A unit of {PointsPerUnit} points does not fit {FrameBytesMax} bytes.");
        return faults;
    }

    internal TerminalAddress TerminalOf(int terminal) => TerminalAddress.Of(Region, FirstTerminal + terminal);
}

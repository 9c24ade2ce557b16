using System.ComponentModel.DataAnnotations;
using System.Net;
using Meters.Ingest.Gdw3761;
using Meters.Units;

namespace Meters.Field;

/// <summary>A field: how many meters, where they report to, how they behave.</summary>
public sealed class FieldOptions
{
    /// <summary>Where the service listens. Must be set before the field starts.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Loopback, 0);

    [Range(1, 2_000_000)] public int Meters { get; init; } = 300;

    /// <summary>The last concentrator takes the rest.</summary>
    [Range(1, Dadt.PnMax)] public int MetersPerConcentrator { get; init; } = 100;

    public long Seed { get; init; } = 1;

    /// <summary>Of all clocks in the field.</summary>
    public LocalZone Zone { get; init; } = LocalZone.China;

    /// <summary>
    /// A whole hour, at which every meter shows its first register; the first hour ends one hour later.
    /// </summary>
    public Instant Start { get; init; } = Instant.Utc(2026, 3, 1);

    /// <summary>Number of the first meter; the others count on.</summary>
    [Range(1, 1_000_000_000_000_000)] public long FirstMeterNumber { get; init; } = 6_110_000_001;

    /// <summary>DL/T 645 address of the first meter; the others count on.</summary>
    [Range(1, 990_000_000_000)] public long FirstMeterAddress { get; init; } = 260_300_000_001;

    /// <summary>A1 of the first concentrator; behind terminal 65,535 the next region begins.</summary>
    [Range(0, 9_000)] public int Region { get; init; } = 4_403;

    /// <summary>A2 of the first concentrator.</summary>
    [Range(1, 65_535)] public int FirstTerminal { get; init; } = 1;

    /// <summary>First registers lie between these, by seed; in whole steps of 0.01 kWh.</summary>
    public Energy FirstRegisterMin { get; init; } = Energy.FromKwh(100);

    public Energy FirstRegisterMax { get; init; } = Energy.FromKwh(20_000);

    /// <summary>Largest data frame, in bytes. Frames on a mobile network are 20 to 300 bytes as a rule.</summary>
    [Range(64, FrameReader.FrameBytesMax)] public int FrameBytesMax { get; init; } = 300;

    /// <summary>Largest number of hours in one curve; one-hour pushes have one unless hours were held back.</summary>
    [Range(1, 24)] public int PointsPerUnitMax { get; init; } = 24;

    /// <summary>Unconfirmed data frames of a concentrator; the protocol's usual case is 1.</summary>
    [Range(1, 8)] public int FramesOutstanding { get; init; } = 1;

    /// <summary>Wait for a confirm before the frame is sent again, in seconds on the wire clock.</summary>
    [Range(1, 3_600)] public int ConfirmTimeoutSeconds { get; init; } = 10;

    /// <summary>Repeats before the concentrator gives the connection up and dials again.</summary>
    [Range(0, 100)] public int RepeatsMax { get; init; } = 3;

    /// <summary>In seconds on the wire clock.</summary>
    [Range(1, 3_600)] public int HeartbeatSeconds { get; init; } = 60;

    /// <summary>Wait before the first new attempt, in seconds on the wire clock; doubled up to the maximum.</summary>
    [Range(1, 3_600)] public int ReconnectSeconds { get; init; } = 1;

    [Range(1, 3_600)] public int ReconnectSecondsMax { get; init; } = 60;

    /// <summary>Connections that are being opened at the same time.</summary>
    [Range(1, 1_024)] public int ConnectsAtOnce { get; init; } = 64;

    /// <summary>From the accepted command to the movement of the relay, on the program's clock.</summary>
    public TimeSpan RelayDelay { get; init; }

    /// <summary>
    /// After "permit close", how long it takes somebody to press the button, on the program's clock; null: nobody does
    /// until <see cref="SimulatedField.PressButton"/>.
    /// </summary>
    public TimeSpan? ButtonDelay { get; init; } = TimeSpan.Zero;

    /// <summary>Six digits that a control command must carry.</summary>
    [Range(0, 999_999)] public int MeterPassword { get; init; }

    /// <summary>
    /// A trip under keep-power: true answers "accepted" and moves nothing, false refuses. Both occur.
    /// </summary>
    public bool KeepPowerAccepts { get; init; }

    /// <summary>False keeps no register per hour, for benchmarks: then curves cannot be asked for either.</summary>
    public bool RecordReadings { get; init; } = true;

    public FieldFaults Faults { get; init; } = FieldFaults.None;

    public int Concentrators => ((Meters - 1) / MetersPerConcentrator) + 1;

    /// <summary>Everything that is wrong, as sentences; empty when it can run.</summary>
    public IReadOnlyList<string> Check()
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(this, new(this), results, validateAllProperties: true);
        Validator.TryValidateObject(Faults, new(Faults), results, validateAllProperties: true);
        var faults = results.ConvertAll(result => result.ErrorMessage ?? "An option is out of range.");
        if (Start.UnixMicros % Instant.MicrosPerHour != 0) faults.Add($"Start {Start} is no whole hour.");
        if (ReconnectSeconds > ReconnectSecondsMax) faults.Add("ReconnectSeconds is above ReconnectSecondsMax.");
        if (RelayDelay < TimeSpan.Zero || ButtonDelay < TimeSpan.Zero) faults.Add("A delay is negative.");
        if (FirstRegisterMin < Energy.Zero || FirstRegisterMax < FirstRegisterMin)
        {
            faults.Add("FirstRegisterMin and FirstRegisterMax are no range.");
        }

        return faults;
    }

    internal TerminalAddress TerminalOf(int concentrator)
    {
        var number = FirstTerminal - 1 + concentrator;
        return TerminalAddress.Of(Region + (number / 65_535), (number % 65_535) + 1);
    }

    internal FieldMeter MeterOf(int index)
    {
        const int FirstRegisterPurpose = 100;
        var steps = ((FirstRegisterMax.TenthsWh - FirstRegisterMin.TenthsWh) / Formats.A11Step) + 1;
        var step = (long)(Dice.Hash(Seed, index, 0, FirstRegisterPurpose) % (ulong)steps);
        var first = new Energy(((FirstRegisterMin.TenthsWh / Formats.A11Step) + step) * Formats.A11Step);
        return new(index, new(FirstMeterNumber + index), new(FirstMeterAddress + index),
            TerminalOf(index / MetersPerConcentrator), (index % MetersPerConcentrator) + 1, 31, 1, first, true);
    }
}

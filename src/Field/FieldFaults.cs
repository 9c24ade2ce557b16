using System.ComponentModel.DataAnnotations;

namespace Meters.Field;

/// <summary>
/// What goes wrong, as chances out of 1,000, thrown with <see cref="Dice"/> on the field's seed. All are off by
/// default. Every fault is one that the protocol heals: nothing is lost for good, so a truth stays comparable; an hour
/// that is lost is there for who asks.
/// </summary>
public sealed class FieldFaults
{
    public static readonly FieldFaults None = new();

    /// <summary>Twin reports and meters that come late: what every network has.</summary>
    public static readonly FieldFaults Mild = new() { DuplicatePerMille = 20, SilentMeterPerMille = 5 };

    /// <summary>Per meter and hour: no answer for that hour; its readings follow with a later push.</summary>
    [Range(0, 1_000)] public int SilentMeterPerMille { get; init; }

    /// <summary>
    /// Per meter and hour: the concentrator never pushes it, and gives it only to who asks for it (AFN 0D F101).
    /// </summary>
    [Range(0, 1_000)] public int LostHourPerMille { get; init; }

    /// <summary>
    /// Seconds by which a concentrator's clock is off at most when it starts, ahead or behind, by seed.
    /// </summary>
    [Range(0, 1_000_000)] public int ClockDriftSecondsMax { get; init; }

    /// <summary>Per concentrator and span of <see cref="OfflineHours"/>: no connection, back-fill afterwards.</summary>
    [Range(0, 1_000)] public int OfflinePerMille { get; init; }

    /// <summary>Hours that a concentrator stays away once it is offline.</summary>
    [Range(1, 1_000)] public int OfflineHours { get; init; } = 3;

    /// <summary>Per frame: its first sending is lost; the repeat after the time-out arrives.</summary>
    [Range(0, 1_000)] public int LostFramePerMille { get; init; }

    /// <summary>Per frame: its first sending has a wrong checksum.</summary>
    [Range(0, 1_000)] public int BadChecksumPerMille { get; init; }

    /// <summary>
    /// Per frame: once confirmed it is sent again, with a new PSEQ, as terminals do after a reconnect.
    /// </summary>
    [Range(0, 1_000)] public int DuplicatePerMille { get; init; }

    /// <summary>Per frame and per answer of a meter: four FE bytes in front.</summary>
    [Range(0, 1_000)] public int PreamblePerMille { get; init; }

    /// <summary>Per send: the bytes leave in several pieces.</summary>
    [Range(0, 1_000)] public int CutPerMille { get; init; }

    /// <summary>Per frame: a heartbeat is glued in front of it, in one segment.</summary>
    [Range(0, 1_000)] public int GluedPerMille { get; init; }
}

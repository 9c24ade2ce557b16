using System.ComponentModel.DataAnnotations;
using Meters.Ingest.Gdw3761;
using Microsoft.Extensions.Options;

namespace Meters.Ingest.Sessions;

/// <summary>
/// Limits of the terminal side. Seconds are on the wall clock, also where the program's time runs fast.
/// </summary>
public sealed class IngestOptions
{
    /// <summary>Largest accepted frame, in bytes. The default is the largest that the protocol can state.</summary>
    [Range(64, FrameReader.FrameBytesMax)] public int FrameBytesMax { get; set; } = FrameReader.FrameBytesMax;

    /// <summary>
    /// Silence after which a session ends. Terminals beat every 1 to 15 minutes: the default is two beats and a half.
    /// </summary>
    [Range(5, 86_400)] public int IdleSecondsMax { get; set; } = 2_250;

    /// <summary>Time from the first byte of a frame to its last.</summary>
    [Range(1, 3_600)] public int IncompleteFrameSecondsMax { get; set; } = 60;

    /// <summary>Time from the connection to its first valid frame.</summary>
    [Range(1, 3_600)] public int FirstLoginSecondsMax { get; set; } = 120;

    /// <summary>Time that a terminal may leave our bytes unread.</summary>
    [Range(1, 3_600)] public int OutgoingStallSecondsMax { get; set; } = 60;

    /// <summary>Time for an answer to a link test, when a second connection brings the same address.</summary>
    [Range(1, 60)] public int LinkTestSecondsMax { get; set; } = 5;

    /// <summary>Bytes between two frames that belong to none.</summary>
    [Range(64, 1_048_576)] public int NoiseBytesMax { get; set; } = 4_096;

    /// <summary>Frames of one session that the sink has and has not completed. Full means the terminal waits.</summary>
    [Range(1, 10_000)] public int FramesOutstandingMax { get; set; } = 64;

    /// <summary>Frames of one session that wait to be sent.</summary>
    [Range(8, 20_000)] public int OutgoingFramesMax { get; set; } = 256;

    /// <summary>Requests of one session that wait for the one before them.</summary>
    [Range(1, 10_000)] public int RequestsQueuedMax { get; set; } = 64;

    /// <summary>Sessions of the whole service.</summary>
    [Range(1, 1_000_000)] public int SessionsMax { get; set; } = 20_000;

    /// <summary>Sessions of one remote address. Terminals of a private network often share one.</summary>
    [Range(1, 1_000_000)] public int SessionsPerRemoteMax { get; set; } = 20_000;

    /// <summary>Frame objects kept for reuse, over all sessions.</summary>
    [Range(0, 100_000)] public int FramesPooledMax { get; set; } = 1_024;

    /// <summary>PW of commands to terminals, 16 bytes as hex digits. It is sent in clear and is no secret.</summary>
    [RegularExpression("^[0-9A-Fa-f]{32}$")] public string TerminalPasswordHex { get; set; } = new('0', 32);
}

[OptionsValidator]
public sealed partial class IngestOptionsRanges : IValidateOptions<IngestOptions>;

/// <summary>What must hold between the limits.</summary>
public sealed class IngestOptionsRelations : IValidateOptions<IngestOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        List<string> faults = [];
        if (options.OutgoingFramesMax < options.FramesOutstandingMax + 8)
        {
            faults.Add("Ingest:OutgoingFramesMax must be at least FramesOutstandingMax + 8, or a confirm could " +
                "find no room.");
        }

        if (options.SessionsPerRemoteMax > options.SessionsMax)
        {
            faults.Add("Ingest:SessionsPerRemoteMax must not exceed SessionsMax, or it would limit nothing.");
        }

        if (options.IncompleteFrameSecondsMax >= options.IdleSecondsMax)
        {
            faults.Add("Ingest:IncompleteFrameSecondsMax must be below IdleSecondsMax, or a trickling peer " +
                "would count as idle.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}

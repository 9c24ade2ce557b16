using System.ComponentModel.DataAnnotations;

namespace Meters.Host.Engine;

/// <summary>Sizes and times of the engine. Every number is explained in docs/limits.md.</summary>
public sealed class EngineOptions
{
    /// <summary>Shards, each with one writer. SQLite always runs one. Fixed for the life of a store.</summary>
    [Range(1, 64)] public int Shards { get; set; } = 2;

    /// <summary>
    /// Readings in one commit. More only adds latency; the time of one commit bounds how long a payment waits.
    /// </summary>
    [Range(100, 100_000)] public int CommitReadingsMax { get; set; } = 8_000;

    /// <summary>
    /// Frames waiting for a shard's writer. Full means sessions stop reading and TCP slows the concentrators down.
    /// </summary>
    [Range(16, 1_000_000)] public int FramesWaitingMax { get; set; } = 8_192;

    /// <summary>Payments and questions waiting for a shard's writer. Full means the caller waits.</summary>
    [Range(16, 100_000)] public int UrgentWaitingMax { get; set; } = 4_096;

    /// <summary>Payments in one commit.</summary>
    [Range(1, 10_000)] public int CommitPaymentsMax { get; set; } = 500;

    /// <summary>Where service days begin and end: IANA name or fixed offset.</summary>
    [Required] public string BillingZone { get; set; } = "+08:00";

    /// <summary>Hours after local midnight at which the day before is closed.</summary>
    [Range(0, 20)] public int DayCloseDelayHours { get; set; } = 4;

    /// <summary>
    /// Largest payment, in minor units: above it a slip of the keyboard is more likely than a customer.
    /// </summary>
    [Range(1, long.MaxValue)] public long PaymentMinorMax { get; set; } = 100_000_000;

    /// <summary>1: a counter payment needs an open shift of its cashier; 0: it does not.</summary>
    [Range(0, 1)] public int RequireShift { get; set; }

    /// <summary>Seconds on the wall clock that a meter's answer through its concentrator may take.</summary>
    [Range(1, 600)] public int MeterAnswerSecondsMax { get; set; } = 60;

    /// <summary>Seconds between two attempts to reach a store that is away.</summary>
    [Range(1, 60)] public int StoreRetrySeconds { get; set; } = 1;

    /// <summary>Cases decided in one go.</summary>
    [Range(1, 10_000)] public int CasesPerRoundMax { get; set; } = 500;

    /// <summary>Commands looked at in one go.</summary>
    [Range(1, 10_000)] public int CommandsPerRoundMax { get; set; } = 500;

    /// <summary>Unregistered addresses whose frames are kept, in one run; frames of further ones are not.</summary>
    [Range(1, 1_000_000)] public int UnregisteredAddressesMax { get; set; } = 10_000;

    /// <summary>Notices handed to the gateway in one go.</summary>
    [Range(1, 10_000)] public int NoticesPerRoundMax { get; set; } = 200;

    /// <summary>
    /// Seconds on the wall clock between two looks for due control work when nothing woke the workers.
    /// </summary>
    [Range(1, 60)] public int ControlIdleSeconds { get; set; } = 1;

    /// <summary>
    /// required: a further version of a tariff or policy that accounts are on is proposed by one person and approved by
    /// another. bootstrap: it is registered directly, for the days in which a utility loads its history.
    /// </summary>
    [RegularExpression("^(required|bootstrap)$")] public string Approvals { get; set; } = "required";

    /// <summary>False only while a utility loads its history.</summary>
    public bool NeedsApproval => Approvals != "bootstrap";
}

using Meters.Billing.Accounts;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Readings;

/// <summary>Readings that did not come on a session: estimates, and what is let go on from quarantine.</summary>
/// <param name="Channel">Of all of them.</param>
/// <param name="Readings">Ascending by instant.</param>
/// <param name="Document">What says so, kept among the raw frames; null where the readings' own frames are.</param>
public sealed record EnteredReadings(ChannelId Channel, IReadOnlyList<Reading> Readings, RawFrame? Document)
{
    /// <summary>What the outcomes (one for each reading) mean for the work queues, in the same commit.</summary>
    public Action<ReadingWork, IReadOnlyList<ReadingStatus>>? Also { get; init; }
}

/// <summary>A person's word for one instant of a register: it outranks every reading.</summary>
/// <param name="Channel">Meter and register.</param>
/// <param name="At">The instant.</param>
/// <param name="Register">What stands there from now on; null: nothing does.</param>
/// <param name="Frame">The frame of the value chosen, or of the document.</param>
/// <param name="Document">Who said so and why, kept among the raw frames.</param>
public sealed record EnteredEdit(
    ChannelId Channel, Instant At, Energy? Register, FrameId Frame, RawFrame Document)
{
    /// <summary>What the outcome means for the work queues, in the same commit.</summary>
    public Action<ReadingWork, ReadingStatus>? Also { get; init; }
}

/// <summary>
/// The way of readings and decisions about them into the one writer of a shard. Each call is one piece of work between
/// two commits; when it returns, it is durable. The engine carries it out; tests put their own in its place.
/// </summary>
public interface IReadingLane
{
    /// <summary>By the same rules as readings of a session.</summary>
    /// <returns>One outcome for each reading; MeterUnknown for all, where no shard has the meter.</returns>
    Task<IReadOnlyList<ReadingStatus>> EnterAsync(EnteredReadings entered, CancellationToken stopping);

    /// <returns>Rated, First, or Duplicate where it stood like that already; else the reason why not.</returns>
    Task<ReadingStatus> EditAsync(EnteredEdit edit, CancellationToken stopping);

    /// <returns>False where no shard has the meter.</returns>
    Task<bool> HoldAsync(BillingHold hold, CancellationToken stopping);

    /// <returns>False where no shard has the meter.</returns>
    Task<bool> LiftAsync(HoldLift lift, CancellationToken stopping);
}

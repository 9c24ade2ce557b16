using Meters.Units;

namespace Meters.Host.Gaps;

/// <summary>For whoever estimates what is missing: asking comes first.</summary>
public interface IGapAsking
{
    /// <summary>
    /// Nobody will ask for this register at this hour any more: it was asked for often enough, or is too old, or its
    /// hour was counted and is not asked for. False while it may still come by asking, and before it was counted.
    /// </summary>
    /// <param name="hour">End of the hour.</param>
    Task<bool> IsExhaustedAsync(ChannelId channel, Instant hour, CancellationToken stopping);

    /// <summary>
    /// Billed registers without any reading at hours that are exhausted, in order of channel, then hour. Both ends are
    /// included.
    /// </summary>
    Task<IReadOnlyList<(ChannelId Channel, Instant At)>> ExhaustedAsync(
        Instant from, Instant to, int max, CancellationToken stopping);
}

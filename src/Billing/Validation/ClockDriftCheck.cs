using Meters.Units;

namespace Meters.Billing.Validation;

/// <summary>The time that a frame carries against the time of its arrival.</summary>
public static class ClockDriftCheck
{
    /// <param name="channel">A channel of the meter whose frame it was.</param>
    /// <param name="frameTime">
    /// What the sender's clock said when it sent: a time tag, or the latest instant in the frame, which can only prove
    /// a clock that is ahead.
    /// </param>
    /// <param name="isSendTime">True for a time tag: a clock that is behind is seen too.</param>
    /// <param name="receivedAt">On the program's clock.</param>
    /// <param name="options">Parameters.</param>
    public static Finding? Run(
        ChannelId channel, Instant frameTime, bool isSendTime, Instant receivedAt, CheckOptions options)
    {
        var seconds = ((Int128)frameTime.UnixMicros - receivedAt.UnixMicros) / Instant.MicrosPerSecond;
        if (seconds <= options.ClockDriftSeconds && (!isSendTime || seconds >= -options.ClockDriftSeconds)) return null;
        var (from, to) = frameTime < receivedAt ? (frameTime, receivedAt) : (receivedAt, frameTime);
        var (size, way) = seconds > 0 ? (seconds, "ahead of") : (-seconds, "behind");
        return new(
            CheckKind.ClockDrift, channel, from, to, [new("drift", (long)seconds, "seconds")],
            $"The sender's clock is {size} seconds {way} the time of arrival.");
    }
}

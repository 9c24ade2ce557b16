using Meters.Units;

namespace Meters.Host.Sms;

/// <param name="Notice">Whose message; the delivery report names it again.</param>
/// <param name="Phone">Digits, with a plus before a country code.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Text">As the customer reads it.</param>
public sealed record SmsMessage(NoticeId Notice, string Phone, string Language, string Text);

/// <summary>What became of a message that was handed over, by SMS or by another channel.</summary>
public abstract record SmsResult
{
    private SmsResult()
    {
    }

    /// <summary>The gateway has it; a delivery report follows.</summary>
    /// <param name="GatewayId">The gateway's own id, or its words where it gives none.</param>
    public sealed record Accepted(string GatewayId) : SmsResult;

    /// <summary>It is where it shall be; no report follows.</summary>
    public sealed record Delivered : SmsResult;

    /// <summary>It will never go: trying again changes nothing.</summary>
    /// <param name="Detail">The gateway's words, or ours.</param>
    /// <param name="IsAddress">Because of the number or address: no other message will go there either.</param>
    public sealed record Rejected(string Detail, bool IsAddress = false) : SmsResult;

    /// <summary>
    /// Not now: the gateway is away, busy or wrongly set up. After a lost answer the gateway may have the message all
    /// the same: a customer may then get it twice, which is better than not at all.
    /// </summary>
    public sealed record TryLater(string Detail) : SmsResult;
}

/// <summary>
/// A way for messages to customers. Does not throw for what the outside world does, only when cancelled.
/// </summary>
public interface ISmsChannel
{
    Task<SmsResult> SendAsync(SmsMessage message, CancellationToken stopping);
}

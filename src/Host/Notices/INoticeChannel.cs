using Meters.Control.Notices;
using Meters.Host.Sms;
using Meters.Units;

namespace Meters.Host.Notices;

/// <summary>
/// A way for messages to customers. Sending does not throw for what the outside world does, only when cancelled.
/// </summary>
public interface INoticeChannel
{
    NoticeChannel Kind { get; }

    /// <summary>It would be heard or seen at once: quiet hours hold it.</summary>
    bool Disturbs { get; }

    /// <summary>Whether there is an address of this customer; without one the channel is passed over.</summary>
    bool Reaches(AccountId account, string phone);

    Task<SmsResult> SendAsync(Notice notice, CancellationToken stopping);
}

/// <summary>By the SMS gateway, or into its file.</summary>
public sealed class SmsNoticeChannel(ISmsChannel sms) : INoticeChannel
{
    public NoticeChannel Kind => NoticeChannel.Sms;

    public bool Disturbs => true;

    public bool Reaches(AccountId account, string phone) => phone.Length > 0;

    public Task<SmsResult> SendAsync(Notice notice, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(notice);
        return sms.SendAsync(new(notice.Id, notice.Phone, notice.Language, notice.Text), stopping);
    }
}

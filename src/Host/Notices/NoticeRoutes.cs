using Meters.Control.Notices;
using Meters.Units;

namespace Meters.Host.Notices;

/// <summary>The channels in the order in which they are tried, and the hours in which the loud ones wait.</summary>
/// <param name="channels">Those that are set up, in any order.</param>
/// <param name="options">Order and hours.</param>
/// <param name="billing">Zone of the hours where the settings name none.</param>
/// <param name="policyHours">Quiet hours of an account's policy at an instant; null where it says nothing.</param>
public sealed class NoticeRoutes(
    IEnumerable<INoticeChannel> channels,
    NoticeOptions options,
    LocalZone billing,
    Func<AccountId, Instant, QuietHours?> policyHours)
{
    private readonly INoticeChannel[] _inOrder =
        [.. options.Order.SelectMany(kind => channels.Where(one => one.Kind == kind))];

    private readonly QuietHours _quiet = options.QuietHours(billing);
    private readonly IReadOnlySet<NoticeKind> _anyHour = options.AnyHourKinds;

    /// <summary>Waits that belong to it.</summary>
    public NoticeOptions Options => options;

    /// <summary>The channel that a notice is on, or begins with before it was tried; null: nothing reaches.</summary>
    public INoticeChannel? Current(Notice notice, string phone)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (notice.Attempts == 0) return Array.Find(_inOrder, one => one.Reaches(notice.Account, phone));
        var current = Array.Find(_inOrder, one => one.Kind == notice.Channel);
        return current?.Reaches(notice.Account, phone) == true ? current : Next(notice, phone);
    }

    /// <summary>The next one after the notice's own that reaches the customer; null when there is none.</summary>
    public INoticeChannel? Next(Notice notice, string phone)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var at = Array.FindIndex(_inOrder, one => one.Kind == notice.Channel);
        return _inOrder.Skip(at + 1).FirstOrDefault(one => one.Reaches(notice.Account, phone));
    }

    /// <summary>Without a phone.</summary>
    public bool ReachesOtherwise(AccountId account) =>
        Array.Exists(_inOrder, one => one.Kind != NoticeChannel.Sms && one.Reaches(account, ""));

    /// <summary>When a notice may go: now, or at the end of the quiet hours.</summary>
    public Instant AllowedAt(Notice notice, INoticeChannel channel, Instant now)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(channel);
        if (!channel.Disturbs || _anyHour.Contains(notice.Kind)) return now;
        return (policyHours(notice.Account, now) ?? _quiet).NextAllowed(now);
    }
}

using Meters.Control.Notices;
using Meters.Host.Registry;
using Meters.Host.Sms;
using Meters.Ingest.Gdw3761;
using Meters.Ingest.Sessions;
using Meters.Units;

namespace Meters.Host.Notices;

/// <summary>
/// Text on the display of the customer's own concentrator (a large customer's terminal): delivered when the terminal
/// acknowledges. Only where the concentrator serves that account alone: a display that others see would tell them.
/// </summary>
public sealed class TerminalTextChannel(
    LiveRegistry registry, SessionTable sessions, NoticeOptions options, TimeProvider clock) : INoticeChannel
{
    public NoticeChannel Kind => NoticeChannel.TerminalText;

    /// <summary>The terminal calls with its buzzer for an important text.</summary>
    public bool Disturbs => true;

    public bool Reaches(AccountId account, string phone) => TerminalOf(account) is not null;

    public async Task<SmsResult> SendAsync(Notice notice, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (TerminalOf(notice.Account) is not { } terminal)
        {
            return new SmsResult.Rejected("the concentrator serves others too");
        }

        if (!sessions.TryGet(terminal, out var session))
        {
            return new SmsResult.TryLater("the concentrator is not connected");
        }

        var kind = notice.Kind == NoticeKind.Reconnected ? TerminalTextKind.Normal : TerminalTextKind.Important;
        var timeout = TimeSpan.FromSeconds(options.TerminalAnswerSecondsMax);
        var parts = TerminalText.Parts(notice.Text);
        if (parts.Count > TerminalText.PartsMax) return new SmsResult.Rejected("the text is too long for the display");
        for (var i = 0; i < parts.Count; i++)
        {
            var until = clock.Now() + timeout;
            var result = await session.ShowTextAsync(kind, (byte)(i + 1), parts[i], until, timeout, stopping);
            if (result.Status == RequestStatus.Accepted) continue;
            return result.Status == RequestStatus.Denied
                ? new SmsResult.Rejected("the concentrator denied the text")
                : new SmsResult.TryLater($"concentrator: {result.Status}");
        }

        return new SmsResult.Delivered();
    }

    /// <summary>The one that reads the account's meters and nobody else's; null where there is none.</summary>
    private TerminalAddress? TerminalOf(AccountId account) =>
        registry.TryRelay(account, out var relay) && registry.ServesOnly(relay.Terminal, account)
            ? relay.Terminal
            : null;
}

using Meters.Control.Notices;
using Meters.Host.Notices;
using Meters.Host.Sms;
using Meters.Host.Standings;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>
/// Hands queued notices to their channel and keeps what came of it: again after a while, by the next channel when one
/// fails, not at all in quiet hours.
/// </summary>
public sealed class NoticeWorker(
    IStore store,
    NoticeRoutes routes,
    StandingDesk standings,
    HealthMonitor health,
    EngineOptions options,
    EngineMetrics metrics,
    TimeProvider clock)
{
    /// <summary>Attempts on one channel before the next is tried.</summary>
    public const int AttemptsMax = 5;

    /// <summary>Sends until nothing is due. Returns how many notices moved.</summary>
    public async Task<int> PumpAsync(CancellationToken stopping)
    {
        var total = 0;
        while (true)
        {
            var ready = await store.Control.ReadyNoticesAsync(clock.Now(), options.NoticesPerRoundMax, stopping);
            if (ready.Count == 0) return total;
            foreach (var notice in ready)
            {
                var move = notice.State == NoticeState.Sent ? Unheard(notice) : await SendAsync(notice, stopping);
                if (await store.Control.MoveNoticeAsync(move, stopping)) total++;
                metrics.NoticeMoved(move.To, move.Channel ?? notice.Channel);
            }
        }
    }

    /// <summary>A delivery report of the SMS gateway came; false when the notice does not await one.</summary>
    public async Task<bool> OnDeliveryAsync(NoticeId id, DeliveryReport report, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (await store.Notices.FindAsync(id, stopping) is not { } notice) return false;
        if (report.Delivered || report.NumberIsWrong)
        {
            await standings.ReportPhoneAsync(notice.Account, notice.Phone, report.Delivered, report.Detail, stopping);
        }

        // What was given up on SMS is on its way elsewhere, or over: only good news of it is news.
        if (!report.Delivered && notice.Channel != NoticeChannel.Sms) return false;

        // A report may overtake the answer.
        return await TryAsync(NoticeState.Sent) || await TryAsync(NoticeState.Queued);

        Task<bool> TryAsync(NoticeState from)
        {
            var now = clock.Now();
            var move = report.Delivered
                ? Final(notice, NoticeState.Delivered, now, report.Detail, AttemptOutcome.Delivered)
                : Onward(notice, now, report.Detail, AttemptOutcome.Refused);
            move = move with { From = from, CountsAsAttempt = from == NoticeState.Queued };
            return store.Control.MoveNoticeAsync(
                report.Delivered
                    ? move with { Channel = NoticeChannel.Sms, AttemptOn = NoticeChannel.Sms }
                    : move,
                stopping);
        }
    }

    private async Task<NoticeMove> SendAsync(Notice notice, CancellationToken stopping)
    {
        var now = clock.Now();
        var phone = standings.IsWrong(notice.Account, notice.Phone) ? "" : notice.Phone;
        if (routes.Current(notice, phone) is not { } channel)
        {
            return Final(notice, NoticeState.Failed, now, WhyNowhere(notice, phone), null);
        }

        var allowed = routes.AllowedAt(notice, channel, now);
        if (allowed > now)
        {
            return new(notice.Id, NoticeState.Queued, NoticeState.Queued, now, allowed, "Quiet hours.", false)
            {
                Channel = channel.Kind,
                AllowedAt = allowed,
            };
        }

        // Its own from here on: what came of it must stand on the channel's name.
        if (notice.Channel != channel.Kind) notice = notice with { Channel = channel.Kind, ChannelAttempts = 0 };
        var result = await channel.SendAsync(notice, stopping);
        if (channel.Kind == NoticeChannel.Sms) await ObserveAsync(notice, result, now, stopping);
        return MoveOf(notice, result, now);
    }

    private NoticeMove MoveOf(Notice notice, SmsResult result, Instant now) => result switch
    {
        SmsResult.Delivered => Final(notice, NoticeState.Delivered, now, "Delivered.", AttemptOutcome.Delivered),
        SmsResult.Accepted accepted => new(
            notice.Id,
            NoticeState.Queued,
            NoticeState.Sent,
            now,
            routes.Next(notice, notice.Phone) is null
                ? Instant.Never // Nothing would be done without a report.
                : now + TimeSpan.FromHours(routes.Options.ReportHoursMax),
            accepted.GatewayId,
            CountsAsAttempt: true)
        {
            Channel = notice.Channel,
            Attempt = AttemptOutcome.Sent,
            AttemptOn = notice.Channel,
        },
        SmsResult.Rejected rejected => Onward(notice, now, rejected.Detail, AttemptOutcome.Refused),
        SmsResult.TryLater later when notice.ChannelAttempts + 1 >= AttemptsMax =>
            Onward(notice, now, later.Detail, AttemptOutcome.TryLater),
        SmsResult.TryLater later => new(
            notice.Id,
            NoticeState.Queued,
            NoticeState.Queued,
            now,
            now + TimeSpan.FromMinutes(1 << notice.ChannelAttempts),
            later.Detail,
            CountsAsAttempt: true)
        {
            Channel = notice.Channel,
            Attempt = AttemptOutcome.TryLater,
            AttemptOn = notice.Channel,
        },
        _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
    };

    private async Task ObserveAsync(Notice notice, SmsResult result, Instant now, CancellationToken stopping)
    {
        health.ObserveSms(result is not SmsResult.TryLater, now);
        if (result is SmsResult.Rejected { IsAddress: true } wrong)
        {
            await standings.ReportPhoneAsync(notice.Account, notice.Phone, delivered: false, wrong.Detail, stopping);
        }
    }

    /// <summary>No report came: the next channel, or it stays as it is.</summary>
    private NoticeMove Unheard(Notice notice)
    {
        var now = clock.Now();
        var next = routes.Next(notice, notice.Phone);
        return new(
            notice.Id,
            NoticeState.Sent,
            next is null ? NoticeState.Sent : NoticeState.Queued,
            now,
            next is null ? Instant.Never : now,
            "No report came.",
            CountsAsAttempt: false)
        {
            Channel = next?.Kind,
            Attempt = AttemptOutcome.Unheard,
        };
    }

    /// <summary>The next channel at once, or the end.</summary>
    private NoticeMove Onward(Notice notice, Instant now, string detail, AttemptOutcome outcome) =>
        routes.Next(notice, notice.Phone) is { } next
            ? new(notice.Id, NoticeState.Queued, NoticeState.Queued, now, now, detail, CountsAsAttempt: true)
            {
                Channel = next.Kind,
                Attempt = outcome,
                AttemptOn = notice.Channel,
            }
            : Final(notice, NoticeState.Failed, now, detail, outcome);

    private static NoticeMove Final(
        Notice notice, NoticeState to, Instant now, string detail, AttemptOutcome? outcome) =>
        new(notice.Id, NoticeState.Queued, to, now, Instant.Never, detail, CountsAsAttempt: outcome is not null)
        {
            Channel = notice.Channel,
            Attempt = outcome,
            AttemptOn = notice.Channel,
        };

    private static string WhyNowhere(Notice notice, string phone) =>
        notice.Phone.Length == 0 ? "The account has no phone number."
        : phone.Length == 0 ? "The number is marked wrong."
        : "No channel is set up.";
}

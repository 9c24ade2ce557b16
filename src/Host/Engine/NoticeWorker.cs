using Meters.Control.Notices;
using Meters.Host.Sms;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Engine;

/// <summary>Hands queued notices to the SMS channel and keeps what came of it.</summary>
public sealed class NoticeWorker(
    IStore store,
    ISmsChannel channel,
    HealthMonitor health,
    EngineOptions options,
    EngineMetrics metrics,
    TimeProvider clock)
{
    /// <summary>Attempts before a notice has failed.</summary>
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
                var move = await SendAsync(notice, stopping);
                if (await store.Control.MoveNoticeAsync(move, stopping)) total++;
                metrics.NoticeMoved(move.To);
            }
        }
    }

    /// <summary>A delivery report came; false when the notice does not await one.</summary>
    public async Task<bool> OnDeliveryAsync(NoticeId notice, bool delivered, string detail, CancellationToken stopping)
    {
        var to = delivered ? NoticeState.Delivered : NoticeState.Failed;
        // A report may overtake the answer.
        return await TryAsync(NoticeState.Sent) || await TryAsync(NoticeState.Queued);

        Task<bool> TryAsync(NoticeState from) => store.Control.MoveNoticeAsync(
            new(notice, from, to, clock.Now(), Instant.Never, detail, CountsAsAttempt: from == NoticeState.Queued),
            stopping);
    }

    private async Task<NoticeMove> SendAsync(Notice notice, CancellationToken stopping)
    {
        var now = clock.Now();
        if (notice.Phone.Length == 0) return Move(NoticeState.Failed, "The account has no phone number.");
        var result = await channel.SendAsync(new(notice.Id, notice.Phone, notice.Language, notice.Text), stopping);
        health.ObserveSms(result is not SmsResult.TryLater, now);
        return result switch
        {
            SmsResult.Delivered => Move(NoticeState.Delivered, "Delivered."),
            SmsResult.Accepted accepted => Move(NoticeState.Sent, accepted.GatewayId),
            SmsResult.Rejected rejected => Move(NoticeState.Failed, rejected.Detail),
            SmsResult.TryLater later when notice.Attempts + 1 >= AttemptsMax => Move(NoticeState.Failed, later.Detail),
            SmsResult.TryLater later => new(
                notice.Id,
                NoticeState.Queued,
                NoticeState.Queued,
                now,
                now + TimeSpan.FromMinutes(1 << notice.Attempts),
                later.Detail,
                CountsAsAttempt: true),
            _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name}."),
        };

        NoticeMove Move(NoticeState to, string detail) =>
            new(notice.Id, NoticeState.Queued, to, now, Instant.Never, detail, CountsAsAttempt: true);
    }
}

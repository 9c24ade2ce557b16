using Meters.Control.Notices;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Api;

/// <summary>No attempts and no messages: the endpoints are tested on a real store.</summary>
internal sealed class MemoryNotices : INoticeStore
{
    public Task<Notice?> FindAsync(NoticeId notice, CancellationToken stopping) => Task.FromResult<Notice?>(null);

    public Task<IReadOnlyList<NoticeAttempt>> AttemptsAsync(
        IReadOnlyList<NoticeId> notices, CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<NoticeAttempt>>([]);

    public Task<InboundMessage?> FindInboundAsync(string id, CancellationToken stopping) =>
        Task.FromResult<InboundMessage?>(null);

    public Task<long> CountInboundAsync(string phone, Instant since, CancellationToken stopping) =>
        Task.FromResult(0L);

    public Task<InboundMessage> KeepInboundAsync(
        InboundMessage message, Instant keepFrom, CancellationToken stopping) => Task.FromResult(message);
}

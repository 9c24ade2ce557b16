using Meters.Control.Notices;
using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Memory;

/// <summary>Notices as they stand; what was tried for them, and customers' own messages, are not kept.</summary>
internal sealed class MemoryNotices(MemoryState state) : INoticeStore
{
    public Task<Notice?> FindAsync(NoticeId notice, CancellationToken stopping)
    {
        lock (state.Gate) return Task.FromResult(state.FindNotice(notice));
    }

    public Task<IReadOnlyList<NoticeAttempt>> AttemptsAsync(
        IReadOnlyList<NoticeId> notices, CancellationToken stopping) => throw MemoryStore.NotKept();

    public Task<InboundMessage?> FindInboundAsync(string id, CancellationToken stopping) =>
        throw MemoryStore.NotKept();

    public Task<long> CountInboundAsync(string phone, Instant since, CancellationToken stopping) =>
        throw MemoryStore.NotKept();

    public Task<InboundMessage> KeepInboundAsync(
        InboundMessage message, Instant keepFrom, CancellationToken stopping) => throw MemoryStore.NotKept();
}

using Meters.Storage.Contract;

namespace Meters.Host.Tests.Audit;

/// <summary>A store of one account, without a journal's chain.</summary>
internal sealed class OneAccountSource(AuditAccount account, RegistryImage registry) : IAuditSource
{
    public Task<IReadOnlyList<ShardHead>> HeadsAsync() => Task.FromResult<IReadOnlyList<ShardHead>>([]);

    public IAsyncEnumerable<LinkedRow> LinksAsync(int shard) => AsyncEnumerable.Empty<LinkedRow>();

    public Task<IReadOnlyList<int>> LinkedShardsAsync() => Task.FromResult<IReadOnlyList<int>>([]);

    public IAsyncEnumerable<AuditRow> UnlinkedAsync() => AsyncEnumerable.Empty<AuditRow>();

    public async IAsyncEnumerable<AuditAccount> AccountsAsync()
    {
        await Task.CompletedTask;
        yield return account;
    }

    public Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max) =>
        Task.FromResult<IReadOnlyList<AuditReading>>([]);

    public Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync() =>
        Task.FromResult<IReadOnlyDictionary<long, long>?>(null);

    public Task<RegistryImage> RegistryAsync() => Task.FromResult(registry);

    public Task<IReadOnlyDictionary<long, RawFrame>> FramesAsync(IReadOnlyList<long> ids) =>
        Task.FromResult<IReadOnlyDictionary<long, RawFrame>>(new Dictionary<long, RawFrame>());
}

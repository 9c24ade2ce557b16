using Meters.Host.Readings;
using Meters.Storage.Contract;

namespace Meters.Host.Tests.Audit;

/// <summary>A store of one account, without a journal's chain.</summary>
internal sealed class OneAccountSource(AuditAccount account, RegistryImage registry) : IAuditSource
{
    public Task<IReadOnlyList<ShardHead>> HeadsAsync() => Task.FromResult<IReadOnlyList<ShardHead>>([]);

    public IAsyncEnumerable<LinkedRow> LinksAsync(int shard) => AsyncEnumerable.Empty<LinkedRow>();

    public Task<IReadOnlyList<int>> LinkedShardsAsync() => Task.FromResult<IReadOnlyList<int>>([]);

    public IAsyncEnumerable<AuditRow> UnlinkedAsync() => AsyncEnumerable.Empty<AuditRow>();

    /// <summary>Behind each register stands a document with all its values.</summary>
    public async IAsyncEnumerable<IReadOnlyList<AuditAccount>> AccountsAsync(IReadOnlyList<long> ids)
    {
        await Task.CompletedTask;
        yield return [account with { Readings = account.Readings.ConvertAll(row => row with { Frame = row.Channel }) }];
    }

    public Task<AuditAccount> HouseAsync() => Task.FromResult(new AuditAccount(0, -1, ""));

    public Task<IReadOnlyList<AuditOperation>> TwoHalvesAsync() =>
        Task.FromResult<IReadOnlyList<AuditOperation>>([]);

    public Task<IReadOnlyList<AuditReading>> StrayReadingsAsync(int max) =>
        Task.FromResult<IReadOnlyList<AuditReading>>([]);

    public Task<IReadOnlyDictionary<long, long>?> ViewBalancesAsync(IReadOnlyList<long>? accounts) =>
        Task.FromResult<IReadOnlyDictionary<long, long>?>(null);

    public Task<RegistryImage> RegistryAsync() => Task.FromResult(registry);

    public Task<IReadOnlyDictionary<long, RawFrame>> FramesAsync(IReadOnlyList<long> ids) =>
        Task.FromResult<IReadOnlyDictionary<long, RawFrame>>(ids.ToDictionary(id => id, DocumentOf));

    public Task<IReadOnlyList<RawFrame>> FramesAfterAsync(long after, long since, int max) =>
        Task.FromResult<IReadOnlyList<RawFrame>>([]);

    public Task<IReadOnlyList<AuditReading>> ReadingsAtAsync(long at, IReadOnlyList<long> channels) =>
        Task.FromResult<IReadOnlyList<AuditReading>>([]);

    public Task<IReadOnlyList<AuditQuarantine>> QuarantinedAsync(IReadOnlyList<long> frames) =>
        Task.FromResult<IReadOnlyList<AuditQuarantine>>([]);

    private RawFrame DocumentOf(long channel) => new EnteredDocument(
        "edit", "tester", "As it is.", channel >> 4, (int)(channel & 15),
        [
            .. account.Readings.Where(row => row.Channel == channel)
                .Select(row => new EnteredValue(new Instant(row.At).ToString(), row.Register)),
        ])
        .ToFrame(new(channel), default, default);
}

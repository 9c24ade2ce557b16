using Meters.Storage.Contract;

namespace Meters.Host.Tests.Access;

/// <summary>Keys in memory, with a count of questions and a switch that makes the store unavailable.</summary>
public sealed class MemoryKeys : IAccessStore
{
    private readonly List<ApiKeyRecord> _keys = [];

    public int Asked { get; private set; }

    public bool IsAway { get; set; }

    public Task<bool> AddKeyAsync(ApiKeyRecord key, CancellationToken stopping)
    {
        var isNew = _keys.All(known => known.Name != key.Name && !known.Hash.Span.SequenceEqual(key.Hash.Span));
        if (isNew) _keys.Add(key);
        return Task.FromResult(isNew);
    }

    public Task<ApiKeyRecord?> FindKeyAsync(ReadOnlyMemory<byte> hash, CancellationToken stopping)
    {
        Asked++;
        if (IsAway) throw new StoreUnavailableException("The store is away.");
        return Task.FromResult(_keys.FirstOrDefault(key => key.Hash.Span.SequenceEqual(hash.Span)));
    }

    public Task<IReadOnlyList<ApiKeyRecord>> KeysAsync(CancellationToken stopping) =>
        Task.FromResult<IReadOnlyList<ApiKeyRecord>>([.. _keys]);

    public Task<bool> RevokeKeyAsync(string name, Instant at, CancellationToken stopping)
    {
        var index = _keys.FindIndex(key => key.Name == name && key.RevokedAt is null);
        if (index < 0) return Task.FromResult(false);
        _keys[index] = _keys[index] with { RevokedAt = at };
        return Task.FromResult(true);
    }
}

using System.Collections.Concurrent;
using Meters.Storage.Contract;
using Meters.Units;
using Microsoft.Extensions.Options;

namespace Meters.Host.Access;

/// <summary>
/// Finds the holder of a key. Good keys are remembered for a short life on the program's clock, so that a request does
/// not cost a query and a revocation is effective within seconds; unknown keys are never remembered.
/// </summary>
public sealed class KeyDirectory(IAccessStore store, TimeProvider clock, IOptions<AccessOptions> options)
{
    private readonly ConcurrentDictionary<string, Remembered> _known = new(StringComparer.Ordinal);

    /// <summary>Null for a key that is malformed, unknown or revoked.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked: neither good nor bad.</exception>
    public async ValueTask<KeyHolder?> FindAsync(string key, CancellationToken stopping)
    {
        if (!ApiKeys.TryHash(key, out var hash)) return null;
        var now = clock.Now();
        var id = Convert.ToHexString(hash);
        if (_known.TryGetValue(id, out var remembered) && IsFresh(remembered, now)) return remembered.Holder;

        var record = await store.FindKeyAsync(hash, stopping);
        if (record is null || record.RevokedAt is not null || !Roles.TryParse(record.Roles, out var roles))
        {
            _known.TryRemove(id, out _);
            return null;
        }

        var holder = new KeyHolder(record.Name, record.Person, roles);
        // Rare, and costs one query for each key in use.
        if (_known.Count >= options.Value.CachedKeysMax) _known.Clear();
        _known[id] = new(holder, now);
        return holder;
    }

    /// <summary>Forgets a key at once: for the process that revokes it.</summary>
    public void Forget(string name)
    {
        foreach (var (id, remembered) in _known)
        {
            if (remembered.Holder.KeyName == name) _known.TryRemove(id, out _);
        }
    }

    // A clock that was set back must not make a key live longer.
    private bool IsFresh(Remembered remembered, Instant now) =>
        now >= remembered.At && now - remembered.At < TimeSpan.FromMilliseconds(options.Value.CacheLifeMillis);

    private sealed record Remembered(KeyHolder Holder, Instant At);
}

/// <param name="KeyName">Name of the key, for the log.</param>
/// <param name="Person">Who acts.</param>
/// <param name="Roles">What they may do.</param>
public sealed record KeyHolder(string KeyName, PersonId Person, IReadOnlyList<Role> Roles);

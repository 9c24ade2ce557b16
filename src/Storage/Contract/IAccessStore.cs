using Meters.Units;

namespace Meters.Storage.Contract;

/// <summary>API keys. Only a SHA-256 hash of a key is stored.</summary>
public interface IAccessStore
{
    /// <summary>False when the hash exists.</summary>
    Task<bool> AddKeyAsync(ApiKeyRecord key, CancellationToken stopping);

    Task<ApiKeyRecord?> FindKeyAsync(ReadOnlyMemory<byte> hash, CancellationToken stopping);

    Task<IReadOnlyList<ApiKeyRecord>> KeysAsync(CancellationToken stopping);

    /// <summary>False when there is no such key.</summary>
    Task<bool> RevokeKeyAsync(string name, Instant at, CancellationToken stopping);
}

/// <param name="Name">Unique name of the key, for lists and revocation.</param>
/// <param name="Hash">SHA-256 of the key, 32 bytes.</param>
/// <param name="Person">The person or machine behind it.</param>
/// <param name="Roles">Comma-separated roles.</param>
/// <param name="CreatedAt">Program's clock.</param>
/// <param name="RevokedAt">Null while it is good.</param>
public sealed record ApiKeyRecord(
    string Name, ReadOnlyMemory<byte> Hash, PersonId Person, string Roles, Instant CreatedAt, Instant? RevokedAt);

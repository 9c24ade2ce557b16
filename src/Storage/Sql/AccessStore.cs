using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Storage.Sql;

internal sealed class AccessStore(SqlDatabase database) : IAccessStore
{
    private const string Columns = "name, hash, person, roles, created_at, revoked_at";

    public async Task<bool> AddKeyAsync(ApiKeyRecord key, CancellationToken stopping)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Hash.Length, 32);
        object?[] row = [key.Name, key.Hash.ToArray(), key.Person.Value, key.Roles, key.CreatedAt, key.RevokedAt];
        return await database.WriteAsync(
            session => session.InsertAsync($"INSERT INTO api_key ({Columns})", [row], "ON CONFLICT DO NOTHING"),
            stopping) == 1;
    }

    public async Task<ApiKeyRecord?> FindKeyAsync(ReadOnlyMemory<byte> hash, CancellationToken stopping)
    {
        var found = await database.QueryAsync(
            $"SELECT {Columns} FROM api_key WHERE hash = $1", Map, stopping, hash.ToArray());
        return found.Count == 0 ? null : found[0];
    }

    public async Task<IReadOnlyList<ApiKeyRecord>> KeysAsync(CancellationToken stopping) =>
        await database.QueryAsync($"SELECT {Columns} FROM api_key ORDER BY name", Map, stopping);

    public async Task<bool> RevokeKeyAsync(string name, Instant at, CancellationToken stopping) =>
        await database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE name = $1", name, at),
            stopping) == 1;

    private static ApiKeyRecord Map(SqlRow row) => new(
        row.Text(0), row.Bytes(1), new(row.Text(2)), row.Text(3), row.Instant(4), row.InstantOrNull(5));
}

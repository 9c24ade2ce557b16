using Meters.Storage.Contract;
using Meters.Units;

namespace Meters.Host.Access;

/// <summary>How issuing a key ended; declared in order of precedence.</summary>
public enum KeyStatus
{
    Issued,
    NameMalformed,
    PersonMalformed,
    RolesMissing,
    NameTaken,
}

/// <summary>Makes keys. The clear text is seen once, by the caller of this; the store gets a hash.</summary>
public sealed class KeyIssuer(IAccessStore store, TimeProvider clock, RandomBytes random)
{
    public const int NameLengthMax = 100;

    /// <summary>Name under which <see cref="EnsureAdminAsync"/> issues.</summary>
    public const string FirstAdmin = "first-admin";

    /// <summary>The key is null for every status but Issued.</summary>
    public async Task<(KeyStatus Status, string? Key)> IssueAsync(
        string name, PersonId person, IReadOnlyList<Role> roles, CancellationToken stopping)
    {
        if (!IsName(name)) return (KeyStatus.NameMalformed, null);
        if (!IsName(person.Value) || !Approvals.IsPerson(person)) return (KeyStatus.PersonMalformed, null);
        if (roles.Count == 0) return (KeyStatus.RolesMissing, null);
        var keys = await store.KeysAsync(stopping);
        if (keys.Any(known => known.Name == name)) return (KeyStatus.NameTaken, null);

        var key = ApiKeys.Create(random);
        if (!ApiKeys.TryHash(key, out var hash))
        {
            throw new InvalidOperationException("A new key is not of the form of a key.");
        }

        var record = new ApiKeyRecord(name, hash, person, Roles.Format(roles), clock.Now(), null);
        // False can only mean that another process took the name since: the hash is new.
        return await store.AddKeyAsync(record, stopping) ? (KeyStatus.Issued, key) : (KeyStatus.NameTaken, null);
    }

    /// <summary>
    /// For the first start: a key with the role admin when the store has no good one; its clear text is to be shown to
    /// the operator once. Null when there is one already.
    /// </summary>
    public async Task<string?> EnsureAdminAsync(PersonId person, CancellationToken stopping)
    {
        var keys = await store.KeysAsync(stopping);
        if (keys.Any(key =>
            key.RevokedAt is null && Roles.TryParse(key.Roles, out var roles) && roles.Contains(Role.Admin)))
        {
            return null;
        }

        var name = FirstAdmin;
        for (var again = 2; keys.Any(key => key.Name == name); again++) name = $"{FirstAdmin}-{again}";
        var (status, issued) = await IssueAsync(name, person, [Role.Admin], stopping);
        return status == KeyStatus.Issued
            ? issued
            : throw new InvalidOperationException($"The first key was not issued: {status}.");
    }

    /// <summary>
    /// A plain name: letters, digits, and <c>. _ - @ space</c>, 1 to 100 characters, no blank at either end.
    /// </summary>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= NameLengthMax } && name.Trim() == name
        && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ' ');
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Meters.Host.Access;

/// <summary>
/// Fills a span with random bytes: <see cref="RandomNumberGenerator.Fill"/> in the program, a seed in tests.
/// </summary>
public delegate void RandomBytes(Span<byte> bytes);

/// <summary>
/// The text of a key: <c>mk_</c> and 32 random bytes in base64url (43 characters). 256 random bits need no salt and no
/// slow hash: nobody can try them all.
/// </summary>
public static class ApiKeys
{
    public const string Prefix = "mk_";
    public const int RandomLength = 32;
    public const int HashLength = SHA256.HashSizeInBytes;
    private const int EncodedLength = 43;

    public static string Create(RandomBytes random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> bytes = stackalloc byte[RandomLength];
        random(bytes);
        return Prefix + Base64Url.EncodeToString(bytes);
    }

    /// <summary>
    /// SHA-256 of the key's text; false when it does not look like a key at all, so that no store is asked.
    /// </summary>
    public static bool TryHash(string? key, out byte[] hash)
    {
        hash = [];
        if (key is null || key.Length != Prefix.Length + EncodedLength
            || !key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var c in key.AsSpan(Prefix.Length))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }

        hash = SHA256.HashData(Encoding.ASCII.GetBytes(key));
        return true;
    }
}

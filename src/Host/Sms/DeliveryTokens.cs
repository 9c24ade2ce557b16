using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Meters.Units;

namespace Meters.Host.Sms;

/// <summary>
/// Tokens in the address that Kannel calls for a delivery report: Kannel cannot send a header, so the report is proven
/// by HMAC-SHA256 of its notice under a secret. A token is good for its own notice only.
/// </summary>
public sealed class DeliveryTokens
{
    private readonly byte[] _secret;

    /// <param name="secret">At least 16 bytes.</param>
    public DeliveryTokens(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(secret.Length, SmsOptionsRelations.ReportSecretLengthMin);
        _secret = secret.ToArray();
    }

    public static DeliveryTokens Of(string secret) => new(Encoding.UTF8.GetBytes(secret));

    public string Of(NoticeId notice)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, notice.Value);
        return Base64Url.EncodeToString(HMACSHA256.HashData(_secret, bytes));
    }

    /// <summary>In constant time.</summary>
    public bool Matches(NoticeId notice, string? token) =>
        token is { Length: < 100 }
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Of(notice)), Encoding.UTF8.GetBytes(token));
}

using MimeKit;

namespace Meters.Host.Notices;

/// <summary>Addresses as mail servers take them: one mailbox without a name beside it.</summary>
public static class EmailAddresses
{
    /// <summary>RFC 5321: longest path, without its brackets.</summary>
    public const int LengthMax = 254;

    public static bool IsAddress(string? text) =>
        text is { Length: > 0 and <= LengthMax } && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c))
        && MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text
        && mailbox.LocalPart.Length > 0 && mailbox.Domain.Length > 0;
}

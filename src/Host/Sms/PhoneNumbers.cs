namespace Meters.Host.Sms;

/// <summary>Phone numbers as gateways take them: digits, with a plus before a country code.</summary>
public static class PhoneNumbers
{
    /// <summary>ITU-T E.164: a number has at most 15 digits.</summary>
    public const int DigitsMax = 15;

    /// <summary>Shorter ones are service codes, not a customer's phone.</summary>
    public const int DigitsMin = 5;

    /// <summary>
    /// Takes blanks, dashes, dots and brackets out and turns a leading 00 into a plus. False for everything else that
    /// is not a digit, and for a wrong length. A number without a plus is national: the gateway knows its own country.
    /// </summary>
    public static bool TryNormalise(string? text, out string phone)
    {
        phone = "";
        if (text is null || text.Length > 40) return false;
        var digits = new List<char>(text.Length);
        var plus = false;
        foreach (var c in text.Trim())
        {
            if (c == '+' && digits.Count == 0 && !plus) plus = true;
            else if (char.IsAsciiDigit(c)) digits.Add(c);
            else if (c is not (' ' or '-' or '.' or '(' or ')' or '/')) return false;
        }

        if (!plus && digits is ['0', '0', ..])
        {
            plus = true;
            digits.RemoveRange(0, 2);
        }

        if (digits.Count is < DigitsMin or > DigitsMax || (plus && digits[0] == '0')) return false;
        phone = (plus ? "+" : "") + new string([.. digits]);
        return true;
    }

    /// <summary>For logs: all but the last three digits hidden.</summary>
    public static string Masked(string phone) =>
        phone is { Length: > 3 } ? new string('*', phone.Length - 3) + phone[^3..] : "***";
}

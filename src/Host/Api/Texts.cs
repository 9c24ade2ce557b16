using System.Globalization;
using System.Text.Json;
using Meters.Units;

namespace Meters.Host.Api;

/// <summary>
/// How values look in JSON and CSV: money and energy as decimal strings, instants as ISO 8601 UTC, enums in snake case.
/// </summary>
public static class Texts
{
    /// <summary>
    /// Largest id taken or given as a JSON number: beyond 2^53 - 1 a JavaScript client would silently change it.
    /// </summary>
    public const long IdMax = (1L << 53) - 1;

    public static MoneyText Of(Money amount, Currency currency) =>
        new(Decimals.Format(amount.Minor, currency.Decimals), currency.Code);

    /// <summary>An exact charge: ten decimals more than the currency has.</summary>
    public static MoneyText OfExact(long charge, Currency currency) =>
        new(Decimals.Format(charge, currency.Decimals + 10), currency.Code);

    /// <summary>Kilowatt-hours with four decimals.</summary>
    public static string Kwh(Energy energy) => Decimals.Format(energy.TenthsWh, 4);

    /// <summary>How reading an amount ended; declared in order of precedence.</summary>
    public enum AmountStatus
    {
        Read,
        CurrencyUnknown,
        Malformed,
        TooFine,
        TooLarge,
    }

    /// <summary>
    /// Reads "12.50" exactly. Nothing is rounded: more decimals than the currency has, other than zeros, are refused.
    /// </summary>
    public static (AmountStatus Status, string Detail) TryReadAmount(
        string? text, string? code, out Money amount, out Currency currency)
    {
        amount = Money.Zero;
        if (!Currency.TryParse(code, out currency))
        {
            return (AmountStatus.CurrencyUnknown,
                $"The currency '{Shown(code)}' is not known here: use an ISO 4217 code such as CNY.");
        }

        if (text is not null && Decimals.TryParse(text, currency.Decimals, out var minor))
        {
            amount = new(minor);
            return (AmountStatus.Read, "");
        }

        if (!IsPlainDecimal(text))
        {
            return (AmountStatus.Malformed,
                $"'{Shown(text)}' is not a plain decimal such as 12.50: digits, at most one point, no sign but -.");
        }

        var point = text!.IndexOf('.', StringComparison.Ordinal);
        var places = point < 0 ? 0 : text[(point + 1)..].TrimEnd('0').Length;
        return places > currency.Decimals
            ? (AmountStatus.TooFine,
                $"'{Shown(text)}' has {places} decimals; {code} has {currency.Decimals}. It is not rounded.")
            : (AmountStatus.TooLarge, $"'{Shown(text)}' is beyond every limit.");
    }

    /// <summary>
    /// ISO 8601 with a zone ("2026-03-01T01:00:00Z", "...+08:00"). A time without a zone is refused: it could be
    /// anyone's.
    /// </summary>
    public static bool TryReadInstant(string? text, out Instant at)
    {
        at = default;
        if (text is null || text.Length is < 11 or > 40 || text[10] != 'T') return false;
        var hasZone = text[^1] == 'Z' || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (!hasZone) return false;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        at = Instant.From(time);
        return at <= Instant.Never;
    }

    public const string InstantSentence = "must be an ISO 8601 time with its zone, such as 2026-03-01T01:00:00Z.";

    /// <summary>What a caller wrote, as an answer may repeat it: short, and without control characters.</summary>
    public static string Shown(string? text)
    {
        if (text is null) return "";
        var clean = new string([.. text.Take(60).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return text.Length > 60 ? clean + "..." : clean;
    }

    private static bool IsPlainDecimal(string? text)
    {
        if (string.IsNullOrEmpty(text)) return false;
        var digits = text.AsSpan(text[0] == '-' ? 1 : 0);
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? "0" : digits[(point + 1)..];
        return AreDigits(whole) && AreDigits(fraction);
    }

    private static bool AreDigits(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
        }

        return text.Length > 0;
    }
}

/// <param name="Amount">Major units as a decimal string, all decimals of the currency shown: "12.50".</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record MoneyText(string Amount, string Currency);

/// <summary>
/// Enum values as words: AwaitingApproval is "awaiting_approval". The same word in JSON, CSV, logs and metric tags.
/// </summary>
public static class Tags
{
    public static string Of<T>(T value)
        where T : struct, Enum => Known<T>.Words.TryGetValue(value, out var word)
            ? word
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Not a declared value.");

    public static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        foreach (var (known, text) in Known<T>.Words)
        {
            value = known;
            if (text == word) return true;
        }

        value = default;
        return false;
    }

    /// <summary>All words, for a refusal: "counter, bank, mobile, agent".</summary>
    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Of));

    private static class Known<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Words = new(Enum.GetValues<T>().Select(
            value => KeyValuePair.Create(value, JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()))));
    }
}
